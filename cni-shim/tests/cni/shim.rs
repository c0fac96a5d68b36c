//! One call of the real plugin.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// The plugin, to be called.
#[derive(Clone)]
pub struct Shim {
    pub env: BTreeMap<String, String>,
    pub stdin: Vec<u8>,
    pub conf: Value,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Shim {
    /// A call that would succeed: a full environment, a plain configuration, a namespace that exists.
    pub fn new(verb: &str, socket: &Path) -> Shim {
        let env = [
            ("CNI_COMMAND", verb),
            ("CNI_CONTAINERID", "9f2c"),
            ("CNI_NETNS", "/proc/self/ns/ipc"),
            ("CNI_IFNAME", "eth0"),
            ("CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=team-a;K8S_POD_NAME=web-0;K8S_POD_UID=u-1"),
            ("CNI_PATH", "/opt/cni/bin"),
        ];
        let conf = json!({
            "cniVersion": "1.1.0", "name": "podnet", "type": "bridge",
            "ipam": { "type": "croft", "socket": socket },
        });
        Shim { env: env.map(|(k, v)| (k.to_owned(), v.to_owned())).into(), stdin: Vec::new(), conf }
    }

    pub fn env(mut self, name: &str, value: &str) -> Shim {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn without(mut self, name: &str) -> Shim {
        self.env.remove(name);
        self
    }

    /// Sets a top-level key of the configuration.
    pub fn conf(mut self, key: &str, value: Value) -> Shim {
        self.conf[key] = value;
        self
    }

    pub fn version(self, version: &str) -> Shim {
        self.conf("cniVersion", json!(version))
    }

    /// Sends these bytes instead of the configuration.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Shim {
        self.stdin = bytes.into();
        self
    }

    /// The executable, with its environment and nothing else.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_croft"));
        command.env_clear().envs(&self.env).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The bytes for stdin.
    pub fn input(&self) -> Vec<u8> {
        if self.stdin.is_empty() { self.conf.to_string().into_bytes() } else { self.stdin.clone() }
    }

    pub fn spawn(&self) -> Child {
        self.feed(self.command())
    }

    /// Starts a command and gives it the configuration.
    pub fn feed(&self, mut command: Command) -> Child {
        let mut child = command.spawn().unwrap();
        // A plugin that refuses the environment does not read it.
        let _ = child.stdin.take().unwrap().write_all(&self.input());
        child
    }

    pub fn run(&self) -> Outcome {
        Outcome::of(self.spawn())
    }
}

impl Outcome {
    pub fn of(child: Child) -> Outcome {
        let output = child.wait_with_output().unwrap();
        Outcome {
            exit: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The one document on stdout.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Asserts an error and gives its message.
    #[track_caller]
    pub fn refused(&self, code: u64) -> String {
        let json = self.json();
        assert_eq!((self.exit, json["code"].as_u64()), (1, Some(code)), "{self:?}");
        assert_eq!(self.stderr, "");
        let msg = json["msg"].as_str().unwrap();
        assert!(msg.len() <= 300, "{msg}");
        assert!(!self.stdout.contains("not found") && !self.stdout.contains("no such file or directory"), "{self:?}");
        msg.to_owned()
    }

    pub fn details(&self) -> String {
        self.json()["details"].as_str().unwrap_or_default().to_owned()
    }

    /// Asserts success without output.
    #[track_caller]
    pub fn silent(&self) {
        assert_eq!((self.exit, self.stdout.as_str(), self.stderr.as_str()), (0, "", ""));
    }
}
