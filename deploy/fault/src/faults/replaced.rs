//! A machine is replaced by another one of the same name.

use serde_json::Value;

use super::disk::{LAPSES_WITHIN, empty, installed};
use super::machine::reclaim;
use super::{Effect, Result};
use crate::Failure;
use crate::clock::{eventually, now, patiently, pause};
use crate::etcd::Etcd;
use crate::history::Event;
use crate::lab::Lab;
use crate::node::new_id;
use crate::options::CLUSTER;
use crate::random::Random;

/// Other hardware, empty disks, the same name. It may not inherit; the operator gives the former installs back by their ids, as
/// `docs/runbooks/node-died.md` says.
pub fn replaced(lab: &Lab, index: usize, random: &mut Random) -> Result {
    let node = &lab.nodes[index];
    let Some(former) = installed(node) else { return Ok(Effect(false, "it has no install".to_owned())) };
    let off = node.power_off()?;
    empty(node)?;
    new_id(&node.dir, "machine-id")?;
    node.replace_hardware();
    // What was on its way to etcd when the power went has arrived by then.
    pause(random.between(500, 4000));
    let owned = blocks_of(&former)?;
    node.start(&mut node.agent())?;
    drop(off);
    if !node.is_serving_within(240)
        && let Some(status) = node.status()
    {
        return Err(format!("a machine in the place of another does not serve: {status}").into());
    }
    let changed = eventually(LAPSES_WITHIN, || installed(node).is_some_and(|install| install != former));
    // Long enough for it to look for what it might inherit.
    pause(random.between(3000, 10_000));
    let kept = blocks_of(&former)?;
    let mut told = format!("another install: {changed}; the former one's {owned} blocks, later {kept}");
    let mut given_back = true;
    for install in formers(&node.name)? {
        node.history.add(Event::Reclaimed { node: node.name.clone(), at: now() });
        let (reclaimed, last) = reclaim(lab, index, &install)?;
        given_back &= reclaimed && blocks_of(&install)? == 0;
        told.push_str(&format!("; {last}"));
    }
    Ok(Effect(changed && owned > 0 && kept == owned && given_back, told))
}

/// How many blocks etcd shows as an install's.
fn blocks_of(install: &str) -> std::result::Result<u64, Failure> {
    let owned = format!("/croft/v1/{CLUSTER}/owned/{install}");
    patiently(20, || Etcd::count(&format!("{owned}/"), &format!("{owned}0")))
}

/// The installs before the current one that a node's name leads to.
fn formers(node: &str) -> std::result::Result<Vec<String>, Failure> {
    let record = patiently(20, || Etcd::get(&format!("/croft/v1/{CLUSTER}/nodes/{node}")))?.unwrap_or_default();
    let record: Value = serde_json::from_str(&record).unwrap_or_default();
    let ids = record["former"].as_array().into_iter().flatten();
    Ok(ids.filter_map(|id| id.as_str().map(str::to_owned)).collect())
}
