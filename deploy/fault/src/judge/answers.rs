//! What was acknowledged is there, and what had to succeed did.

use std::collections::BTreeMap;

use super::{Facts, Violation, seconds};
use crate::history::{Call, Outcome};

/// Refusals of a repeated ADD that say: the first is forgotten.
const FORGOTTEN_BY_ADD: [&str; 4] = ["POOL_EXHAUSTED", "BLOCK_PENDING", "DELETED_MEANWHILE", "ADDRESS_IN_USE"];

/// Refusals of a CHECK that say the same.
const FORGOTTEN_BY_CHECK: [&str; 2] = ["NOT_ALLOCATED", "ADDRESSES_DIFFER"];

/// All rules of this page.
pub fn judge(facts: &Facts) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut by_container: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
    for call in &facts.calls {
        by_container.entry(&call.container).or_default().push(call);
        if let Some(why) = call.must.as_ref().filter(|_| !matches!(call.outcome, Outcome::Done(_))) {
            let told = format!("{} on {} had to succeed because {why}: {:?}", call.container, call.node, call.outcome);
            found.push(Violation { rule: "an ADD with a free address of its own succeeds", facts: told });
        }
    }
    for calls in by_container.values() {
        for (index, call) in calls.iter().enumerate() {
            let is_acknowledged = |first: &&&Call| first.verb == "ADD" && matches!(first.outcome, Outcome::Done(_));
            if let Some(first) = calls[..index].iter().rfind(is_acknowledged) {
                found.extend(compare(facts, calls, first, call));
            }
        }
    }
    found
}

fn compare(facts: &Facts, calls: &[&Call], first: &Call, call: &Call) -> Option<Violation> {
    let disturbed = calls.iter().any(|del| del.verb == "DEL" && del.began <= call.ended)
        || Facts::befell(&facts.boots, &call.node, first.began, call.ended)
        || Facts::befell(&facts.losses, &call.node, first.began, call.ended)
        || facts.gone.get(call.sandbox.as_str()).is_some_and(|gone| *gone <= call.ended);
    if disturbed {
        return None;
    }
    let wrong = match (call.verb.as_str(), &call.outcome) {
        ("ADD", Outcome::Done(_)) => call.outcome != first.outcome,
        // One that began before the other was answered may be refused for want of an address.
        ("ADD", Outcome::Refused(reason, _)) => call.began > first.ended && FORGOTTEN_BY_ADD.contains(&reason.as_str()),
        ("CHECK", Outcome::Refused(reason, _)) => FORGOTTEN_BY_CHECK.contains(&reason.as_str()),
        _ => false,
    };
    wrong.then(|| Violation {
        rule: "what was acknowledged is there",
        facts: format!(
            "{} on {} was given {:?} at {}, and {} at {} said {:?}",
            call.container,
            call.node,
            first.outcome,
            seconds(first.ended),
            call.verb,
            seconds(call.ended),
            call.outcome
        ),
    })
}
