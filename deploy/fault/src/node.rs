//! A machine with an agent: a network namespace, disks, a boot, and the pods of its runtime.

use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError};

use crate::Failure;
use crate::calls::Calls;
use crate::clock::{eventually, now, pause};
use crate::history::{Event, History, Outcome};
use crate::machine::View;
use crate::pods::Pods;
use crate::program::{Running, Said, run, shell};
use crate::proxy::Proxy;
use crate::sandbox;
use crate::shim::{Death, Pod, call};

/// The agent's process, and whether there should be one.
#[derive(Default)]
pub struct Agent {
    /// The one that runs.
    pub running: Option<Running>,
    /// It is started again when it ends, as systemd would.
    pub wanted: bool,
}

/// One machine.
pub struct Node {
    /// Its name.
    pub name: String,
    /// Everything of it: `state`, `run`, logs.
    pub dir: PathBuf,
    /// Its network.
    pub netns: PathBuf,
    /// Where it finds etcd's members, in their order.
    pub endpoints: Vec<(Ipv4Addr, u16)>,
    /// What stands between it and etcd, if anything does.
    pub proxy: Option<Arc<Proxy>>,
    /// The file that sets its wall clock, if that can be set.
    pub wall_clock: Option<PathBuf>,
    /// How its programs see the kernel.
    pub view: View,
    /// The plugin's binary.
    pub plugin: PathBuf,
    /// Plugins that run.
    pub calls: Calls,
    /// Where everything is taken down.
    pub history: Arc<History>,
    /// Times that the agent ended although nobody asked it to.
    pub ends: AtomicU64,
    /// What its runtime knows.
    pub pods: Pods,
    /// Agents of it that were killed.
    pub kills: AtomicU64,
    /// The command's binary.
    pub croft: PathBuf,
    boot: AtomicU64,
    replaced: AtomicU64,
    down: AtomicBool,
    gate: RwLock<()>,
    agent: Mutex<Agent>,
}

impl Node {
    /// A machine whose agent was never started. `wire` must exist.
    pub fn new(dist: &Path, lab: &Path, number: u8, history: Arc<History>) -> Result<Self, Failure> {
        let name = format!("n{number}");
        let dir = lab.join(&name);
        let state = dir.join("state");
        fs::create_dir_all(&state)?;
        shell(&format!("mount -t tmpfs -o size=96m,mode=700 tmpfs {}", state.display()))?;
        new_id(&dir, "boot-id")?;
        new_id(&dir, "machine-id")?;
        Ok(Self {
            view: View::new(&dir.join("boot-id"))?,
            dir,
            netns: PathBuf::from(format!("/run/netns/{name}")),
            endpoints: Vec::new(),
            proxy: None,
            wall_clock: None,
            plugin: dist.join("cni/croft"),
            croft: dist.join("bin/croft"),
            calls: Calls::default(),
            history,
            ends: AtomicU64::new(0),
            kills: AtomicU64::new(0),
            boot: AtomicU64::new(0),
            replaced: AtomicU64::new(0),
            down: AtomicBool::new(false),
            gate: RwLock::default(),
            agent: Mutex::default(),
            pods: Pods::default(),
            name,
        })
    }

    /// The agent's process, for as long as it is held.
    pub fn agent(&self) -> MutexGuard<'_, Agent> {
        self.agent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another agent beside the one that runs, maybe on directories of its own.
    pub fn spawn(&self, dir: &Path, hardware: &str, more: &[&str]) -> Result<Running, Failure> {
        fs::create_dir_all(dir.join("run"))?;
        Running::spawn(
            &self.view,
            &self.netns,
            &dir.join("agent.log"),
            &self.words(dir, hardware, more),
            &self.settings(),
        )
    }

    /// Starts the agent in the place of one that is gone.
    pub fn start(&self, agent: &mut Agent) -> Result<(), Failure> {
        agent.running = Some(self.spawn(&self.dir, &self.hardware(), &[])?);
        agent.wanted = true;
        Ok(())
    }

    /// After something went wrong in between.
    pub fn start_if_gone(&self) {
        let mut agent = self.agent();
        if agent.running.is_none() {
            let _ = self.start(&mut agent);
        }
    }

    /// The hardware's id.
    pub fn hardware(&self) -> String {
        format!("{}-hardware-{}", self.name, self.replaced.load(SeqCst))
    }

    /// From now on it is another hardware.
    pub fn replace_hardware(&self) {
        self.replaced.fetch_add(1, SeqCst);
    }

    /// SIGKILL. True: it ran and died of it.
    pub fn kill(&self, agent: &mut Agent) -> bool {
        agent.wanted = false;
        let died = agent.running.take().is_some_and(|mut running| running.kill());
        self.kills.fetch_add(u64::from(died), SeqCst);
        died
    }

    /// Starts an agent again that ended by itself; looks once.
    pub fn supervise(&self) {
        let mut agent = match self.agent.try_lock() {
            Ok(agent) => agent,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        let Some(status) = agent.running.as_mut().and_then(Running::ended).filter(|_| agent.wanted) else { return };
        let log = fs::read_to_string(self.dir.join("agent.log")).unwrap_or_default();
        let told = format!("{status}: {}", log.lines().last().unwrap_or_default());
        self.history.add(Event::EndedByItself { node: self.name.clone(), told, at: now() });
        self.ends.fetch_add(1, SeqCst);
        pause(500);
        let _ = self.start(&mut agent);
    }

    /// `croft WORD...` on this machine.
    pub fn croft(&self, seconds: u64, words: &[&str]) -> Result<Said, Failure> {
        let (binary, run_dir) = (self.croft.display().to_string(), self.dir.join("run").display().to_string());
        let mut all = vec![binary.as_str()];
        all.extend(words);
        run(seconds, &all, &[("CROFT_RUN_DIR", &run_dir)])
    }

    /// The plugin says that the agent serves.
    pub fn serves(&self) -> bool {
        self.status().is_none()
    }

    /// What the plugin says instead. It would take a dead agent's word for a while, so one must listen, too.
    pub fn status(&self) -> Option<String> {
        if let Err(failure) = UnixStream::connect(self.dir.join("run/cni.sock")) {
            return Some(format!("nobody listens: {failure}"));
        }
        let call = call(self, "STATUS", &Pod::nobody(), Death::None).call;
        (!matches!(call.outcome, Outcome::Done(_))).then(|| format!("{:?}", call.outcome))
    }

    /// It does within so many seconds.
    pub fn is_serving_within(&self, seconds: u64) -> bool {
        eventually(seconds, || {
            let serves = self.serves();
            if !serves {
                pause(200);
            }
            serves
        })
    }

    /// The number of its boot, or of the time since all its pods were lost.
    pub fn boot(&self) -> u64 {
        self.boot.load(SeqCst)
    }

    /// Keeps the machine up for as long as it is held; none: that boot is over.
    pub fn enter(&self, boot: u64) -> Option<RwLockReadGuard<'_, ()>> {
        loop {
            let guard = self.gate.read().unwrap_or_else(PoisonError::into_inner);
            if self.boot() != boot {
                return None;
            }
            if !self.down.load(SeqCst) {
                return Some(guard);
            }
            drop(guard);
            pause(20);
        }
    }

    /// All sandboxes are gone in the same boot, and the runtime forgot them. How many.
    pub fn lose_pods(&self) -> usize {
        let guard = self.stand_still();
        let lost = self.pods.take_all();
        for pod in &lost {
            self.gone(pod);
            self.pods.vanish(pod);
        }
        self.boot.fetch_add(1, SeqCst);
        self.down.store(false, SeqCst);
        drop(guard);
        lost.len()
    }

    /// No plugin runs any more, and none starts until the guard is dropped.
    fn stand_still(&self) -> RwLockWriteGuard<'_, ()> {
        self.down.store(true, SeqCst);
        let guard = loop {
            self.calls.kill();
            match self.gate.try_write() {
                Ok(guard) => break guard,
                Err(TryLockError::Poisoned(poisoned)) => break poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => pause(5),
            }
        };
        self.calls.kill();
        guard
    }

    /// The power goes: agent, plugins and sandboxes are gone. It stays so until the guard is dropped.
    pub fn power_off(&self) -> Result<RwLockWriteGuard<'_, ()>, Failure> {
        self.down.store(true, SeqCst);
        self.kill(&mut self.agent());
        let guard = self.stand_still();
        for pod in self.pods.take_all() {
            self.gone(&pod);
        }
        self.history.add(Event::Booted { node: self.name.clone(), at: now() });
        self.boot.fetch_add(1, SeqCst);
        // In memory on a real machine.
        let _ = fs::remove_dir_all(self.dir.join("run"));
        new_id(&self.dir, "boot-id")?;
        self.down.store(false, SeqCst);
        Ok(guard)
    }

    /// Removes a pod's sandbox.
    pub fn gone(&self, pod: &Pod) {
        let (node, sandbox) = (self.name.clone(), pod.sandbox_name());
        self.history.add(Event::SandboxGone { node, sandbox, at: now() });
        sandbox::remove(&pod.sandbox);
    }
}

/// Another boot, or another operating system: an id in a file of that name.
pub fn new_id(dir: &Path, what: &str) -> Result<(), Failure> {
    let id = fs::read_to_string("/proc/sys/kernel/random/uuid")?;
    let id = if what == "machine-id" { id.replace('-', "") } else { id };
    Ok(fs::write(dir.join(what), id)?)
}
