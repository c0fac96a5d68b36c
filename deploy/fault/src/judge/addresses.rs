//! No address of two live pods, none before its time, none that its pool may not give.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use super::{Facts, Violation, seconds};
use crate::history::{Call, Outcome, Pool};

/// What clocks may differ by: the agent's moves in steps.
const STEPS: u64 = 50_000_000;

/// An address in the hands of a pod's sandbox, from the answer of its ADD.
struct Use<'a> {
    call: &'a Call,
    /// Its sandbox began to go; never: at the end of time.
    gone: u64,
    /// The earliest instant at which it can have been released.
    released: u64,
}

/// All rules of this page.
pub fn judge(facts: &Facts) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut uses: BTreeMap<&str, Vec<Use>> = BTreeMap::new();
    let mut dels: HashMap<&str, Vec<&Call>> = HashMap::new();
    for call in facts.calls.iter().filter(|call| call.verb == "DEL") {
        dels.entry(&call.container).or_default().push(call);
    }
    // When each pod first asked: what it got before a range was reserved stays its own.
    let mut first: HashMap<&str, u64> = HashMap::new();
    for call in facts.calls.iter().filter(|call| call.verb == "ADD") {
        first.entry(&call.container).or_insert(call.began);
        let Outcome::Done(addresses) = &call.outcome else { continue };
        found.extend(fits(facts, call, addresses));
        found.extend(was_reserved(facts, &first, call, addresses));
        for address in addresses {
            let known = uses.entry(address).or_default();
            if known.iter().any(|earlier| earlier.call.sandbox == call.sandbox && earlier.call.ended <= call.ended) {
                continue;
            }
            let gone = facts.gone.get(call.sandbox.as_str()).copied().unwrap_or(u64::MAX);
            let dels = dels.get(call.container.as_str()).into_iter().flatten();
            let del = dels.filter(|del| del.ended >= call.began).map(|del| del.began).min().unwrap_or(u64::MAX);
            // What vanished first may be freed by a garbage collection before its DEL.
            let collected = facts
                .calls
                .iter()
                .any(|gc| gc.verb == "GC" && gc.node == call.node && gc.ended >= gone && gc.began <= del);
            let released = if gone < del && collected { gone } else { del };
            known.push(Use { call, gone, released });
        }
    }
    for (address, mut uses) in uses {
        uses.sort_by_key(|one| one.call.ended);
        for (index, later) in uses.iter().enumerate() {
            for earlier in uses[..index].iter().filter(|one| one.call.container != later.call.container) {
                found.extend(follows(facts, address, earlier, later));
            }
        }
    }
    found
}

fn follows(facts: &Facts, address: &str, earlier: &Use, later: &Use) -> Option<Violation> {
    let at = later.call.ended;
    let (one, other) = (&earlier.call.container, &later.call.container);
    if at < earlier.gone {
        let gone = if earlier.gone == u64::MAX { "never".to_owned() } else { seconds(earlier.gone) };
        let since = seconds(earlier.call.ended);
        let facts = format!(
            "{address} is {one}'s on {} since {since}, whose sandbox goes {gone}, and was given to {other} on {} at {}",
            earlier.call.node,
            later.call.node,
            seconds(at)
        );
        return Some(Violation { rule: "one pod an address", facts });
    }
    let booted = Facts::befell(&facts.boots, &earlier.call.node, earlier.call.began, at);
    if !booted && at + STEPS < earlier.released.saturating_add(facts.cooldown) {
        let facts = format!(
            "{address} was released by {one} on {} at {} at the earliest and given to {other} on {} at {}",
            earlier.call.node,
            seconds(earlier.released),
            later.call.node,
            seconds(at)
        );
        return Some(Violation { rule: "no address before its time", facts });
    }
    None
}

/// The pool that has the address.
pub fn pool_of<'a>(pools: &'a [Pool], address: &IpAddr) -> Option<&'a Pool> {
    pools.iter().find(|pool| {
        let first: Option<IpAddr> = pool.first.parse().ok();
        first.is_some_and(|first| block_of(address, pool.prefix) == block_of(&first, pool.prefix))
    })
}

/// The first address of the block of that prefix length that has the address.
pub fn block_of(address: &IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32u32.saturating_sub(prefix.into())).unwrap_or(0);
            IpAddr::V4((u32::from(*v4) & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128u32.saturating_sub(prefix.into())).unwrap_or(0);
            IpAddr::V6((u128::from(*v6) & mask).into())
        }
    }
}

/// One of each pool that was wanted, none reserved.
fn fits(facts: &Facts, call: &Call, addresses: &[String]) -> Option<Violation> {
    let wanted: Vec<&str> =
        if call.pools.is_empty() { vec!["pods4", "pods6"] } else { call.pools.iter().map(String::as_str).collect() };
    let mut given = Vec::new();
    for address in addresses {
        let pool = address.parse().ok().and_then(|address| pool_of(facts.pools, &address));
        if let Some(pool) = pool
            && !pool.reserved.contains(address)
        {
            given.push(pool.name.as_str());
        }
    }
    given.sort_unstable();
    (given != wanted || given.len() != addresses.len()).then(|| Violation {
        rule: "only addresses that the pool gives",
        facts: format!("{} wanted one of each of {wanted:?} and got {addresses:?}", call.container),
    })
}

/// None that its node knew as reserved when the pod first asked.
fn was_reserved(facts: &Facts, first: &HashMap<&str, u64>, call: &Call, addresses: &[String]) -> Option<Violation> {
    let asked = first.get(call.container.as_str()).copied().unwrap_or(call.began);
    let (.., since, _) = facts.reserved.iter().find(|(node, reserved, from, to)| {
        *node == call.node && asked >= *from && call.ended <= *to && addresses.iter().any(|one| reserved.contains(one))
    })?;
    Some(Violation {
        rule: "only addresses that the pool gives",
        facts: format!(
            "{} asked at {} and got {addresses:?}, of which {} knew since {} that they are reserved",
            call.container,
            seconds(asked),
            call.node,
            seconds(*since)
        ),
    })
}
