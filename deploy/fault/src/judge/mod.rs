//! The judge. It knows what the plugins answered, which sandboxes there were, and etcd's own history, and nothing of how
//! the run was made or of the agent's code.

mod addresses;
mod answers;
mod blocks;
mod ending;
mod owners;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use serde::Serialize;

use crate::history::{Call, Event, Pool};

/// A rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Which.
    pub rule: &'static str,
    /// The facts.
    pub facts: String,
}

/// The history, sorted out once for all rules.
pub struct Facts<'a> {
    /// The pools.
    pub pools: &'a [Pool],
    /// How long a released address rests, in nanoseconds.
    pub cooldown: u64,
    /// All calls, by the time of their begin.
    pub calls: Vec<&'a Call>,
    /// When each sandbox began to go.
    pub gone: HashMap<&'a str, u64>,
    /// Times at which each node booted.
    pub boots: HashMap<&'a str, Vec<u64>>,
    /// Times at which each node lost its journal.
    pub losses: HashMap<&'a str, Vec<u64>>,
    /// Times at which each node was said to be off.
    pub reclaims: HashMap<&'a str, Vec<u64>>,
    /// Addresses that a node knew as reserved, from when to when.
    pub reserved: Vec<(&'a str, &'a [String], u64, u64)>,
    /// Everything.
    pub events: &'a [Event],
}

impl<'a> Facts<'a> {
    /// Of a history.
    pub fn of(events: &'a [Event]) -> Self {
        let mut facts = Facts {
            pools: &[],
            cooldown: 0,
            calls: Vec::new(),
            gone: HashMap::new(),
            boots: HashMap::new(),
            losses: HashMap::new(),
            reclaims: HashMap::new(),
            reserved: Vec::new(),
            events,
        };
        for event in events {
            match event {
                Event::Setup { pools, cooldown } => (facts.pools, facts.cooldown) = (pools, *cooldown),
                Event::Called(call) => facts.calls.push(call),
                Event::SandboxGone { sandbox, at, .. } => {
                    facts.gone.entry(sandbox).or_insert(*at);
                }
                Event::Booted { node, at } => facts.boots.entry(node).or_default().push(*at),
                Event::JournalLost { node, at } => facts.losses.entry(node).or_default().push(*at),
                Event::Reclaimed { node, at } => facts.reclaims.entry(node).or_default().push(*at),
                Event::Reserved { node, addresses, from, to } => facts.reserved.push((node, addresses, *from, *to)),
                _ => {}
            }
        }
        facts.calls.sort_by_key(|call| call.began);
        facts
    }

    /// Something of that kind befell the node in that time.
    pub fn befell(of: &HashMap<&str, Vec<u64>>, node: &str, from: u64, to: u64) -> bool {
        of.get(node).is_some_and(|times| times.iter().any(|at| (from..=to).contains(at)))
    }
}

/// All rules that a history breaks.
pub fn judge(events: &[Event]) -> Vec<Violation> {
    let facts = Facts::of(events);
    let mut found = addresses::judge(&facts);
    found.extend(answers::judge(&facts));
    found.extend(owners::judge(&facts));
    found.extend(blocks::judge(&facts));
    found.extend(ending::judge(&facts));
    found
}

/// For people: seconds of the boot clock.
fn seconds(at: u64) -> String {
    format!("{}.{:03} s", at / 1_000_000_000, at / 1_000_000 % 1000)
}
