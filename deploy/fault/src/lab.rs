//! The laboratory: wire, machines, etcd, pools. All of it lies in namespaces that this program was started in.

use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use serde_json::{Value, json};

use crate::Failure;
use crate::clock::{nanos, now};
use crate::etcd::{Etcd, MEMBERS, client};
use crate::history::{Event, History, Pool};
use crate::node::Node;
use crate::options::CLUSTER;
use crate::plan::Machines;
use crate::program::{Said, shell};
use crate::proxy::Proxy;
use crate::recorder::Recorder;
use crate::turns::Turns;

/// The shortest time that a pool lets a released address rest.
const COOLDOWN: std::time::Duration = std::time::Duration::from_secs(30);

/// Everything that a run is made of.
pub struct Lab {
    /// Of the whole of it, in memory.
    pub dir: PathBuf,
    /// What happened.
    pub history: Arc<History>,
    /// The members.
    pub etcd: Arc<Etcd>,
    /// Etcd's history.
    pub recorder: Arc<Recorder>,
    /// The machines.
    pub nodes: Vec<Arc<Node>>,
    /// Of faults.
    pub turns: Turns,
    /// The runtimes start no more pods.
    pub ending: AtomicBool,
    next: AtomicU64,
}

/// A pool as a file for `croft pool apply` has it, with more addresses reserved.
pub fn pool_file(pool: &Pool, more: &[String]) -> Value {
    let reserved = [&pool.reserved, more].concat();
    json!({
        "name": pool.name,
        "cidr": format!("{}/{}", pool.first, pool.prefix),
        "blockPrefixLength": pool.block,
        "mode": "routed",
        "cooldown": format!("{}s", COOLDOWN.as_secs()),
        "isDefault": is_default(pool),
        "reserved": reserved,
    })
}

fn is_default(pool: &Pool) -> bool {
    pool.name.starts_with("pods")
}

/// The pools. Few addresses, so that they run out; `spare` is for what must succeed, `exact` for claims at will.
pub fn pools() -> Vec<Pool> {
    let pool = |name: &str, first: &str, prefix, block, reserved: &[&str]| Pool {
        name: name.to_owned(),
        first: first.to_owned(),
        prefix,
        block,
        reserved: reserved.iter().map(|address| (*address).to_owned()).collect(),
    };
    vec![
        pool("pods4", "10.64.0.0", 24, 29, &["10.64.0.16", "10.64.0.17", "10.64.0.99"]),
        pool("pods6", "fd00:64::", 120, 125, &["fd00:64::21"]),
        pool("spare", "10.65.0.0", 24, 28, &[]),
        pool("exact", "10.66.0.0", 22, 29, &[]),
    ]
}

impl Lab {
    /// Lays the wire and starts etcd and the agents.
    pub fn build(dir: &Path, dist: &Path, tools: &Path, machines: &Machines) -> Result<Self, Failure> {
        fs::create_dir_all("/run/netns")?;
        fs::create_dir_all("/run/pods")?;
        fs::create_dir_all(dir)?;
        shell("ip link add wire type bridge; ip address add 10.200.0.254/24 dev wire; ip link set wire up")?;
        for member in 0..MEMBERS {
            lay(&format!("m{member}"), &client(member).ip().to_string())?;
        }
        let history = Arc::new(History::default());
        let etcd = Arc::new(Etcd::new(tools, dir)?);
        let mut nodes = Vec::new();
        for index in 0..machines.count {
            let number = u8::try_from(index + 1)?;
            lay(&format!("n{number}"), &format!("10.200.0.{}", number + 10))?;
            let mut node = Node::new(dist, dir, number, Arc::clone(&history))?;
            connect(&mut node, number, machines.behind_proxy.contains(&index))?;
            if machines.with_clock.contains(&index) {
                let clock = node.dir.join("wall-clock");
                fs::write(&clock, "+0")?;
                node.wall_clock = Some(clock);
            }
            nodes.push(Arc::new(node));
        }
        for member in 0..MEMBERS {
            etcd.start(member)?;
        }
        if !Etcd::answers(60) {
            return Err("etcd does not come up".into());
        }
        let recorder = Recorder::start(Arc::clone(&etcd), Arc::clone(&history));
        let (turns, ending, next) = (Turns::default(), AtomicBool::default(), AtomicU64::default());
        let lab = Self { dir: dir.to_owned(), history, etcd, recorder, nodes, turns, ending, next };
        lab.begin()?;
        Ok(lab)
    }

    fn begin(&self) -> Result<(), Failure> {
        self.store(20, &["store", "init"])?.expect()?;
        for node in &self.nodes {
            node.start(&mut node.agent())?;
        }
        if let Some(node) = self.nodes.iter().find(|node| !node.is_serving_within(60)) {
            return Err(format!("{} does not come up", node.name).into());
        }
        let pools = pools();
        for pool in &pools {
            let (cidr, block) = (format!("{}/{}", pool.first, pool.prefix), pool.block.to_string());
            let mut words = vec!["pool", "create", &pool.name, &cidr, "--block-size", &block];
            words.extend(["--cooldown", "30s", "--mode", "routed"]);
            if is_default(pool) {
                words.push("--default");
            }
            for address in &pool.reserved {
                words.extend(["--reserve", address]);
            }
            self.make(&words)?;
        }
        self.history.add(Event::Setup { pools, cooldown: nanos(COOLDOWN) });
        Ok(())
    }

    /// Repeats what had no clear outcome: on a laden machine a command may give up.
    fn make(&self, words: &[&str]) -> Result<(), Failure> {
        let mut said = self.nodes[0].croft(20, words)?;
        for _ in 0..5 {
            if said.exit == 0 || said.err.contains("POOL_EXISTS") {
                return Ok(());
            }
            said = self.nodes[0].croft(20, words)?;
        }
        said.expect().map(drop)
    }

    /// A `croft` that speaks to etcd itself.
    pub fn store(&self, seconds: u64, words: &[&str]) -> Result<Said, Failure> {
        let endpoints = Etcd::endpoints();
        let mut all = words.to_vec();
        all.extend(["--store", &endpoints, "--cluster", CLUSTER]);
        self.nodes[0].croft(seconds, &all)
    }

    /// Makes the pools of a file what it says, through etcd itself.
    pub fn apply(&self, pools: &[Value]) -> Result<Said, Failure> {
        let file = self.dir.join(format!("pools-{}.json", self.number()));
        fs::write(&file, serde_json::to_string(pools)?)?;
        self.store(20, &["pool", "apply", "-f", &file.display().to_string()])
    }

    /// A number that was not given out before.
    pub fn number(&self) -> u64 {
        self.next.fetch_add(1, SeqCst)
    }

    /// The runtimes start no more pods.
    pub fn is_ending(&self) -> bool {
        self.ending.load(SeqCst)
    }

    /// What should have worked did not.
    pub fn broken(&self, told: &str) {
        eprintln!("fault: broken: {told}");
        self.history.add(Event::Broken { told: told.to_owned(), at: now() });
    }
}

/// A host on the wire.
fn lay(name: &str, address: &str) -> Result<(), Failure> {
    shell(&format!(
        "ip netns add {name}; ip link add to-{name} master wire type veth peer name eth0 netns {name};
         ip link set to-{name} up; ip -n {name} address add {address}/24 dev eth0;
         ip -n {name} link set eth0 up; ip -n {name} link set lo up"
    ))?;
    Ok(())
}

/// Straight to the members, or through a proxy that can lose answers.
fn connect(node: &mut Node, number: u8, behind: bool) -> Result<(), Failure> {
    let proxy = Arc::new(Proxy::default());
    for member in 0..MEMBERS {
        let to = client(member);
        if behind {
            let port = 20_000 + u16::from(number) * 10 + u16::try_from(member)?;
            let at = (Ipv4Addr::new(10, 200, 0, 254), port);
            proxy.listen(at, to)?;
            node.endpoints.push(at);
        } else if let std::net::IpAddr::V4(ip) = to.ip() {
            node.endpoints.push((ip, to.port()));
        }
    }
    node.proxy = behind.then_some(proxy);
    Ok(())
}
