//! Programs that this one starts, and ends by their ids.

use std::fs::OpenOptions;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::Failure;
use crate::clock::eventually;
use crate::machine::View;

/// One that runs in the background; killed when dropped.
pub struct Running {
    child: Child,
}

impl Running {
    /// In that network namespace; what it says goes to the log.
    pub fn spawn(
        view: &View,
        netns: &Path,
        log: &Path,
        words: &[String],
        settings: &[(String, String)],
    ) -> Result<Self, Failure> {
        let out = OpenOptions::new().create(true).append(true).open(log)?;
        let mut command = Command::new("nsenter");
        command
            .arg(format!("--net={}", netns.display()))
            .arg("--")
            .args(words)
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out);
        Ok(Self { child: view.within(|| command.spawn())? })
    }

    /// Its process id.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap_or_default())
    }

    /// False: it is gone.
    pub fn signal(&self, signal: Signal) -> bool {
        kill(self.pid(), signal).is_ok()
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// SIGKILL, and waits. True: that is what it died of.
    pub fn kill(&mut self) -> bool {
        let _ = self.child.kill();
        self.child.wait().is_ok_and(|status| status.signal() == Some(9))
    }

    /// Waits for its end.
    pub fn await_end(&mut self, seconds: u64) -> Option<ExitStatus> {
        eventually(seconds, || self.ended().is_some());
        self.ended()
    }

    /// The kernel says that it is stopped.
    pub fn is_stopped(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap_or_default();
        stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T'))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How much longer things may take because other runs share the machine.
const BUSY: u64 = 4;

/// What a program said that has ended.
pub struct Said {
    /// Exit code; -1: a signal.
    pub exit: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// The standard output of a success.
    pub fn expect(self) -> Result<String, Failure> {
        if self.exit == 0 { Ok(self.out) } else { Err(format!("{}: {} {}", self.exit, self.out, self.err).into()) }
    }
}

/// Runs a program to its end, for so many seconds at most on a machine that has nothing else to do.
pub fn run(seconds: u64, words: &[&str], settings: &[(&str, &str)]) -> Result<Said, Failure> {
    let output = Command::new("timeout")
        .args(["-s", "KILL", &(seconds * BUSY).to_string()])
        .args(words)
        .envs(settings.iter().copied())
        .stdin(Stdio::null())
        .output()?;
    Ok(Said {
        exit: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Runs a line of shell, which must succeed.
pub fn shell(line: &str) -> Result<String, Failure> {
    run(30, &["sh", "-ec", line], &[])?.expect().map_err(|failure| format!("{line}: {failure}").into())
}
