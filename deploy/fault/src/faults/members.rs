//! What befalls etcd.

use nix::sys::signal::Signal;
use serde_json::json;

use super::{Effect, Result, agent::check_some, end};
use crate::Failure;
use crate::clock::{eventually, now, patiently, pause};
use crate::etcd::{Etcd, MEMBERS, number};
use crate::history::{Event, Outcome};
use crate::http::encode;
use crate::lab::Lab;
use crate::node::Node;
use crate::options::CLUSTER;
use crate::plan::Kind;
use crate::random::Random;
use crate::runtime::new_pod;
use crate::shim::{Death, Pod, call};

/// Pods of a machine that must get an address while all of etcd is down.
const PODS: usize = 5;

/// One fault of the members.
pub fn befall(lab: &Lab, kind: Kind, random: &mut Random) -> Result {
    match kind {
        Kind::MemberKilled => killed(lab, random),
        Kind::MemberStopped => stopped(lab, random),
        Kind::Compacted => compacted(lab),
        Kind::NoSpace => no_space(lab, random),
        Kind::SecondCluster => second_cluster(lab),
        other => Err(format!("{other:?} is no fault of etcd").into()),
    }
}

/// The leader as often as the others.
fn any(random: &mut Random) -> usize {
    let any = random.index(MEMBERS);
    if random.chance(40) { Etcd::leader().unwrap_or(any) } else { any }
}

fn killed(lab: &Lab, random: &mut Random) -> Result {
    let member = any(random);
    let died = lab.etcd.kill(member);
    pause(random.between(500, 8000));
    lab.etcd.start(member)?;
    let back = eventually(30, || Etcd::status(member).is_ok());
    Ok(Effect(died && back, format!("member {member} died of SIGKILL: {died}, answers again: {back}")))
}

fn stopped(lab: &Lab, random: &mut Random) -> Result {
    let member = any(random);
    let stopped = lab.etcd.signal(member, Signal::SIGSTOP);
    let millis = random.between(2000, 15_000);
    pause(millis);
    let goes_on = lab.etcd.signal(member, Signal::SIGCONT);
    Ok(Effect(stopped && goes_on, format!("member {member} for {millis} ms")))
}

/// Up to what the recorder has seen.
fn compact(lab: &Lab) -> Result {
    let revision = Etcd::put("/croft/compacted", b"")?;
    if !lab.recorder.has_seen(revision, 20) {
        return Ok(Effect(false, "the recorder is behind".to_owned()));
    }
    lab.etcd.ctl(20, &["compact", &revision.to_string()])?.expect()?;
    let old = lab.etcd.ctl(10, &["get", "/croft/mark", "--rev=1"])?;
    Ok(Effect(old.exit != 0 && old.err.contains("compacted"), format!("up to revision {revision}")))
}

/// Another cluster's operator makes a store under the same prefix.
fn second_cluster(lab: &Lab) -> Result {
    let meta = || patiently(20, || Etcd::get(&format!("/croft/v1/{CLUSTER}/meta")));
    let before = meta()?;
    let said = patiently(60, || {
        let init = lab.store(20, &["store", "init", "--owner", "another-cluster"])?;
        // Etcd may elect a leader just then.
        if init.err.contains("STORE_UNAVAILABLE") { Err(init.err.into()) } else { Ok(init) }
    })?;
    let (refused, unchanged) = (said.err.contains("STORE_UNUSABLE"), before.is_some() && meta()? == before);
    let said = format!("{} {} {}", said.exit, said.out.trim(), said.err.trim());
    if !refused || !unchanged {
        lab.broken(&format!("another owner's store init on the prefix: {said}; meta unchanged: {unchanged}"));
    }
    Ok(Effect(refused && unchanged, format!("{said:.120}")))
}

fn compacted(lab: &Lab) -> Result {
    compact(lab)
}

/// Fills the quota up, and frees it as the runbook says.
fn no_space(lab: &Lab, random: &mut Random) -> Result {
    let filler = vec![b'x'; 1_000_000];
    let mut refusal = String::new();
    for turn in 0..60 {
        if let Err(failure) = Etcd::put(&format!("/filler/{turn}"), &filler)
            && failure.to_string().contains("exceeded")
        {
            refusal = failure.to_string();
            break;
        }
    }
    pause(random.between(5000, 20_000));
    let still = Etcd::put("/filler/last", b"x").is_err();
    lab.etcd.ctl(20, &["del", "--prefix", "/filler/"])?.expect()?;
    // The runbook's commands. No key below /croft/ can have come after what the recorder has.
    let latest = Etcd::ask(
        "/v3/kv/range",
        &json!({"key": encode(b"/croft/"), "range_end": encode(b"/croft0"), "limit": 1, "sort_order": "DESCEND",
            "sort_target": "MOD", "keys_only": true}),
    )?;
    let caught_up = lab.recorder.has_seen(number(&latest["kvs"][0]["mod_revision"])?, 20);
    pause(500);
    let revision = number(&latest["header"]["revision"])?;
    lab.etcd.ctl(20, &["compact", &revision.to_string()])?.expect()?;
    lab.etcd.ctl(40, &["defrag"])?.expect()?;
    lab.etcd.ctl(20, &["alarm", "disarm"])?.expect()?;
    let healed = eventually(20, || Etcd::put("/croft/mark", b"healed").is_ok());
    if !healed {
        lab.broken("etcd takes no writes after its space was freed");
    }
    let told = format!("{refusal:.80}; still full: {still}, recorder caught up: {caught_up}, healed: {healed}");
    Ok(Effect(!refusal.is_empty() && still && healed, told))
}

/// All members are down at once; whoever has a free address of its own must give it.
pub fn all_down(lab: &Lab, random: &mut Random) -> Result {
    let _alone = lab.turns.alone();
    let ready: Vec<(&Node, Pod)> = lab.nodes.iter().filter_map(|node| Some((&**node, anchor(lab, node)?))).collect();
    if ready.is_empty() {
        return Ok(Effect(false, "no machine had a spare block".to_owned()));
    }
    let killed = (0..MEMBERS).filter(|member| lab.etcd.kill(*member)).count();
    let began = now();
    let mut spare = Vec::new();
    expect_adds(lab, &ready, "etcd is down and the node has free addresses", 50, &mut spare, random)?;
    let seconds = (now() - began) / 1_000_000_000;
    let away = Etcd::get("/croft/mark").is_err();
    for member in 0..MEMBERS {
        lab.etcd.start(member)?;
    }
    let back = Etcd::answers(60);
    let answered = spare.len();
    for (node, pod) in spare.into_iter().chain(ready) {
        check_and_delete(node, &pod);
    }
    for node in &lab.nodes {
        check_some(node, random);
    }
    let told = format!("{killed} members for {seconds} s, {answered} ADDs answered, etcd back: {back}");
    Ok(Effect(killed == MEMBERS && away && back && answered > 0, told))
}

/// A pod whose block has free addresses from now on.
pub fn anchor(lab: &Lab, node: &Node) -> Option<Pod> {
    holder(lab, node, "spare", 20)
}

/// A pod of that pool that holds an address, after so many tries at most.
pub fn holder(lab: &Lab, node: &Node, pool: &str, tries: usize) -> Option<Pod> {
    for _ in 0..tries {
        let mut pod = new_pod(lab, node, node.boot(), vec![pool.to_owned()])?;
        let answer = call(node, "ADD", &pod, Death::None);
        let done = answer.is_done();
        node.history.add(Event::Called(answer.call));
        if done {
            pod.result = Some(answer.json);
            node.pods.know(&pod, true);
            return Some(pod);
        }
        end(node, &pod);
        pause(2000);
    }
    None
}

/// ADDs on machines with free addresses of their own; some agents restart in between, in the same boot and with etcd as it is.
pub fn expect_adds<'a>(
    lab: &Lab,
    ready: &[(&'a Node, Pod)],
    why: &str,
    restarts_percent: u64,
    spare: &mut Vec<(&'a Node, Pod)>,
    random: &mut Random,
) -> std::result::Result<(), Failure> {
    for turn in 0..PODS {
        for (node, _) in ready {
            if turn == 2 && random.chance(restarts_percent) {
                let mut agent = node.agent();
                node.kill(&mut agent);
                node.start(&mut agent)?;
            }
            if let Some(pod) = expect_add(lab, node, why) {
                spare.push((*node, pod));
            }
        }
        pause(random.between(500, 4000));
    }
    Ok(())
}

fn expect_add(lab: &Lab, node: &Node, why: &str) -> Option<Pod> {
    let mut pod = new_pod(lab, node, node.boot(), vec!["spare".to_owned()])?;
    let mut answer = call(node, "ADD", &pod, Death::None);
    // An agent that starts or has no processor says so, and is asked again; any other refusal counts.
    for _ in 0..3 {
        if !matches!(&answer.call.outcome, Outcome::Refused(reason, _) if reason.starts_with("AGENT_")) {
            break;
        }
        node.history.add(Event::Called(answer.call));
        answer = call(node, "ADD", &pod, Death::None);
    }
    answer.call.must = Some(why.to_owned());
    let done = matches!(answer.call.outcome, Outcome::Done(_));
    node.history.add(Event::Called(answer.call));
    if !done {
        check_and_delete(node, &pod);
        return None;
    }
    pod.result = Some(answer.json);
    node.pods.know(&pod, true);
    Some(pod)
}

pub fn check_and_delete(node: &Node, pod: &Pod) {
    if pod.result.is_some() {
        node.history.add(Event::Called(call(node, "CHECK", pod, Death::None).call));
    }
    end(node, pod);
}
