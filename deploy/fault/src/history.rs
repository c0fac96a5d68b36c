//! What happened in a run: all that the judge knows.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::Failure;

/// A pool of the run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pool {
    /// Its name.
    pub name: String,
    /// Its first address.
    pub first: String,
    /// Prefix length of the pool.
    pub prefix: u8,
    /// Prefix length of its blocks.
    pub block: u8,
    /// Addresses that no pod may have.
    pub reserved: Vec<String>,
}

/// What a call of the plugin came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Success, with the addresses of an ADD.
    Done(Vec<String>),
    /// An error with its reason, and the whole text.
    Refused(String, String),
    /// Its caller was killed, or nothing was understood.
    Unknown(String),
}

/// One call of the plugin.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    /// Node on which it ran.
    pub node: String,
    /// CNI's verb.
    pub verb: String,
    /// The attachment: there is one network and one interface name.
    pub container: String,
    /// The pod's network namespace.
    pub sandbox: String,
    /// The pools that it names; none: the default pools, one of each family.
    pub pools: Vec<String>,
    /// Just before exec.
    pub began: u64,
    /// Just after exit.
    pub ended: u64,
    /// What it came to.
    pub outcome: Outcome,
    /// Why it had to succeed, if it had to.
    pub must: Option<String>,
}

/// One thing that happened. Times are the boot clock's, in nanoseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Event {
    /// The pools, and how long a released address of them rests.
    Setup { pools: Vec<Pool>, cooldown: u64 },
    /// A call of the plugin.
    Called(Call),
    /// A sandbox is about to be removed.
    SandboxGone { node: String, sandbox: String, at: u64 },
    /// All of a node's sandboxes are gone, and the next agent sees another boot.
    Booted { node: String, at: u64 },
    /// A node's journal is about to be lost while its pods live.
    JournalLost { node: String, at: u64 },
    /// The operator gave the word that this node is off.
    Reclaimed { node: String, at: u64 },
    /// From the one time to the other a node's agent said that these addresses of a pool are reserved.
    Reserved { node: String, addresses: Vec<String>, from: u64, to: u64 },
    /// A fault took place, and had an effect or had none.
    Fault { kind: String, target: String, began: u64, ended: u64, effect: bool, told: String },
    /// A key changed in etcd, seen at that time.
    Put { era: u64, revision: u64, key: String, value: Option<String>, at: u64 },
    /// What came to etcd after this revision came after this time.
    Mark { era: u64, revision: u64, asked: u64 },
    /// Etcd was put back to a revision of the era before; a new era begins.
    Restored { era: u64, base: u64, at: u64 },
    /// The record of etcd's history has a hole.
    Gap { era: u64, told: String },
    /// What should have worked did not: a step of a runbook, or a node that does not come back.
    Broken { told: String, at: u64 },
    /// An agent ended although nobody asked it to.
    EndedByItself { node: String, told: String, at: u64 },
    /// At the end, after the quiet minute: what a node says that it holds, as container and address.
    Listed { node: String, held: Vec<(String, String)> },
    /// At the end: who lives, as node and container.
    Living { pods: Vec<(String, String)> },
    /// What `croft audit` said: its exit code and its findings, as severity and text.
    Audited { last: bool, exit: i32, findings: Vec<(String, String)> },
}

/// The history of a run that goes on.
#[derive(Default)]
pub struct History(Mutex<Vec<Event>>);

impl History {
    /// Takes an event down.
    pub fn add(&self, event: Event) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// All events so far.
    pub fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Writes a line of JSON for each event.
pub fn write(events: &[Event], file: &Path) -> Result<(), Failure> {
    let mut out = BufWriter::new(File::create(file)?);
    for event in events {
        serde_json::to_writer(&mut out, event)?;
        out.write_all(b"\n")?;
    }
    Ok(out.flush()?)
}

/// What `write` wrote.
pub fn read(file: &Path) -> Result<Vec<Event>, Failure> {
    BufReader::new(File::open(file)?).lines().map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}
