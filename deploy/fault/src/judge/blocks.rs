//! A node gives addresses only of blocks that it may own at that time.

use std::collections::HashMap;
use std::net::IpAddr;

use super::addresses::{block_of, pool_of};
use super::owners::{Change, replay};
use super::{Facts, Violation, seconds};
use crate::history::{Event, Outcome};

/// A node had a block at some time between these two, and maybe in all of it.
struct Tenure {
    node: String,
    token: (u64, u64),
    from: u64,
    to: u64,
}

/// Each answered ADD, against etcd's history.
pub fn judge(facts: &Facts) -> Vec<Violation> {
    let (changes, _) = replay(facts, &mut Vec::new());
    let tenures = tenures(facts, &changes);
    let mut found = Vec::new();
    for call in facts.calls.iter().filter(|call| call.verb == "ADD") {
        let Outcome::Done(addresses) = &call.outcome else { continue };
        for address in addresses {
            let Ok(ip) = address.parse::<IpAddr>() else { continue };
            let Some(pool) = pool_of(facts.pools, &ip) else { continue };
            let block = block_of(&ip, pool.block);
            let own = tenures
                .get(&block)
                .into_iter()
                .flatten()
                .any(|tenure| tenure.node == call.node && tenure.from <= call.ended && tenure.to >= call.began);
            if !own {
                found.push(Violation {
                    rule: "only addresses of own blocks",
                    facts: format!(
                        "{} on {} was given {address} at {}, whose block {block} etcd never showed as the node's then",
                        call.container,
                        call.node,
                        seconds(call.ended)
                    ),
                });
            }
        }
    }
    found
}

fn tenures(facts: &Facts, changes: &[Change]) -> HashMap<IpAddr, Vec<Tenure>> {
    let mut marks: Vec<(u64, u64, u64)> = Vec::new();
    let mut restored: HashMap<u64, u64> = HashMap::new();
    for event in facts.events {
        match event {
            Event::Mark { era, revision, asked } => marks.push((*era, *revision, *asked)),
            Event::Restored { era, at, .. } => {
                restored.insert(*era, *at);
            }
            _ => {}
        }
    }
    marks.sort_unstable();
    let mut tenures: HashMap<IpAddr, Vec<Tenure>> = HashMap::new();
    for change in changes {
        let Some(block) = first_of(&change.block) else { continue };
        // It came after every mark of a lower revision.
        let after = marks.partition_point(|(era, revision, _)| (*era, *revision) < (change.era, change.revision));
        let asked = marks[..after].last().filter(|mark| mark.0 == change.era).map(|mark| mark.2);
        let seen = asked.or_else(|| restored.get(&change.era).copied()).unwrap_or_default();
        // A claim of the last moments before a restore: its owner says it again, and nobody saw it the first time.
        let before = marks.partition_point(|mark| mark.0 < change.era);
        let lost = marks[..before].last().filter(|_| change.frozen).map(|mark| mark.2);
        let from = lost.unwrap_or(seen);
        let of_block = tenures.entry(block).or_default();
        let token = change.now.token;
        // In a freeze a former owner may speak before the later one: it takes nothing from that one.
        for open in of_block.iter_mut().filter(|it| it.to == u64::MAX && !change.put_back && it.token <= token) {
            open.to = change.at;
        }
        if !change.now.install.is_empty() {
            of_block.push(Tenure { node: change.now.node.clone(), token, from, to: u64::MAX });
        }
    }
    tenures
}

/// The first address of a block by its key: its numbers have leading zeros.
fn first_of(key: &str) -> Option<IpAddr> {
    let address = key.split('/').nth(1)?;
    if address.contains(':') {
        return address.parse().ok();
    }
    let parts: Vec<u8> = address.split('.').filter_map(|part| part.parse().ok()).collect();
    <[u8; 4]>::try_from(parts).ok().map(IpAddr::from)
}
