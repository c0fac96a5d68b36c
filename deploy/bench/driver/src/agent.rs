//! An agent that this process starts, and ends by its own id.

use std::fs::{self, File};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::arguments::Failure;

/// How long anything of an agent may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running agent; killed when dropped.
pub struct Agent {
    process: Child,
    log: String,
    /// When it was spawned.
    pub spawned: Instant,
}

impl Agent {
    /// Spawns it as that node of that hardware; its log is a file of its own.
    pub fn spawn(
        croft: &str,
        node: &str,
        state_dir: &str,
        run_dir: &str,
        log: &str,
        more: &[&str],
    ) -> Result<Self, Failure> {
        let stderr = File::create(log)?;
        let mut command = Command::new(croft);
        command
            .args(["agent", "--node", node, "--hardware-id", node])
            .args([
                "--metrics-address",
                "127.0.0.1:0",
                "--state-dir",
                state_dir,
                "--run-dir",
                run_dir,
            ])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr);
        let spawned = Instant::now();
        Ok(Self {
            process: command.spawn()?,
            log: log.to_owned(),
            spawned,
        })
    }

    /// Waits until its log has this event.
    pub fn await_event(&mut self, event: &str) -> Result<(), Failure> {
        let sign = format!(" {event} ");
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let log = fs::read_to_string(&self.log)?;
            if log.contains(&sign) {
                return Ok(());
            }
            if let Some(status) = self.process.try_wait()? {
                return Err(format!("the agent ended ({status}): {log}").into());
            }
            sleep(Duration::from_millis(10));
        }
        Err(format!("the agent never said {event:?}; see {}", self.log).into())
    }

    /// SIGTERM, without waiting.
    pub fn ask_to_end(&self) -> Result<(), Failure> {
        let asked = Command::new("kill")
            .arg(self.process.id().to_string())
            .status()?;
        if asked.success() {
            Ok(())
        } else {
            Err("the agent is gone".into())
        }
    }

    /// Waits for its exit.
    pub fn await_end(&mut self) -> Result<(), Failure> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if self.process.try_wait()?.is_some() {
                return Ok(());
            }
            sleep(Duration::from_millis(5));
        }
        Err("the agent does not end".into())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
