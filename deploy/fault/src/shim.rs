//! One call of the real CNI plugin, as a runtime makes it.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::clock::{now, pause};
use crate::history::{Call, Outcome};
use crate::node::Node;

/// Who is killed while it runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// Nobody.
    None,
    /// The main plugin that called it, after so many milliseconds; nobody reads the answer then.
    Parent(u64),
    /// The plugin itself.
    Itself(u64),
}

/// A pod, as its runtime knows it.
#[derive(Clone, Debug)]
pub struct Pod {
    /// Name of the container.
    pub container: String,
    /// Path of its network namespace.
    pub sandbox: PathBuf,
    /// The pools that it names.
    pub pools: Vec<String>,
    /// The address that it must have, if it says so.
    pub exact: Option<String>,
    /// The last result, once there is one.
    pub result: Option<Value>,
}

impl Pod {
    /// For calls that are about no pod.
    pub fn nobody() -> Self {
        Self { container: String::new(), sandbox: PathBuf::new(), pools: Vec::new(), exact: None, result: None }
    }

    /// The namespace by which the history knows it.
    pub fn sandbox_name(&self) -> String {
        self.sandbox.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// What came of a call, with the whole answer.
pub struct Answer {
    /// For the history.
    pub call: Call,
    /// What the plugin printed.
    pub json: Value,
}

impl Answer {
    /// It succeeded.
    pub fn is_done(&self) -> bool {
        matches!(self.call.outcome, Outcome::Done(_))
    }
}

fn conf(socket: &Path, verb: &str, pod: &Pod, valid: &[String]) -> Value {
    let mut ipam = json!({"type": "croft", "socket": socket.display().to_string()});
    if !pod.pools.is_empty() {
        ipam["pools"] = json!(pod.pools);
    }
    let mut conf = json!({"cniVersion": "1.1.0", "name": "net", "type": "none", "ipam": ipam});
    if let Some(result) = pod.result.as_ref().filter(|_| verb == "CHECK" || verb == "DEL") {
        conf["prevResult"] = result.clone();
    }
    if verb == "GC" {
        let valid: Vec<Value> = valid.iter().map(|name| json!({"containerID": name, "ifname": "eth0"})).collect();
        conf["cni.dev/valid-attachments"] = json!(valid);
    }
    conf
}

/// Calls it on the node's socket.
pub fn call(node: &Node, verb: &str, pod: &Pod, death: Death) -> Answer {
    call_at(node, &node.dir.join("run/cni.sock"), verb, pod, death)
}

/// Calls it on any socket.
pub fn call_at(node: &Node, socket: &Path, verb: &str, pod: &Pod, death: Death) -> Answer {
    exec(node, &conf(socket, verb, pod, &[]).to_string(), verb, pod, death)
}

/// GC with those containers as the valid ones.
pub fn collect(node: &Node, valid: &[String]) -> Answer {
    let nobody = Pod::nobody();
    let conf = conf(&node.dir.join("run/cni.sock"), "GC", &nobody, valid).to_string();
    exec(node, &conf, "GC", &nobody, Death::None)
}

fn exec(node: &Node, conf: &str, verb: &str, pod: &Pod, death: Death) -> Answer {
    let mut command = if matches!(death, Death::Parent(_)) {
        // Another command behind it, so that the shell does not become the plugin.
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "\"$0\"; exit $?"]).arg(&node.plugin);
        shell
    } else {
        Command::new(&node.plugin)
    };
    command
        .env_clear()
        .envs([("CNI_COMMAND", verb), ("CNI_PATH", "/opt/cni/bin"), ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0);
    if verb != "GC" && verb != "STATUS" {
        command
            .env("CNI_CONTAINERID", &pod.container)
            .env("CNI_IFNAME", "eth0")
            .env("CNI_NETNS", &pod.sandbox)
            .env("CNI_ARGS", arguments(pod));
    }
    let began = now();
    let (outcome, json) = match node.view.within(|| command.spawn()) {
        Err(failure) => (Outcome::Unknown(failure.to_string()), Value::Null),
        Ok(child) => {
            let pid = child.id();
            node.calls.begin(pid);
            let result = attend(child, conf, verb, death);
            node.calls.end(pid, death != Death::None);
            result
        }
    };
    let call = Call {
        node: node.name.clone(),
        verb: verb.to_owned(),
        container: pod.container.clone(),
        sandbox: pod.sandbox_name(),
        pools: pod.pools.clone(),
        began,
        ended: now(),
        outcome,
        must: None,
    };
    Answer { call, json }
}

fn arguments(pod: &Pod) -> String {
    let exact = pod.exact.as_ref().map(|address| format!(";IP={address}")).unwrap_or_default();
    format!("IgnoreUnknown=1;K8S_POD_NAMESPACE=fault;K8S_POD_NAME={}{exact}", pod.container)
}

fn attend(mut child: Child, conf: &str, verb: &str, death: Death) -> (Outcome, Value) {
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(conf.as_bytes());
    }
    if let Death::Parent(millis) | Death::Itself(millis) = death {
        pause(millis);
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap_or_default());
        drop(child.stdout.take());
        let _ = kill(pid, Signal::SIGKILL);
        let _ = child.wait();
        return (Outcome::Unknown("killed".to_owned()), Value::Null);
    }
    let mut text = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        let _ = stdout.read_to_string(&mut text);
    }
    let code = child.wait().ok().and_then(|status| status.code());
    let json: Value = serde_json::from_str(&text).unwrap_or_default();
    let outcome = match code {
        Some(0) if verb == "ADD" && json["ips"].as_array().is_none_or(Vec::is_empty) => {
            Outcome::Unknown(format!("success without addresses: {text}"))
        }
        Some(0) => Outcome::Done(addresses(&json)),
        Some(_) => {
            let message = json["msg"].as_str().unwrap_or_default().to_owned();
            let reason = message.split(':').next().unwrap_or_default().to_owned();
            if message.is_empty() { Outcome::Unknown(text) } else { Outcome::Refused(reason, message) }
        }
        None => Outcome::Unknown("killed".to_owned()),
    };
    (outcome, json)
}

fn addresses(result: &Value) -> Vec<String> {
    let ips = result["ips"].as_array().into_iter().flatten();
    let bare = |ip: &Value| ip["address"].as_str().and_then(|cidr| cidr.split('/').next()).map(str::to_owned);
    ips.filter_map(bare).collect()
}
