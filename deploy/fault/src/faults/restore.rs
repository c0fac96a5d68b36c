//! Etcd is put back to a snapshot, and the operator follows `docs/runbooks/etcd-restored.md`.

use std::sync::Arc;

use serde_json::Value;

use super::{Effect, Result, agent, network};
use crate::Failure;
use crate::clock::{eventually, now, patiently, pause};
use crate::etcd::{Etcd, MEMBERS};
use crate::history::Event;
use crate::lab::{Lab, pool_file, pools};
use crate::options::CLUSTER;
use crate::random::Random;

/// By which a bumped revision leaps.
const BUMP: u64 = 1_000_000;

/// How long agents have to speak, in nanoseconds; on a laden machine twice what the runbook says.
const THEIR_TIME: u64 = 80_000_000_000;

/// How long an operator tries.
const PATIENCE: u64 = 240_000_000_000;

/// Life goes on between snapshot and restore, and while the store is frozen.
pub fn restore(lab: &Arc<Lab>, bumped: bool, random: &mut Random) -> Result {
    let file = lab.dir.join(format!("snapshot-{}", lab.number()));
    let base = lab.etcd.snapshot(random.index(MEMBERS), &file)?;
    pause(random.between(15_000, 45_000));
    let _alone = lab.turns.alone();
    // Sometimes one machine is off, and its word is the operator's; sometimes agents must notice by themselves.
    let off = random.chance(50).then(|| random.index(lab.nodes.len()));
    let by_hand = random.chance(65);
    let guard = off.map(|index| lab.nodes[index].power_off()).transpose()?;
    if by_hand {
        for node in &lab.nodes {
            network::cut(node, &node.endpoints, network::Way::Both)?;
        }
    }
    lab.recorder.stop();
    let killed = (0..MEMBERS).filter(|member| lab.etcd.kill(*member)).count();
    // A new token is a new cluster id; with the old one nothing tells it from the former cluster.
    let token = if by_hand || random.chance(50) { format!("restored-{}", lab.number()) } else { "first".to_owned() };
    lab.etcd.restore(&file, &token, bumped.then_some(BUMP))?;
    lab.recorder.resume(base, if bumped { base + BUMP } else { base });
    for member in 0..MEMBERS {
        lab.etcd.start(member)?;
    }
    if !Etcd::answers(60) {
        return Err("the restored etcd does not answer".into());
    }
    if by_hand {
        lab.store(20, &["store", "freeze", "--because", "restored"])?.expect()?;
        for node in &lab.nodes {
            network::mend(node)?;
        }
    }
    if !eventually(60, is_frozen) {
        return Err("a restored store was not noticed for 60 s".into());
    }
    let victim = &lab.nodes[random.index(lab.nodes.len())];
    if off.is_none_or(|index| lab.nodes[index].name != victim.name) {
        agent::killed(lab, victim, random)?;
    }
    let unfrozen = unfreeze(lab, off);
    let thawed = eventually(30, || !is_frozen());
    if let Some(index) = off {
        let node = &lab.nodes[index];
        node.start(&mut node.agent())?;
        drop(guard);
        if !node.is_serving_within(240)
            && let Some(status) = node.status()
        {
            return Err(format!("the machine that was off does not serve: {status}; {unfrozen:?}").into());
        }
    }
    let named = unfrozen?;
    // Step 8: the pools as their files have them.
    let files: Vec<Value> = pools().iter().map(|pool| pool_file(pool, &[])).collect();
    patiently(60, || lab.apply(&files)?.expect())?;
    pause(5000);
    audit(lab, false)?;
    let told = format!(
        "to revision {base}, frozen by {}, {named} named, thawed: {thawed}",
        if by_hand { "the operator" } else { "agents" }
    );
    Ok(Effect(killed == MEMBERS && thawed, told))
}

fn is_frozen() -> bool {
    Etcd::get(&format!("/croft/v1/{CLUSTER}/meta"))
        .ok()
        .flatten()
        .and_then(|meta| serde_json::from_str::<Value>(&meta).ok())
        .is_some_and(|meta| meta["frozen"] == Value::Bool(true))
}

/// Who is missing, as `croft store status` says: node, install, and why.
type Missing = Vec<(String, String, String)>;

/// Steps 1 to 5: waits for who can speak, boots the others, gives the word. How many were named.
fn unfreeze(lab: &Lab, off: Option<usize>) -> std::result::Result<usize, Failure> {
    let mut last = String::new();
    let mut silent: Vec<String> = off.map(|index| lab.nodes[index].name.clone()).into_iter().collect();
    let began = now();
    while now() < began + PATIENCE {
        let said = lab.store(20, &["store", "status", "-o", "json"])?;
        let status: Value = serde_json::from_str(&said.out).unwrap_or_default();
        let freeze = text(&status["freeze"]);
        let entries = status["missing"].as_array().into_iter().flatten();
        let missing: Missing =
            entries.map(|it| (text(&it["node"]), text(&it["installId"]), text(&it["why"]))).collect();
        last = format!("{missing:?} {}", said.err);
        let open: Vec<_> = missing.iter().filter(|(node, ..)| !silent.contains(node)).collect();
        if !freeze.is_empty() && open.is_empty() && all_spoke(lab, &silent, &freeze) {
            let mut words = vec!["store", "unfreeze", "--freeze", &freeze, "--others-off"];
            for (_, install, _) in &missing {
                words.extend(["--off", install]);
            }
            let said = lab.store(20, &words)?;
            if said.exit == 0 {
                return Ok(missing.len());
            }
            last.push_str(&said.err);
        }
        for (name, _, why) in open {
            // One whose journal was lost speaks for its former life by a boot only; the others get their time.
            let node = lab.nodes.iter().find(|node| node.name == *name);
            if let Some(node) = node.filter(|_| why.contains("lost journal") || now() > began + THEIR_TIME) {
                let guard = node.power_off()?;
                node.start(&mut node.agent())?;
                drop(guard);
                silent.push(name.clone());
            }
        }
        pause(4000);
    }
    Err(format!("the store could not be unfrozen: {last}").into())
}

/// Every machine that was not off or booted has said what it owns, also one that the backup does not know.
fn all_spoke(lab: &Lab, silent: &[String], freeze: &str) -> bool {
    lab.nodes.iter().filter(|node| !silent.contains(&node.name)).all(|node| {
        let read = |key: &str| {
            let value = Etcd::get(&format!("/croft/v1/{CLUSTER}/{key}")).ok().flatten()?;
            serde_json::from_str::<Value>(&value).ok()
        };
        let install = read(&format!("nodes/{}", node.name)).map(|record| text(&record["installId"]));
        let said = install.and_then(|install| read(&format!("asserted/{install}")));
        said.is_some_and(|said| said["freeze"] == freeze)
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Step 6, and the end of a run.
pub fn audit(lab: &Lab, last: bool) -> std::result::Result<(), Failure> {
    let said = lab.store(30, &["audit", "-o", "json"])?;
    let report: Value = serde_json::from_str(&said.out).unwrap_or_default();
    let findings = report["findings"].as_array().into_iter().flatten();
    let findings: Vec<(String, String)> = findings
        .map(|finding| {
            (text(&finding["severity"]), format!("{}: {}", text(&finding["key"]), text(&finding["message"])))
        })
        .collect();
    lab.history.add(Event::Audited { last, exit: said.exit, findings });
    Ok(())
}
