//! A pool is edited while pods hold its addresses.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::agent::check_some;
use super::members::holder;
use super::{Effect, Result, end};
use crate::Failure;
use crate::clock::{now, patiently, pause};
use crate::history::{Event, Outcome};
use crate::lab::{Lab, pool_file, pools};
use crate::node::Node;
use crate::program::Said;
use crate::random::Random;
use crate::runtime::new_pod;
use crate::shim::{Death, Pod, call};

/// The pool that most pods use.
const POOL: &str = "pods4";

/// So many of the machine's pods find their addresses reserved.
const PODS: usize = 4;

/// In nanoseconds, within which an agent that reaches etcd knows a pool as it is: it looks every 30 s.
const KNOWN_WITHIN: u64 = 60_000_000_000;

/// Addresses that pods hold are reserved: they keep them, and nobody gets them anew until the pool is as before. Another range and
/// another block size are refused.
pub fn edited(lab: &Lab, node: &Node, random: &mut Random) -> Result {
    let Some(own) = holder(lab, node, POOL, 8) else {
        return Ok(Effect(false, "no pod of it got an address".to_owned()));
    };
    let mut holders = node.pods.holding();
    random.shuffle(&mut holders);
    holders.retain(|pod| pod.container != own.container && !addresses(pod).is_empty());
    holders.truncate(PODS - 1);
    holders.push(own.clone());
    let reserved: Vec<String> = holders.iter().flat_map(addresses).collect();
    let pool = pools().into_iter().find(|pool| pool.name == POOL).ok_or("the pool is unknown")?;
    let refused = refuses(lab, &pool_file(&pool, &[]), "blockPrefixLength", &json!(28))?
        && refuses(lab, &pool_file(&pool, &[]), "cidr", &json!("10.64.0.0/25"))?;
    apply(lab, &pool_file(&pool, &reserved))?;
    let known = known(lab, &reserved);
    let kept = holders.iter().filter(|pod| is_kept(node, pod)).count();
    end(node, &own);
    // Longer than a released address rests: now somebody would have it, were it not reserved.
    pause(random.between(33_000, 45_000));
    let to = now();
    for (name, from) in &known {
        lab.history.add(Event::Reserved { node: name.clone(), addresses: reserved.clone(), from: *from, to });
    }
    apply(lab, &pool_file(&pool, &[]))?;
    check_some(node, random);
    let told = format!(
        "{} held addresses reserved, known by {} machines, {kept} pods kept theirs; another range and block size refused: {refused}",
        reserved.len(),
        known.len()
    );
    Ok(Effect(refused && kept > 0 && known.contains_key(&node.name), told))
}

/// Those of that pool.
fn addresses(pod: &Pod) -> Vec<String> {
    let ips = pod.result.iter().flat_map(|result| result["ips"].as_array().into_iter().flatten());
    let bare = ips.filter_map(|ip| ip["address"].as_str()?.split('/').next().map(str::to_owned));
    bare.filter(|address| address.starts_with("10.64.0.")).collect()
}

/// CHECK and a repeated ADD of it; the judge compares what they say.
fn is_kept(node: &Node, pod: &Pod) -> bool {
    let [check, add] = ["CHECK", "ADD"].map(|verb| call(node, verb, pod, Death::None));
    let kept = check.is_done() && add.is_done();
    node.history.add(Event::Called(check.call));
    node.history.add(Event::Called(add.call));
    kept
}

/// Which machines refuse one of these addresses as reserved, and since when: so long ago they knew.
fn known(lab: &Lab, reserved: &[String]) -> BTreeMap<String, u64> {
    let mut known = BTreeMap::new();
    let end = now() + KNOWN_WITHIN;
    while now() < end && known.len() < lab.nodes.len() {
        for node in &lab.nodes {
            if !known.contains_key(&node.name) && is_refused(lab, node, &reserved[0]) {
                known.insert(node.name.clone(), now());
            }
        }
        pause(1500);
    }
    known
}

fn is_refused(lab: &Lab, node: &Node, address: &str) -> bool {
    let Some(mut pod) = new_pod(lab, node, node.boot(), vec![POOL.to_owned()]) else { return false };
    pod.exact = Some(address.to_owned());
    let add = call(node, "ADD", &pod, Death::None);
    let refused = matches!(&add.call.outcome, Outcome::Refused(reason, _) if reason == "ADDRESS_RESERVED");
    node.history.add(Event::Called(add.call));
    end(node, &pod);
    refused
}

/// As long as another fault may leave etcd without space.
const PATIENCE: u64 = 300;

/// The file is applied; etcd may be without a leader or without space for a while.
fn apply(lab: &Lab, file: &Value) -> std::result::Result<(), Failure> {
    patiently(PATIENCE, || lab.apply(std::slice::from_ref(file))?.expect()).map(drop)
}

/// The same with another value in a field that never changes: that is refused by name.
fn refuses(lab: &Lab, file: &Value, field: &str, value: &Value) -> std::result::Result<bool, Failure> {
    let mut file = file.clone();
    file[field] = value.clone();
    let said: Said = patiently(PATIENCE, || {
        let said = lab.apply(std::slice::from_ref(&file))?;
        if said.exit == 0 || said.err.contains("POOL_IMMUTABLE") { Ok(said) } else { Err(said.err.into()) }
    })?;
    if said.exit == 0 {
        lab.broken(&format!("{field} of a pool was changed to {value} over held addresses"));
    }
    Ok(said.exit != 0)
}
