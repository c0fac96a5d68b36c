//! What a run must have done to be worth anything.

use std::collections::BTreeMap;

use super::{LEAST_ADDS, Report, Run};
use crate::history::{Call, Event, Outcome};
use crate::judge::Violation;
use crate::plan::{Kind, kinds, times};

const MINUTES: u64 = 15;

/// A run that did what was planned.
fn enough() -> Vec<Event> {
    let mut events = Vec::new();
    for kind in kinds() {
        (0..times(kind, MINUTES)).for_each(|_| events.push(fault(kind, true)));
    }
    for _ in 0..LEAST_ADDS * MINUTES {
        events.push(Event::Called(Call {
            node: "n1".to_owned(),
            verb: "ADD".to_owned(),
            container: "a".to_owned(),
            sandbox: "a".to_owned(),
            pools: Vec::new(),
            began: 1,
            ended: 2,
            outcome: Outcome::Done(vec!["10.64.0.1".to_owned()]),
            must: None,
        }));
    }
    events.push(Event::Living { pods: Vec::new() });
    events
}

fn fault(kind: Kind, effect: bool) -> Event {
    let (kind, target, told) = (format!("{kind:?}"), "Node(0)".to_owned(), "told".to_owned());
    Event::Fault { kind, target, began: 1, ended: 2, effect, told }
}

fn is(event: &Event, kind: Kind) -> bool {
    matches!(event, Event::Fault { kind: name, .. } if *name == format!("{kind:?}"))
}

fn report(events: &[Event], violations: Vec<Violation>, only: &[&str]) -> Report {
    let run = Run {
        commit: String::new(),
        seed: 1,
        minutes: MINUTES,
        etcd: String::new(),
        only: only.iter().map(|kind| (*kind).to_owned()).collect(),
        agents_killed: 0,
        members_killed: 0,
    };
    Report::of(run, events, violations, BTreeMap::new())
}

fn is_invalid_because(events: &[Event], why: &str) {
    let report = report(events, Vec::new(), &[]);
    assert_eq!((report.verdict, report.exit()), ("INVALID", 2));
    assert!(report.invalid_because.iter().any(|because| because.contains(why)), "{:?}", report.invalid_because);
}

#[test]
fn a_run_that_did_enough_passes() {
    let report = report(&enough(), Vec::new(), &[]);
    assert_eq!(report.invalid_because, Vec::<String>::new());
    assert_eq!((report.verdict, report.exit()), ("PASSED", 0));
}

#[test]
fn each_kind_that_never_took_effect_makes_it_invalid() {
    for kind in kinds().filter(|kind| times(*kind, MINUTES) > 0) {
        let mut events = enough();
        events.retain(|event| !is(event, kind));
        is_invalid_because(&events, &format!("0 of {} {kind:?} took effect", times(kind, MINUTES)));
        (0..times(kind, MINUTES)).for_each(|_| events.push(fault(kind, false)));
        is_invalid_because(&events, &format!("0 of {} {kind:?} took effect", times(kind, MINUTES)));
    }
}

#[test]
fn less_than_half_of_a_kind_makes_it_invalid() {
    let half = times(Kind::AgentKilled, MINUTES) / 2;
    let mut events = enough();
    events.retain(|event| !is(event, Kind::AgentKilled));
    (1..half).for_each(|_| events.push(fault(Kind::AgentKilled, true)));
    is_invalid_because(&events, "AgentKilled took effect");
    events.push(fault(Kind::AgentKilled, true));
    assert_eq!(report(&events, Vec::new(), &[]).verdict, "PASSED");
}

#[test]
fn too_few_adds_a_hole_or_no_end_make_it_invalid() {
    let mut events = enough();
    let add = events.iter().position(|event| matches!(event, Event::Called(_))).expect("there are ADDs");
    events.remove(add);
    is_invalid_because(&events, "ADDs were answered");
    let mut events = enough();
    events.push(Event::Gap { era: 0, told: "compacted".to_owned() });
    is_invalid_because(&events, "a hole");
    let mut events = enough();
    events.pop();
    is_invalid_because(&events, "did not come to its end");
}

#[test]
fn a_violation_is_told_of_a_run_of_any_worth() {
    let violation = Violation { rule: "one pod an address", facts: String::new() };
    assert_eq!(report(&enough(), vec![violation.clone()], &[]).exit(), 1);
    assert_eq!(report(&[], vec![violation], &[]).exit(), 1);
}

#[test]
fn a_trial_of_some_kinds_is_not_judged_by_how_much_it_did() {
    assert_eq!(report(&[Event::Living { pods: Vec::new() }], Vec::new(), &["Restored"]).exit(), 0);
}
