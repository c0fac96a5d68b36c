//! What a run came to, as a file.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::history::{Event, Outcome};
use crate::judge::Violation;
use crate::plan::{kinds, times};

/// A minute of a run that is worth anything has at least so many ADDs answered.
const LEAST_ADDS: u64 = 100;

/// Faults of one kind.
#[derive(Default, Serialize)]
pub struct Faults {
    planned: u64,
    carried_out: u64,
    effective: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    without_effect: Vec<String>,
}

/// Milliseconds from exec to exit of the ADDs that were answered, for information.
#[derive(Serialize)]
pub struct Latency {
    p50: f64,
    p90: f64,
    p99: f64,
    most: f64,
}

/// What was run.
#[derive(Serialize)]
pub struct Run {
    /// Of the sources.
    pub commit: String,
    /// Which decided everything.
    pub seed: u64,
    /// Of faults.
    pub minutes: u64,
    /// Version of etcd.
    pub etcd: String,
    /// Some kinds only, for trials; such a run is not judged by how much it did.
    pub only: Vec<String>,
    /// SIGKILLs of agents, for whatever fault.
    pub agents_killed: u64,
    /// SIGKILLs of members, for whatever fault.
    pub members_killed: u64,
}

/// The whole of it.
#[derive(Serialize)]
pub struct Report {
    #[serde(flatten)]
    run: Run,
    verdict: &'static str,
    invalid_because: Vec<String>,
    violations: Vec<Violation>,
    calls: BTreeMap<String, BTreeMap<String, u64>>,
    addresses_given: u64,
    faults: BTreeMap<String, Faults>,
    boots: u64,
    journals_lost: u64,
    changes_in_etcd: u64,
    add_millis: Option<Latency>,
    audits: Vec<String>,
    ended_by_themselves: Vec<String>,
    alarms: BTreeMap<String, u64>,
}

impl Report {
    /// Of a run with that history.
    pub fn of(run: Run, events: &[Event], violations: Vec<Violation>, alarms: BTreeMap<String, u64>) -> Self {
        let mut report = Self {
            verdict: "",
            invalid_because: Vec::new(),
            violations,
            calls: BTreeMap::new(),
            addresses_given: 0,
            faults: kinds().map(|kind| (format!("{kind:?}"), planned(kind, run.minutes))).collect(),
            boots: 0,
            journals_lost: 0,
            changes_in_etcd: 0,
            add_millis: None,
            audits: Vec::new(),
            ended_by_themselves: Vec::new(),
            alarms,
            run,
        };
        let mut ended = false;
        let mut took = Vec::new();
        for event in events {
            ended |= matches!(event, Event::Living { .. });
            report.count(event, &mut took);
        }
        report.add_millis = latency(took);
        report.invalid_because = report.too_little(ended);
        report.verdict = match (report.violations.is_empty(), report.invalid_because.is_empty()) {
            (false, _) => "VIOLATED",
            (true, false) => "INVALID",
            (true, true) => "PASSED",
        };
        report
    }

    /// 0, or 1 with a violation, or 2 if it is invalid.
    pub fn exit(&self) -> u8 {
        match self.verdict {
            "PASSED" => 0,
            "INVALID" => 2,
            _ => 1,
        }
    }

    /// A few lines.
    pub fn summary(&self) -> String {
        let mut text = format!("seed {}, {} min: {}\n", self.run.seed, self.run.minutes, self.verdict);
        for why in &self.invalid_because {
            text.push_str(&format!("invalid: {why}\n"));
        }
        for violation in self.violations.iter().take(20) {
            text.push_str(&format!("violation: {}: {}\n", violation.rule, violation.facts));
        }
        text
    }

    fn count(&mut self, event: &Event, took: &mut Vec<u64>) {
        match event {
            Event::Called(call) => {
                let outcome = match &call.outcome {
                    Outcome::Done(addresses) => {
                        if call.verb == "ADD" {
                            took.push(call.ended - call.began);
                            self.addresses_given += addresses.len() as u64;
                        }
                        "done".to_owned()
                    }
                    Outcome::Refused(reason, _) => reason.clone(),
                    Outcome::Unknown(_) => "unknown".to_owned(),
                };
                *self.calls.entry(call.verb.clone()).or_default().entry(outcome).or_default() += 1;
            }
            Event::Fault { kind, effect, told, .. } => {
                let faults = self.faults.entry(kind.clone()).or_default();
                faults.carried_out += 1;
                faults.effective += u64::from(*effect);
                if !effect {
                    faults.without_effect.push(told.clone());
                }
            }
            Event::Booted { .. } => self.boots += 1,
            Event::JournalLost { .. } => self.journals_lost += 1,
            Event::Put { .. } => self.changes_in_etcd += 1,
            Event::Gap { told, .. } => self.invalid_because.push(format!("etcd's history has a hole: {told}")),
            Event::Audited { exit, findings, .. } => {
                let said: Vec<String> = findings.iter().map(|(severity, text)| format!("{severity} {text}")).collect();
                self.audits.push(format!("{exit}: {}", said.join("; ")));
            }
            Event::EndedByItself { node, told, .. } => self.ended_by_themselves.push(format!("{node}: {told}")),
            _ => {}
        }
    }

    fn too_little(&mut self, ended: bool) -> Vec<String> {
        let mut why = std::mem::take(&mut self.invalid_because);
        if !ended {
            why.push("it did not come to its end".to_owned());
        }
        if !self.run.only.is_empty() {
            return why;
        }
        let answered = self.calls.get("ADD").and_then(|outcomes| outcomes.get("done")).copied().unwrap_or_default();
        if answered < LEAST_ADDS * self.run.minutes {
            why.push(format!("only {answered} ADDs were answered"));
        }
        for (kind, faults) in &self.faults {
            if faults.effective * 2 < faults.planned {
                why.push(format!("{} of {} {kind} took effect", faults.effective, faults.planned));
            }
        }
        why
    }
}

fn planned(kind: crate::plan::Kind, minutes: u64) -> Faults {
    Faults { planned: times(kind, minutes), ..Faults::default() }
}

fn latency(mut took: Vec<u64>) -> Option<Latency> {
    took.sort_unstable();
    let last = took.len().checked_sub(1)?;
    let at = |percent: usize| took[last * percent / 100] as f64 / 1e6;
    Some(Latency { p50: at(50), p90: at(90), p99: at(99), most: at(100) })
}

#[cfg(test)]
mod tests;
