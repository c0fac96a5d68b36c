//! The three members of etcd, each in a network namespace of its own.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::Failure;
use crate::clock::eventually;
use crate::http::{encode, post};
use crate::machine::View;
use crate::program::{Running, Said, run};

/// How many members there are.
pub const MEMBERS: usize = 3;

/// Bytes that a member's database may have: little, so that it can be used up.
const QUOTA: &str = "33554432";

/// The members, and the tools that go with them.
pub struct Etcd {
    tools: PathBuf,
    dir: PathBuf,
    members: [Mutex<Option<Running>>; MEMBERS],
    token: Mutex<String>,
    kills: AtomicU64,
    view: View,
}

/// Address of that member's clients.
pub fn client(member: usize) -> SocketAddr {
    SocketAddr::from(([10, 200, 0, u8::try_from(member + 1).unwrap_or_default()], 2379))
}

impl Etcd {
    /// None of them runs yet; `tools` has etcd, etcdctl and maybe etcdutl.
    pub fn new(tools: &Path, dir: &Path) -> Result<Self, Failure> {
        Ok(Self {
            view: View::new(Path::new("/proc/sys/kernel/random/boot_id"))?,
            tools: tools.to_owned(),
            dir: dir.to_owned(),
            members: Default::default(),
            token: Mutex::new("first".to_owned()),
            kills: AtomicU64::new(0),
        })
    }

    /// Of 3.6 or later: it can restore with a bumped revision.
    pub fn is_modern(&self) -> bool {
        self.tools.join("etcdutl").exists()
    }

    fn tool(&self, name: &str) -> String {
        self.tools.join(name).display().to_string()
    }

    fn data(&self, member: usize) -> PathBuf {
        self.dir.join(format!("etcd-{member}"))
    }

    fn slot(&self, member: usize) -> MutexGuard<'_, Option<Running>> {
        self.members[member].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn peers() -> String {
        let peer = |member: usize| format!("m{member}=http://{}:2380", client(member).ip());
        (0..MEMBERS).map(peer).collect::<Vec<_>>().join(",")
    }

    /// Where clients find them.
    pub fn endpoints() -> String {
        (0..MEMBERS).map(|member| format!("http://{}", client(member))).collect::<Vec<_>>().join(",")
    }

    /// Starts it, unless it runs.
    pub fn start(&self, member: usize) -> Result<(), Failure> {
        let mut slot = self.slot(member);
        if slot.as_mut().is_some_and(|running| running.ended().is_none()) {
            return Ok(());
        }
        let (clients, peer) = (format!("http://{}", client(member)), format!("http://{}:2380", client(member).ip()));
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let data = self.data(member).display().to_string();
        let words = [
            &self.tool("etcd"),
            "--name",
            &format!("m{member}"),
            "--data-dir",
            &data,
            "--listen-client-urls",
            &clients,
            "--advertise-client-urls",
            &clients,
            "--listen-peer-urls",
            &peer,
            "--initial-advertise-peer-urls",
            &peer,
            "--initial-cluster",
            &Self::peers(),
            "--initial-cluster-token",
            &token,
            "--initial-cluster-state",
            "new",
            "--quota-backend-bytes",
            QUOTA,
        ]
        .map(str::to_owned);
        let netns = PathBuf::from(format!("/run/netns/m{member}"));
        *slot = Some(Running::spawn(&self.view, &netns, &self.dir.join(format!("etcd-{member}.log")), &words, &[])?);
        Ok(())
    }

    /// SIGKILL. True: it ran and died of it.
    pub fn kill(&self, member: usize) -> bool {
        let died = self.slot(member).take().is_some_and(|mut running| running.kill());
        self.kills.fetch_add(u64::from(died), SeqCst);
        died
    }

    /// Members that were killed so far.
    pub fn kills(&self) -> u64 {
        self.kills.load(SeqCst)
    }

    /// SIGSTOP or SIGCONT. True: the kernel says that it is so.
    pub fn signal(&self, member: usize, signal: Signal) -> bool {
        let slot = self.slot(member);
        let Some(running) = slot.as_ref() else { return false };
        running.signal(signal) && eventually(1, || running.is_stopped() == (signal == Signal::SIGSTOP))
    }

    /// etcdctl, which asks whichever member answers.
    pub fn ctl(&self, seconds: u64, words: &[&str]) -> Result<Said, Failure> {
        let (tool, endpoints) = (self.tool("etcdctl"), Self::endpoints());
        let mut all = vec![tool.as_str(), "--endpoints", &endpoints];
        all.extend(words);
        run(seconds, &all, &[("ETCDCTL_API", "3")])
    }

    /// The command that prints every change below a prefix from a revision on.
    pub fn watch(&self, revision: u64, prefix: &str) -> Vec<String> {
        let (tool, endpoints) = (self.tool("etcdctl"), Self::endpoints());
        let from = format!("--rev={revision}");
        ["env", "ETCDCTL_API=3", &tool, "--endpoints", &endpoints, "watch", &from, "--prefix", prefix, "-w", "json"]
            .map(str::to_owned)
            .to_vec()
    }

    /// What a member says of itself.
    pub fn status(member: usize) -> Result<Value, Failure> {
        post(client(member), "/v3/maintenance/status", &json!({}))
    }

    /// The member that leads.
    pub fn leader() -> Option<usize> {
        (0..MEMBERS).find(|member| {
            Self::status(*member).is_ok_and(|status| {
                status["leader"].as_str().is_some_and(|leader| Some(leader) == status["header"]["member_id"].as_str())
            })
        })
    }

    /// The first answer of any member.
    pub fn ask(path: &str, body: &Value) -> Result<Value, Failure> {
        let mut last = Err("no member".into());
        for member in 0..MEMBERS {
            last = post(client(member), path, body);
            if last.is_ok() {
                break;
            }
        }
        last
    }

    /// Writes a key; the revision of that.
    pub fn put(key: &str, value: &[u8]) -> Result<u64, Failure> {
        let body = json!({"key": encode(key.as_bytes()), "value": encode(value)});
        number(&Self::ask("/v3/kv/put", &body)?["header"]["revision"])
    }

    /// The value of a key, read from a majority.
    pub fn get(key: &str) -> Result<Option<String>, Failure> {
        let answer = Self::ask("/v3/kv/range", &json!({"key": encode(key.as_bytes())}))?;
        Ok(answer["kvs"][0]["value"].as_str().map(crate::http::decode))
    }

    /// How many keys are from the one to before the other.
    pub fn count(from: &str, to: &str) -> Result<u64, Failure> {
        let body = json!({"key": encode(from.as_bytes()), "range_end": encode(to.as_bytes()), "count_only": true});
        let answer = Self::ask("/v3/kv/range", &body)?;
        // JSON of Go: a zero is left out.
        if answer["count"].is_null() { Ok(0) } else { number(&answer["count"]) }
    }

    /// A majority answers.
    pub fn answers(seconds: u64) -> bool {
        eventually(seconds, || Self::get("/croft/mark").is_ok())
    }

    /// The tool for snapshots on disk.
    fn snapshot_tool(&self) -> String {
        self.tool(if self.is_modern() { "etcdutl" } else { "etcdctl" })
    }

    /// Saves a snapshot of one member; its revision.
    pub fn snapshot(&self, member: usize, file: &Path) -> Result<u64, Failure> {
        let (path, endpoint) = (file.display().to_string(), format!("http://{}", client(member)));
        let api = [("ETCDCTL_API", "3")];
        run(20, &[&self.tool("etcdctl"), "--endpoints", &endpoint, "snapshot", "save", &path], &api)?.expect()?;
        let status = run(20, &[&self.snapshot_tool(), "snapshot", "status", &path, "-w", "json"], &api)?.expect()?;
        number(&serde_json::from_str::<Value>(&status)?["revision"])
    }

    /// Puts all members, which must be down, back to that snapshot.
    pub fn restore(&self, file: &Path, token: &str, bump: Option<u64>) -> Result<(), Failure> {
        token.clone_into(&mut self.token.lock().unwrap_or_else(PoisonError::into_inner));
        for member in 0..MEMBERS {
            let data = self.data(member);
            fs::remove_dir_all(&data)?;
            let (tool, path, data) = (self.snapshot_tool(), file.display().to_string(), data.display().to_string());
            let (name, peer) = (format!("m{member}"), format!("http://{}:2380", client(member).ip()));
            let peers = Self::peers();
            let mut words = vec![&tool, "snapshot", "restore", &path, "--name", &name, "--data-dir", &data];
            words.extend(["--initial-cluster", &peers, "--initial-advertise-peer-urls", &peer]);
            words.extend(["--initial-cluster-token", token]);
            let by = bump.unwrap_or_default().to_string();
            if bump.is_some() {
                words.extend(["--bump-revision", &by, "--mark-compacted"]);
            }
            run(30, &words, &[("ETCDCTL_API", "3")])?.expect()?;
        }
        Ok(())
    }
}

/// An etcd with the members' names and addresses and nothing in it, in the place of theirs.
impl Etcd {
    fn aside(&self, member: usize) -> PathBuf {
        self.dir.join(format!("etcd-{member}-aside"))
    }

    /// Puts the data of all members, which must be down, aside. What they start with is empty, and of that cluster. The former
    /// cluster's token.
    pub fn put_aside(&self, token: &str) -> Result<String, Failure> {
        for member in 0..MEMBERS {
            fs::rename(self.data(member), self.aside(member))?;
        }
        let mut own = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(std::mem::replace(&mut *own, token.to_owned()))
    }

    /// Puts it back, in place of what came meanwhile.
    pub fn put_back(&self, token: String) -> Result<(), Failure> {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token;
        for member in 0..MEMBERS {
            let data = self.data(member);
            if data.exists() {
                fs::remove_dir_all(&data)?;
            }
            fs::rename(self.aside(member), data)?;
        }
        Ok(())
    }
}

/// A number that may stand in quotes.
pub fn number(value: &Value) -> Result<u64, Failure> {
    value
        .as_u64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
        .ok_or_else(|| format!("no number: {value}").into())
}
