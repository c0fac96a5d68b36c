//! The two plugins.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::call::Call;
use crate::networks::{NETWORKS, Network};
use crate::shim::{Outcome, Shim};

/// A plugin that answers calls.
pub trait Side {
    /// The executable.
    fn program(&self) -> &Path;
    /// Its section of the configuration.
    fn ipam(&self, network: &Network) -> Value;

    /// Calls it.
    fn call(&self, network: &Network, call: &Call) -> Outcome {
        self.call_once(network, call)
    }

    fn call_once(&self, network: &Network, call: &Call) -> Outcome {
        let mut command = Command::new(self.program());
        command.env_clear().envs(&call.env).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let shim =
            Shim { env: call.env.clone(), stdin: call.stdin(network.name, &self.ipam(network)), conf: Value::Null };
        Outcome::of(shim.feed(command))
    }
}

/// The reference plugin, with a directory of its own.
pub struct HostLocal {
    program: PathBuf,
    data: TempDir,
}

impl HostLocal {
    pub fn find() -> HostLocal {
        let named = std::env::var("HOST_LOCAL").ok().map(PathBuf::from);
        let usual = ["/usr/lib/cni/host-local", "/opt/cni/bin/host-local"].map(PathBuf::from);
        let program = named
            .into_iter()
            .chain(usual)
            .find(|path| path.exists())
            .expect("no host-local: install the package containernetworking-plugins, or set HOST_LOCAL to one");
        HostLocal { program, data: tempfile::tempdir().unwrap() }
    }

    /// The newest version that it speaks.
    pub fn version(&self) -> String {
        let call = Call::new("VERSION", r#""1.0.0""#, "c", "eth0");
        let answer = self.call(&NETWORKS[0], &call).json();
        let newest = answer["supportedVersions"].as_array().and_then(|all| all.last()).cloned().unwrap_or_default();
        format!("{} up to {newest}", self.program.display())
    }
}

impl Side for HostLocal {
    fn program(&self) -> &Path {
        &self.program
    }

    fn ipam(&self, network: &Network) -> Value {
        network.host_local(self.data.path().to_str().unwrap())
    }
}

/// The plugin of this build, with an agent of `dist/`.
pub struct Croft {
    agent: Child,
    place: TempDir,
    /// Calls that were repeated.
    pub repeated: AtomicU64,
}

impl Croft {
    pub fn start() -> Croft {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let dist = std::env::var("CROFT_DIST").map_or_else(|_| here.join("../dist"), PathBuf::from);
        let program = dist.join("bin/croft");
        assert!(program.exists(), "no {}: run ./dev build, or set CROFT_DIST", program.display());
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        let log = std::fs::File::create(path("log")).unwrap();
        // It ends with this test, also with a killed one.
        let agent = Command::new("setpriv")
            .args(["--pdeathsig", "KILL"])
            .arg(&program)
            .args(["agent", "--node", "differential", "--single-node", "--hardware-id", "differential"])
            .args(["--metrics-address", "off", "--state-dir"])
            .arg(path("state"))
            .arg("--run-dir")
            .arg(path("run"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("setpriv of util-linux");
        let croft = Croft { agent, place, repeated: AtomicU64::new(0) };
        croft.await_agent();
        let pools: Vec<_> = NETWORKS.iter().flat_map(|network| network.ranges).map(|range| range.pool()).collect();
        std::fs::write(croft.path("pools"), pools.iter().map(|pool| format!("---\n{pool}\n")).collect::<String>())
            .unwrap();
        let made = Command::new(&program)
            .args(["pool", "apply", "--run-dir"])
            .arg(croft.path("run"))
            .arg("-f")
            .arg(croft.path("pools"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        croft
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn socket(&self) -> PathBuf {
        self.path("run/cni.sock")
    }

    fn await_agent(&self) {
        let shim = Shim::new("STATUS", &self.socket());
        let until = Instant::now() + Duration::from_secs(600);
        loop {
            let outcome = shim.run();
            if outcome.exit == 0 {
                return;
            }
            let log = std::fs::read_to_string(self.path("log")).unwrap_or_default();
            assert!(Instant::now() < until, "the agent does not serve: {outcome:?}\n{log}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Side for Croft {
    fn program(&self) -> &Path {
        Path::new(env!("CARGO_BIN_EXE_croft"))
    }

    fn ipam(&self, network: &Network) -> Value {
        network.croft(self.socket().to_str().unwrap())
    }

    /// On a machine that is too slow for the plugin's own limits a call is repeated, and counted: host-local has no limits.
    fn call(&self, network: &Network, call: &Call) -> Outcome {
        for _ in 0..10 {
            let outcome = self.call_once(network, call);
            if !outcome.stdout.contains("\"AGENT_TIMEOUT: ") {
                return outcome;
            }
            self.repeated.fetch_add(1, Ordering::Relaxed);
        }
        panic!("the agent did not answer ten times: {call:?}");
    }
}

impl Drop for Croft {
    fn drop(&mut self) {
        let _ = self.agent.kill();
        let _ = self.agent.wait();
    }
}
