//! What befalls the process of an agent.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::thread;

use nix::sys::signal::Signal;

use super::{Effect, Result};
use crate::clock::{eventually, now, pause};
use crate::history::{Event, Outcome};
use crate::lab::Lab;
use crate::node::{Node, new_id};
use crate::program::{Running, shell};
use crate::random::Random;
use crate::runtime::{Life, new_pod};
use crate::shim::{Death, call, call_at};

/// Pods that are in the middle of their ADD when an agent is killed.
const BURST: u64 = 3;

/// SIGKILL under a burst of ADDs, and a start after a while. Then some of the pods that it holds are checked.
pub fn killed(lab: &Arc<Lab>, node: &Arc<Node>, random: &mut Random) -> Result {
    for _ in 0..BURST {
        let (lab, node, mut random) = (Arc::clone(lab), Arc::clone(node), random.fork());
        thread::spawn(move || Life { lab: &lab, node: &node, random: &mut random, boot: node.boot() }.live());
    }
    pause(random.between(2, 14));
    let held = node.pods.holding().len();
    let died = node.kill(&mut node.agent());
    pause(random.below(1500));
    if node.agent().running.is_none() {
        node.start(&mut node.agent())?;
    }
    let back = node.is_serving_within(120);
    check_some(node, random);
    Ok(Effect(died && back, format!("{held} pods held, died of SIGKILL: {died}, serves again: {back}")))
}

/// CHECK of a few pods that were told their addresses.
pub fn check_some(node: &Node, random: &mut Random) {
    let mut holding = node.pods.holding();
    random.shuffle(&mut holding);
    for pod in holding.iter().take(5) {
        if let Some(_up) = node.enter(node.boot()) {
            node.history.add(Event::Called(call(node, "CHECK", pod, Death::None).call));
        }
    }
}

/// SIGSTOP for a while, at times longer than its sign of life lasts.
pub fn stopped(node: &Node, random: &mut Random) -> Result {
    let millis = if random.chance(30) { random.between(46_000, 55_000) } else { random.between(1000, 12_000) };
    let agent = node.agent();
    let Some(running) = agent.running.as_ref() else { return Ok(Effect(false, "it did not run".to_owned())) };
    running.signal(Signal::SIGSTOP);
    let stopped = eventually(1, || running.is_stopped());
    pause(millis);
    running.signal(Signal::SIGCONT);
    let goes_on = eventually(1, || !running.is_stopped());
    drop(agent);
    Ok(Effect(stopped && goes_on, format!("stopped for {millis} ms")))
}

/// The next version waits warm and takes over while pods start.
pub fn updated(node: &Node, random: &mut Random) -> Result {
    let mut agent = node.agent();
    if agent.running.is_none() {
        return Ok(Effect(false, "it did not run".to_owned()));
    }
    let next = node.spawn(&node.dir, &node.hardware(), &["--wait-for-lock"])?;
    pause(random.between(1500, 4000));
    let Some(mut former) = agent.running.replace(next) else { return Err("it vanished".into()) };
    former.signal(Signal::SIGTERM);
    let status = former.await_end(40);
    let alive = agent.running.as_mut().is_some_and(|running| running.ended().is_none());
    drop(agent);
    let serves = node.is_serving_within(30);
    let told = format!("the former ended with {status:?}, the next serves: {serves}");
    // A Java program that SIGTERM ended says 143.
    let in_order = status.and_then(|status| status.code()).is_some_and(|code| code == 0 || code == 143);
    Ok(Effect(in_order && alive && serves, told))
}

/// Another machine of the same name, maybe with a copy of the disk, and another agent on the same directory: neither may
/// serve.
pub fn second(lab: &Lab, node: &Node, random: &mut Random, copied: bool) -> Result {
    let dir = lab.dir.join(format!("second-{}", lab.number()));
    fs::create_dir_all(&dir)?;
    if copied {
        shell(&format!("cp -a {}/state {}/state", node.dir.display(), dir.display()))?;
    }
    for id in ["boot-id", "machine-id"] {
        new_id(&dir, id)?;
    }
    let mut twin = node.spawn(&dir, &format!("{}-twin", node.hardware()), &[])?;
    let mut same = Running::spawn(
        &node.view,
        &node.netns,
        &dir.join("same.log"),
        &node.words(&node.dir, &node.hardware(), &[]),
        &[],
    )?;
    let ends = node.ends.load(SeqCst);
    let refused = same.await_end(45).is_some_and(|status| !status.success()) && node.ends.load(SeqCst) == ends;
    let socket = dir.join("run/cni.sock");
    let up = eventually(45, || socket.exists());
    let end = now() + random.between(3, 12) * 1_000_000_000;
    let mut answers = Vec::new();
    while now() < end {
        let Some(pod) = new_pod(lab, node, node.boot(), Vec::new()) else { break };
        let Some(_up) = node.enter(node.boot()) else { break };
        let answer = call_at(node, &socket, "ADD", &pod, Death::None);
        answers.push(answer.call.outcome.clone());
        node.history.add(Event::Called(answer.call));
        let answer = call_at(node, &socket, "DEL", &pod, Death::None);
        node.history.add(Event::Called(answer.call));
        node.gone(&pod);
        node.pods.forget(&pod);
        pause(500);
    }
    twin.kill();
    let log: PathBuf = dir.join("agent.log");
    let named = fs::read_to_string(log).unwrap_or_default().contains("NODE_NAME_TAKEN");
    let given = answers.iter().filter(|outcome| matches!(outcome, Outcome::Done(_))).count();
    let told = format!(
        "same directory refused: {refused}; same name up: {up}, said NODE_NAME_TAKEN: {named}, {given} of {} ADDs answered",
        answers.len()
    );
    Ok(Effect(refused && up && named && !answers.is_empty(), told))
}
