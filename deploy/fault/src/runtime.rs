//! The runtimes of the machines: many workers that start, hold and end pods, and behave as badly as runtimes do.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crate::clock::{now, pause};
use crate::history::{Event, Outcome};
use crate::lab::Lab;
use crate::node::Node;
use crate::random::Random;
use crate::sandbox;
use crate::shim::{self, Answer, Death, Pod, call};

/// Workers of a machine; each has one pod at a time.
const WORKERS: usize = 18;

/// A sandbox that vanished so long ago, in nanoseconds, is one that no GC frees any more.
const LONG_GONE: u64 = 45_000_000_000;

/// Starts all workers, and a garbage collector for each machine.
pub fn start(lab: &Arc<Lab>, random: &mut Random) -> Vec<JoinHandle<()>> {
    let mut threads = Vec::new();
    for node in &lab.nodes {
        for _ in 0..WORKERS {
            let (lab, node, mut random) = (Arc::clone(lab), Arc::clone(node), random.fork());
            threads.push(thread::spawn(move || {
                pause(random.below(5000));
                while !lab.is_ending() {
                    Life { lab: &lab, node: &node, random: &mut random, boot: node.boot() }.live();
                }
            }));
        }
        let (lab, node, mut random) = (Arc::clone(lab), Arc::clone(node), random.fork());
        threads.push(thread::spawn(move || {
            while !lab.is_ending() {
                wait(&lab, random.between(15_000, 30_000));
                collect(&node);
            }
        }));
    }
    threads
}

/// The runtime's own garbage collection: CNI's GC with all that it knows.
pub fn collect(node: &Node) {
    let Some(_up) = node.enter(node.boot()) else { return };
    let answer = shim::collect(node, &node.pods.known());
    let braked = matches!(&answer.call.outcome, Outcome::Refused(reason, _) if reason == "GC_BRAKE");
    node.history.add(Event::Called(answer.call));
    // What nobody could judge is held back: those that vanished while no agent looked. A DEL frees them.
    if braked {
        for pod in node.pods.take_vanished(now() - LONG_GONE) {
            node.history.add(Event::Called(call(node, "DEL", &pod, Death::None).call));
        }
    }
}

fn wait(lab: &Lab, millis: u64) {
    let end = now() + millis * 1_000_000;
    while now() < end && !lab.is_ending() {
        pause(millis.min(100));
    }
}

/// Makes a pod's sandbox; none: the machine went down.
pub fn new_pod(lab: &Lab, node: &Node, boot: u64, pools: Vec<String>) -> Option<Pod> {
    let container = format!("{}-{:06}", node.name, lab.number());
    let _up = node.enter(boot)?;
    let pod =
        Pod { sandbox: PathBuf::from(format!("/run/pods/{container}")), container, pools, exact: None, result: None };
    if let Err(failure) = sandbox::make(&pod.sandbox) {
        lab.broken(&format!("no sandbox: {failure}"));
        return None;
    }
    node.pods.know(&pod, false);
    Some(pod)
}

/// One pod's life on one boot of a machine. Each step is none when that boot is over.
pub struct Life<'a> {
    /// Everything.
    pub lab: &'a Lab,
    /// Where it lives.
    pub node: &'a Node,
    /// What it does.
    pub random: &'a mut Random,
    /// The boot that it lives in.
    pub boot: u64,
}

impl Life<'_> {
    /// From sandbox to DEL, or until the run ends; then a pod that holds addresses stays.
    pub fn live(&mut self) -> Option<()> {
        let pools: &[&str] = match self.random.below(100) {
            0..45 => &[],
            45..85 => &["pods4"],
            _ => &["pods6"],
        };
        if self.random.chance(4) {
            self.delete_unknown()?;
        }
        let pools = pools.iter().map(|pool| (*pool).to_owned()).collect();
        let mut pod = new_pod(self.lab, self.node, self.boot, pools)?;
        if self.begin(&mut pod)? {
            self.hold(&mut pod)?;
            if self.lab.is_ending() {
                return Some(());
            }
        }
        self.end(&pod)?;
        wait(self.lab, self.random.between(100, 1500));
        Some(())
    }

    fn call(&self, verb: &str, pod: &Pod, death: Death) -> Option<Answer> {
        let _up = self.node.enter(self.boot)?;
        let answer = call(self.node, verb, pod, death);
        self.node.history.add(Event::Called(answer.call.clone()));
        Some(answer)
    }

    /// True: it holds addresses.
    fn begin(&mut self, pod: &mut Pod) -> Option<bool> {
        match self.random.below(100) {
            0..8 => {
                let death = Death::Parent(self.random.below(12));
                self.call("ADD", pod, death)?;
                if self.random.chance(50) {
                    return Some(false);
                }
            }
            8..12 => {
                let death = Death::Itself(self.random.below(8));
                self.call("ADD", pod, death)?;
                if self.random.chance(30) {
                    return Some(false);
                }
            }
            12..17 => return self.at_once(pod, "ADD"),
            17..21 => {
                self.at_once(pod, "DEL")?;
                return Some(false);
            }
            _ => {}
        }
        for _ in 0..4 {
            if self.add(pod)? {
                if self.random.chance(10) {
                    self.add(pod)?;
                }
                return Some(true);
            }
            wait(self.lab, self.random.between(300, 2500));
            if self.lab.is_ending() {
                break;
            }
        }
        Some(false)
    }

    fn add(&self, pod: &mut Pod) -> Option<bool> {
        let answer = self.call("ADD", pod, Death::None)?;
        let done = answer.is_done();
        if done {
            pod.result = Some(answer.json);
            self.node.pods.know(pod, true);
        }
        Some(done)
    }

    /// An ADD, and another call for the same pod at the same time.
    fn at_once(&mut self, pod: &mut Pod, other: &str) -> Option<bool> {
        let late = self.random.below(4);
        let second = pod.clone();
        let (first, second) = thread::scope(|scope| {
            let beside = scope.spawn(|| {
                pause(late);
                self.call(other, &second, Death::None)
            });
            (self.call("ADD", pod, Death::None), beside.join().ok().flatten())
        });
        let (first, second) = (first?, second?);
        if other == "DEL" {
            return Some(false);
        }
        let done = [first, second].into_iter().find(Answer::is_done);
        if let Some(answer) = done {
            pod.result = Some(answer.json);
            self.node.pods.know(pod, true);
            return Some(true);
        }
        Some(false)
    }

    fn hold(&mut self, pod: &mut Pod) -> Option<()> {
        let millis = match self.random.below(100) {
            0..65 => self.random.between(500, 6000),
            65..90 => self.random.between(6000, 30_000),
            _ => self.random.between(40_000, 150_000),
        };
        let end = now() + millis * 1_000_000;
        while now() < end && !self.lab.is_ending() {
            wait(self.lab, (millis / 2).clamp(200, 8000));
            match self.random.below(100) {
                0..12 => {
                    self.call("CHECK", pod, Death::None)?;
                }
                12..17 => {
                    self.add(pod)?;
                }
                _ => {}
            }
            drop(self.node.enter(self.boot)?);
        }
        Some(())
    }

    /// By DEL and the end of the sandbox in either order, or by the sandbox's end alone.
    pub fn end(&mut self, pod: &Pod) -> Option<()> {
        let way = self.random.below(100);
        if way < 35 {
            // A sandbox goes only while its machine is up: else the machine's end took it.
            let _up = self.node.enter(self.boot)?;
            self.node.pods.know(pod, false);
            self.node.gone(pod);
            if way < 6 {
                self.node.pods.vanish(pod);
                return Some(());
            }
        }
        self.node.pods.know(pod, false);
        if self.random.chance(4) {
            let death = Death::Itself(self.random.below(6));
            self.call("DEL", pod, death)?;
        }
        for _ in 0..5 {
            if self.call("DEL", pod, Death::None)?.is_done() {
                break;
            }
            wait(self.lab, 1000);
        }
        if self.random.chance(8) {
            self.call("DEL", pod, Death::None)?;
        }
        let _up = self.node.enter(self.boot)?;
        if way >= 35 {
            self.node.gone(pod);
        }
        self.node.pods.forget(pod);
        Some(())
    }

    fn delete_unknown(&mut self) -> Option<()> {
        let container = format!("{}-never-{}", self.node.name, self.lab.number());
        let sandbox = PathBuf::from(format!("/run/pods/{container}"));
        self.call("DEL", &Pod { container, sandbox, pools: Vec::new(), exact: None, result: None }, Death::None)?;
        Some(())
    }
}
