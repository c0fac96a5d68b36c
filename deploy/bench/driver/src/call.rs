//! One CNI call as a runtime makes it.

use std::io::{Read, Write, pipe};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::arguments::Failure;

/// A program that is called as a CNI plugin.
#[derive(Clone)]
pub struct Plugin {
    /// For tables.
    pub name: String,
    /// The binary.
    pub path: String,
    /// Its network configuration.
    pub conf: String,
    /// The pod's network namespace.
    pub netns: String,
}

impl Plugin {
    /// Croft's shim, asking the agent of that run directory.
    pub fn shim(path: &str, run_dir: &str, netns: &str) -> Self {
        let ipam = format!(r#"{{"type":"croft","socket":"{run_dir}/cni.sock"}}"#);
        Self::ipam("croft", path, &ipam, netns)
    }

    /// An IPAM plugin with that section.
    pub fn ipam(name: &str, path: &str, ipam: &str, netns: &str) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            conf: format!(
                r#"{{"cniVersion":"1.0.0","name":"bench","type":"bench","ipam":{ipam}}}"#
            ),
            netns: netns.to_owned(),
        }
    }

    /// From exec to exit. What it says fits into a pipe, and is read afterwards.
    pub fn call(&self, verb: &str, pod: &str) -> Result<Duration, Failure> {
        let (stdin, mut conf) = pipe()?;
        conf.write_all(self.conf.as_bytes())?;
        drop(conf);
        let (mut said, stdout) = pipe()?;
        let mut command = Command::new(&self.path);
        command
            .env_clear()
            .stdin(stdin)
            .stdout(stdout)
            .stderr(Stdio::null())
            .envs([
                ("CNI_COMMAND", verb),
                ("CNI_CONTAINERID", pod),
                ("CNI_NETNS", &self.netns),
                ("CNI_IFNAME", "eth0"),
                (
                    "CNI_ARGS",
                    &format!("IgnoreUnknown=1;K8S_POD_NAMESPACE=bench;K8S_POD_NAME={pod}"),
                ),
                ("CNI_PATH", "/opt/cni/bin"),
                ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            ]);
        let start = Instant::now();
        let status = command.spawn()?.wait()?;
        let took = start.elapsed();
        drop(command);
        if !status.success() {
            let mut answer = String::new();
            said.read_to_string(&mut answer)?;
            return Err(format!("{} {verb} of {pod}: {status}: {answer}", self.name).into());
        }
        Ok(took)
    }
}

/// A container ID as long as a runtime's.
pub fn pod(kind: &str, number: usize) -> String {
    format!("{kind}{number:0>width$x}", width = 64 - kind.len())
}
