//! What befalls a whole machine.

use std::fs;

use super::disk::{LAPSES_WITHIN, empty, installed};
use super::network::{Way, cut, mend};
use super::{Effect, Result, agent::check_some};
use crate::Failure;
use crate::clock::{eventually, now, pause};
use crate::history::{Event, Outcome};
use crate::lab::Lab;
use crate::node::{Node, new_id};
use crate::random::Random;
use crate::runtime::collect;
use crate::shim::{self, Death, Pod, call};

/// Its wall clock jumps, and back.
pub fn clock_jumped(node: &Node, random: &mut Random) -> Result {
    let Some(clock) = &node.wall_clock else { return Err("its clock cannot be set".into()) };
    let jumps = ["+1h", "-1h", "@1970-01-02 00:00:00", "@2060-01-01 00:00:00", "+70", "-70"];
    let jump = jumps[random.index(jumps.len())];
    set(clock, jump)?;
    pause(random.between(6000, 20_000));
    let seen = fs::read_to_string(node.dir.join("agent.log")).unwrap_or_default();
    let last = seen.lines().last().unwrap_or_default().split(' ').next().unwrap_or_default().to_owned();
    set(clock, "+0")?;
    let back = node.is_serving_within(120);
    check_some(node, random);
    let loaded = node.agent().running.as_ref().is_some_and(|running| {
        fs::read_to_string(format!("/proc/{}/maps", running.pid())).is_ok_and(|maps| maps.contains("libfaketime"))
    });
    Ok(Effect(loaded && back, format!("{jump}; last time in the log {last}, serves afterwards: {back}")))
}

/// At once, so that nobody reads half of it.
fn set(clock: &std::path::Path, to: &str) -> std::result::Result<(), Failure> {
    let beside = clock.with_extension("new");
    fs::write(&beside, to)?;
    Ok(fs::rename(beside, clock)?)
}

/// Off and on again: another boot, no sandboxes, the same disks.
pub fn rebooted(node: &Node, random: &mut Random) -> Result {
    let off = node.power_off()?;
    pause(random.below(4000));
    node.start(&mut node.agent())?;
    drop(off);
    // Its sign of life of the former boot must lapse first, and etcd may be away.
    if !node.is_serving_within(240)
        && let Some(status) = node.status()
    {
        return Err(format!("it does not serve after a boot: {status}").into());
    }
    Ok(Effect(true, "serves again".to_owned()))
}

/// Another system on the same hardware under the same name; the disks are empty.
pub fn reimaged(node: &Node, random: &mut Random) -> Result {
    let install = installed(node);
    let off = node.power_off()?;
    empty(node)?;
    new_id(&node.dir, "machine-id")?;
    pause(random.below(4000));
    node.start(&mut node.agent())?;
    drop(off);
    if !node.is_serving_within(240)
        && let Some(status) = node.status()
    {
        return Err(format!("it does not serve after it was re-imaged: {status}").into());
    }
    let changed = eventually(LAPSES_WITHIN, || installed(node) != install);
    Ok(Effect(changed, format!("another install: {changed}")))
}

/// The runtime lost all its pods in the same boot; only garbage collection can free what they held.
pub fn sandboxes_gone(node: &Node, random: &mut Random) -> Result {
    let gone = node.lose_pods();
    pause(random.between(1000, 10_000));
    collect(node);
    let left = node.serves();
    Ok(Effect(gone > 0, format!("{gone} sandboxes, serves on: {left}")))
}

/// The runtime lists only a part of its pods, or none, as valid, while all of them live. What lives may not be freed: the
/// CHECKs say so to the judge.
pub fn partial_inventory(node: &Node, random: &mut Random) -> Result {
    let Some(_up) = node.enter(node.boot()) else { return Ok(Effect(false, "it is off".to_owned())) };
    let mut left_out: Vec<Pod> = node.pods.holding();
    random.shuffle(&mut left_out);
    let shown = if random.chance(30) { 0 } else { left_out.len() / 2 };
    left_out.drain(..shown);
    let valid: Vec<String> = match shown {
        0 => Vec::new(),
        _ => node.pods.known().into_iter().filter(|name| left_out.iter().all(|pod| pod.container != *name)).collect(),
    };
    let answer = shim::collect(node, &valid);
    let said = format!("{:.60}", format!("{:?}", answer.call.outcome));
    let judged = !matches!(&answer.call.outcome, Outcome::Refused(reason, _) if reason.starts_with("AGENT_"));
    node.history.add(Event::Called(answer.call));
    let mut there = 0;
    for pod in left_out.iter().filter(|pod| pod.sandbox.exists()).take(8) {
        let check = call(node, "CHECK", pod, Death::None);
        there += u64::from(check.is_done());
        node.history.add(Event::Called(check.call));
    }
    let told = format!("{} living pods left out, {} listed: {said}; {there} checked", left_out.len(), valid.len());
    Ok(Effect(judged && there > 0, told))
}

/// Off for good, as the operator says to another machine; and back with its old disks.
pub fn powered_off(lab: &Lab, index: usize, random: &mut Random) -> Result {
    let node = &lab.nodes[index];
    let off = node.power_off()?;
    node.history.add(Event::Reclaimed { node: node.name.clone(), at: now() });
    pause(30_000);
    let (reclaimed, last) = reclaim(lab, index, &node.name)?;
    pause(random.below(10_000));
    node.start(&mut node.agent())?;
    drop(off);
    if !node.is_serving_within(240)
        && let Some(status) = node.status()
    {
        return Err(format!("a zombie does not serve: {status}; reclaim said {last}").into());
    }
    Ok(Effect(reclaimed, last.lines().last().unwrap_or_default().to_owned()))
}

/// That node name or install, through the other machines in turn, until its sign of life lapsed. Whether it worked, and what
/// was said last.
pub fn reclaim(lab: &Lab, index: usize, whom: &str) -> std::result::Result<(bool, String), Failure> {
    let mut last = String::new();
    for turn in 0..60 {
        let other = &lab.nodes[(index + 1 + turn % (lab.nodes.len() - 1)) % lab.nodes.len()];
        let words = ["node", "reclaim", whom, "--confirm-powered-off", "--by", "fault"];
        let said = other.croft(20, &words)?;
        last = format!("{} {}", said.out.trim(), said.err.trim());
        if said.exit == 0 {
            return Ok((true, last));
        }
        pause(3000);
    }
    Ok((false, last))
}

/// The control: the operator says of a machine that is only cut off that it is powered off. Its addresses are given twice,
/// and the judge must see it.
pub fn operator_lied(lab: &Lab, index: usize) -> Result {
    let node = &lab.nodes[index];
    cut(node, &node.endpoints, Way::Both)?;
    node.history.add(Event::Reclaimed { node: node.name.clone(), at: now() });
    pause(30_000);
    let (reclaimed, last) = reclaim(lab, index, &node.name)?;
    pause(60_000);
    mend(node)?;
    Ok(Effect(reclaimed, last))
}
