//! When all has healed and a minute was quiet: what nodes hold is what lives, and the audit names the rest.

use std::collections::{BTreeMap, BTreeSet};

use super::owners::replay;
use super::{Facts, Violation};
use crate::history::{Event, Outcome};

/// All rules of this page.
pub fn judge(facts: &Facts) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut living: BTreeSet<&str> = BTreeSet::new();
    let mut listed: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut ended = false;
    for event in facts.events {
        match event {
            Event::Living { pods } => {
                ended = true;
                living.extend(pods.iter().map(|(_, container)| container.as_str()));
            }
            Event::Listed { held, .. } => {
                listed.extend(held.iter().map(|(container, address)| (container.as_str(), address.as_str())));
            }
            Event::Broken { told, .. } => found.push(Violation { rule: "it heals", facts: told.clone() }),
            Event::Audited { last, exit, findings } => found.extend(audited(facts, *last, *exit, findings)),
            _ => {}
        }
    }
    if !ended {
        return found;
    }
    let mut last: BTreeMap<&str, &Vec<String>> = BTreeMap::new();
    for call in facts.calls.iter().filter(|call| call.verb == "ADD") {
        if let Outcome::Done(addresses) = &call.outcome {
            last.insert(&call.container, addresses);
        }
    }
    let expected: BTreeSet<(&str, &str)> = living
        .iter()
        .flat_map(|container| {
            last.get(container).into_iter().flat_map(move |all| all.iter().map(|one| (*container, one.as_str())))
        })
        .collect();
    for (container, address) in expected.difference(&listed) {
        let facts = format!("{container} lives and was given {address}, and its node does not hold it");
        found.push(Violation { rule: "allocated is living", facts });
    }
    let deleted: BTreeSet<&str> =
        facts.calls.iter().filter(|call| call.verb == "DEL").map(|call| call.container.as_str()).collect();
    for (container, address) in listed.difference(&expected) {
        // A GC holds back what vanished without a DEL while no agent looked, and says so.
        let held_back = !deleted.contains(container) && braked(facts, container);
        if held_back {
            continue;
        }
        let facts = format!("{address} is held by {container}, which does not live");
        found.push(Violation { rule: "allocated is living", facts });
    }
    found
}

/// The last GC of the container's node was braked.
fn braked(facts: &Facts, container: &str) -> bool {
    let node = facts.calls.iter().find(|call| call.container == container).map(|call| call.node.as_str());
    let last = facts.calls.iter().rfind(|call| call.verb == "GC" && Some(call.node.as_str()) == node);
    last.is_some_and(|call| matches!(&call.outcome, Outcome::Refused(reason, _) if reason == "GC_BRAKE"))
}

fn audited(facts: &Facts, last: bool, exit: i32, findings: &[(String, String)]) -> Vec<Violation> {
    let mut found = Vec::new();
    let violation = |facts: String| Violation { rule: "the audit is clean, or names the reason", facts };
    if exit != 0 && exit != 1 {
        found.push(violation(format!("the audit ended with {exit}")));
    }
    for (severity, message) in findings.iter().filter(|(severity, _)| severity.ends_with("DANGER")) {
        found.push(violation(format!("{severity}: {message}")));
    }
    if last {
        let (_, store) = replay(facts, &mut Vec::new());
        let current: BTreeSet<&String> = store.nodes.values().collect();
        for (block, record) in &store.blocks {
            let dead = !record.install.is_empty() && !current.contains(&record.install);
            // By its id, or as one of several installs of its node.
            let node = format!("node {} has ", record.node);
            let named =
                findings.iter().any(|(_, message)| message.contains(&record.install) || message.contains(&node));
            if dead && !named {
                found.push(violation(format!(
                    "{block} is owned by {}, which no node is, and the audit is silent",
                    record.install
                )));
            }
        }
    }
    found
}
