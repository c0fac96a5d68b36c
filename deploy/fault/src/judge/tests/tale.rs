//! A history in the making.

use crate::history::{Call, Event, Outcome, Pool};
use crate::judge::judge;

pub const SECOND: u64 = 1_000_000_000;
pub const BLOCK: &str = "/croft/v1/fault/blocks/uid/010.064.000.000/29";

/// A history in the making; times are seconds.
pub struct Tale(pub Vec<Event>);

impl Tale {
    /// Two nodes; n1 owns the block from second 1 on.
    pub fn begin() -> Self {
        let pool = |name: &str, first: &str, prefix, block| Pool {
            name: name.to_owned(),
            first: first.to_owned(),
            prefix,
            block,
            reserved: vec!["10.64.0.6".to_owned()],
        };
        let pools = vec![pool("pods4", "10.64.0.0", 24, 29), pool("pods6", "fd00:64::", 120, 125)];
        let mut tale = Self(vec![Event::Setup { pools, cooldown: 30 * SECOND }]);
        tale.put(2, "/croft/v1/fault/installs/i1", r#"{"node":"n1","hardwareId":"h1","bootId":"b1"}"#, 1);
        tale.put(2, "/croft/v1/fault/nodes/n1", r#"{"installId":"i1"}"#, 1);
        tale.put(3, "/croft/v1/fault/installs/i2", r#"{"node":"n2","hardwareId":"h2","bootId":"b2"}"#, 1);
        tale.put(3, "/croft/v1/fault/nodes/n2", r#"{"installId":"i2"}"#, 1);
        tale.own(4, "i1", "n1", 1, 1);
        tale
    }

    pub fn put(&mut self, revision: u64, key: &str, value: &str, at: u64) {
        let (key, value) = (key.to_owned(), Some(value.to_owned()));
        self.0.push(Event::Put { era: 0, revision, key, value, at: at * SECOND });
    }

    pub fn mark(&mut self, revision: u64, asked: u64) {
        self.0.push(Event::Mark { era: 0, revision, asked: asked * SECOND });
    }

    /// No install: a tombstone.
    pub fn own(&mut self, revision: u64, install: &str, node: &str, epoch: u64, at: u64) {
        let token = format!(r#"{{"generation":"1","epoch":"{epoch}","nonce":"{epoch}-{install}"}}"#);
        let value = format!(r#"{{"installId":"{install}","node":"{node}","token":{token}}}"#);
        self.put(revision, BLOCK, &value, at);
    }

    pub fn call(&mut self, verb: &str, node: &str, container: &str, times: (u64, u64), outcome: Outcome) {
        self.0.push(Event::Called(Call {
            node: node.to_owned(),
            verb: verb.to_owned(),
            container: container.to_owned(),
            sandbox: container.to_owned(),
            pools: vec!["pods4".to_owned()],
            began: times.0 * SECOND,
            ended: times.1 * SECOND,
            outcome,
            must: None,
        }));
    }

    pub fn add(&mut self, node: &str, container: &str, at: u64, address: &str) {
        self.call("ADD", node, container, (at, at + 1), Outcome::Done(vec![address.to_owned()]));
    }

    pub fn del(&mut self, node: &str, container: &str, at: u64) {
        self.call("DEL", node, container, (at, at + 1), Outcome::Done(Vec::new()));
    }

    pub fn refused(&mut self, verb: &str, container: &str, at: u64, reason: &str) {
        let outcome = Outcome::Refused(reason.to_owned(), reason.to_owned());
        self.call(verb, "n1", container, (at, at + 1), outcome);
    }

    pub fn gone(&mut self, node: &str, sandbox: &str, at: u64) {
        let (node, sandbox) = (node.to_owned(), sandbox.to_owned());
        self.0.push(Event::SandboxGone { node, sandbox, at: at * SECOND });
    }

    pub fn booted(&mut self, node: &str, at: u64) {
        self.0.push(Event::Booted { node: node.to_owned(), at: at * SECOND });
    }

    pub fn audited(&mut self, exit: i32, findings: &[(&str, &str)]) {
        let findings = findings.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect();
        self.0.push(Event::Audited { last: true, exit, findings });
    }

    pub fn end(&mut self, living: &[&str], held: &[(&str, &str)]) {
        let pods = living.iter().map(|pod| ("n1".to_owned(), (*pod).to_owned())).collect();
        self.0.push(Event::Living { pods });
        let held = held.iter().map(|(one, other)| ((*one).to_owned(), (*other).to_owned())).collect();
        self.0.push(Event::Listed { node: "n1".to_owned(), held });
    }

    pub fn rules(&self) -> Vec<&'static str> {
        judge(&self.0).into_iter().map(|violation| violation.rule).collect()
    }

    pub fn is_right(&self) {
        assert_eq!(judge(&self.0), Vec::new());
    }

    pub fn is_caught(&self, rule: &str) {
        assert!(self.rules().contains(&rule), "{rule} was not caught: {:?}", self.rules());
    }
}
