//! The faults. Each heals what it did and says whether it took effect.

mod agent;
mod disk;
mod empty;
mod machine;
mod members;
mod network;
mod pools;
mod replaced;
pub mod restore;
mod room;

use std::sync::Arc;
use std::thread;

use crate::Failure;
use crate::clock::{now, pause};
use crate::history::Event;
use crate::lab::Lab;
use crate::node::Node;
use crate::plan::{Kind, Lane, Planned, is_long};
use crate::random::Random;
use crate::shim::{Death, Pod, call};

/// Whether it took effect, and the facts.
pub struct Effect(pub bool, pub String);

/// What a fault comes to.
pub type Result = std::result::Result<Effect, Failure>;

/// How long after the end of a run the first fault of a kind may still begin, in nanoseconds.
const GRACE: u64 = 240_000_000_000;

/// One without an effect is tried again after so many milliseconds.
const AGAIN: u64 = 20_000;

/// Carries a plan out, each lane by itself, until that time of the boot clock; the first of each kind also after it.
pub fn carry_out(lab: &Arc<Lab>, planned: &[Planned], began: u64, end: u64, random: &mut Random) {
    let mut lanes: Vec<Lane> = Vec::new();
    for fault in planned {
        if !lanes.contains(&fault.lane) {
            lanes.push(fault.lane);
        }
    }
    thread::scope(|scope| {
        for lane in lanes {
            let mut random = random.fork();
            let own = planned.iter().filter(|fault| fault.lane == lane).copied().collect();
            scope.spawn(move || follow(lab, own, began, end, &mut random));
        }
    });
}

/// One lane, by time. A lane that is late takes the first of a kind before repetitions; one of those that had no effect has a
/// second try.
fn follow(lab: &Arc<Lab>, mut open: Vec<Planned>, began: u64, end: u64, random: &mut Random) {
    let mut again = Vec::new();
    while now() < end + GRACE {
        if now() >= end {
            open.retain(|fault| fault.first);
        }
        if open.is_empty() {
            return;
        }
        let millis = (now() - began) / 1_000_000;
        let is_due = |fault: &Planned| fault.at <= millis;
        let next = open.iter().position(|fault| fault.first && is_due(fault));
        let Some(index) = next.or_else(|| open.iter().position(is_due)) else {
            pause(50);
            continue;
        };
        let fault = open.remove(index);
        if !carry_out_one(lab, fault, random) && fault.first && !again.contains(&fault.kind) {
            again.push(fault.kind);
            open.push(Planned { at: millis + AGAIN, ..fault });
        }
    }
}

/// Whether it took effect.
fn carry_out_one(lab: &Arc<Lab>, fault: Planned, random: &mut Random) -> bool {
    let began;
    let result = if fault.lane == Lane::All {
        began = now();
        match fault.kind {
            Kind::AllMembersDown => members::all_down(lab, random),
            Kind::EmptyEtcd => empty::emptied(lab, random),
            kind => restore::restore(lab, kind == Kind::RestoredBumped, random),
        }
    } else {
        let _shared = lab.turns.shared(is_long(fault.kind));
        began = now();
        match fault.lane {
            Lane::Node(index) => befall(lab, index, fault.kind, random),
            _ => members::befall(lab, fault.kind, random),
        }
    };
    let target = format!("{:?}", fault.lane);
    let kind = format!("{:?}", fault.kind);
    let Effect(effect, told) = result.unwrap_or_else(|failure| {
        if let Lane::Node(index) = fault.lane {
            lab.nodes[index].start_if_gone();
        }
        lab.broken(&format!("{kind} of {target}: {failure}"));
        Effect(false, failure.to_string())
    });
    eprintln!("fault: {kind} {target} {} {told}", if effect { "took effect" } else { "HAD NO EFFECT" });
    lab.history.add(Event::Fault { kind, target, began, ended: now(), effect, told });
    effect
}

fn befall(lab: &Arc<Lab>, index: usize, kind: Kind, random: &mut Random) -> Result {
    let node = &lab.nodes[index];
    match kind {
        Kind::AgentKilled => agent::killed(lab, node, random),
        Kind::AgentStopped => agent::stopped(node, random),
        Kind::AgentUpdated => agent::updated(node, random),
        Kind::SecondAgent => agent::second(lab, node, random, false),
        Kind::MachineCopied => agent::second(lab, node, random, true),
        Kind::PartitionAll | Kind::PartitionLeader | Kind::PartitionOneWay => network::partition(node, kind, random),
        Kind::ReplyLost => network::reply_lost(lab, node, random),
        Kind::ClockJumped => machine::clock_jumped(node, random),
        Kind::DiskFull => disk::full(node, random),
        Kind::DiskReadOnly => disk::read_only(node, random),
        Kind::JournalDeleted => disk::lost(node, random, false),
        Kind::JournalBitFlipped => disk::lost(node, random, true),
        Kind::JournalFull => room::journal_full(lab, node, random),
        Kind::Rebooted => machine::rebooted(node, random),
        Kind::Reimaged => machine::reimaged(node, random),
        Kind::MachineReplaced => replaced::replaced(lab, index, random),
        Kind::SandboxesGone => machine::sandboxes_gone(node, random),
        Kind::PartialInventory => machine::partial_inventory(node, random),
        Kind::PoolEdited => pools::edited(lab, node, random),
        Kind::OperatorLied => machine::operator_lied(lab, index),
        Kind::PoweredOff => machine::powered_off(lab, index, random),
        other => Err(format!("{other:?} is no fault of a machine").into()),
    }
}

/// A pod of a fault's own goes.
fn end(node: &Node, pod: &Pod) {
    node.pods.know(pod, false);
    node.history.add(Event::Called(call(node, "DEL", pod, Death::None).call));
    node.gone(pod);
    node.pods.forget(pod);
}
