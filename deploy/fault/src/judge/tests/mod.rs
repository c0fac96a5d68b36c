//! The judge's controls: a history that is right, and one for each way in which it can be wrong. Each must be caught.

mod owners;
mod tale;

use crate::history::{Event, Outcome};
use tale::{SECOND, Tale};

#[test]
fn a_right_history_breaks_no_rule() {
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.add("n1", "a", 12, "10.64.0.1");
    tale.call("CHECK", "n1", "a", (14, 15), Outcome::Done(Vec::new()));
    tale.del("n1", "a", 20);
    tale.gone("n1", "a", 22);
    tale.add("n1", "b", 51, "10.64.0.1");
    tale.end(&["b"], &[("b", "10.64.0.1")]);
    tale.audited(0, &[]);
    tale.is_right();
}

#[test]
fn catches_two_pods_with_one_address() {
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.add("n1", "b", 100, "10.64.0.1");
    tale.is_caught("one pod an address");
}

#[test]
fn catches_an_address_whose_sandbox_outlives_its_del() {
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.del("n1", "a", 12);
    tale.gone("n1", "a", 90);
    tale.add("n1", "b", 80, "10.64.0.1");
    tale.is_caught("one pod an address");
}

#[test]
fn catches_an_address_that_did_not_cool() {
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.del("n1", "a", 20);
    tale.gone("n1", "a", 22);
    tale.add("n1", "b", 40, "10.64.0.1");
    tale.is_caught("no address before its time");
}

#[test]
fn catches_an_address_that_did_not_cool_after_its_sandbox_vanished() {
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.gone("n1", "a", 22);
    tale.call("GC", "n1", "", (24, 25), Outcome::Done(Vec::new()));
    tale.del("n1", "a", 200);
    tale.add("n1", "b", 60, "10.64.0.1");
    tale.is_right();
    tale.add("n1", "c", 40, "10.64.0.1");
    tale.is_caught("no address before its time");
}

#[test]
fn nothing_cools_over_a_boot() {
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.gone("n1", "a", 22);
    tale.booted("n1", 23);
    tale.add("n1", "b", 30, "10.64.0.1");
    tale.is_right();
}

#[test]
fn catches_a_reserved_address_and_one_of_no_pool() {
    for address in ["10.64.0.6", "10.99.0.1", "fd00:64::1"] {
        let mut tale = Tale::begin();
        tale.add("n1", "a", 10, address);
        tale.is_caught("only addresses that the pool gives");
    }
}

#[test]
fn catches_an_address_that_was_reserved_meanwhile_but_not_one_that_is_kept() {
    let reserved = |from, to| {
        let (node, addresses) = ("n1".to_owned(), vec!["10.64.0.1".to_owned()]);
        Event::Reserved { node, addresses, from: from * SECOND, to: to * SECOND }
    };
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.0.push(reserved(15, 90));
    tale.add("n1", "a", 20, "10.64.0.1");
    tale.del("n1", "a", 30);
    tale.gone("n1", "a", 31);
    tale.add("n1", "b", 95, "10.64.0.1");
    tale.is_right();
    tale.0.push(reserved(92, 99));
    tale.is_caught("only addresses that the pool gives");
}

#[test]
fn catches_a_living_pod_that_a_gc_of_a_part_freed() {
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.refused("GC", "", 20, "GC_BRAKE");
    tale.call("CHECK", "n1", "a", (22, 23), Outcome::Done(Vec::new()));
    tale.is_right();
    tale.refused("CHECK", "a", 30, "NOT_ALLOCATED");
    tale.is_caught("what was acknowledged is there");
}

#[test]
fn catches_a_repeated_add_with_another_address() {
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.add("n1", "a", 20, "10.64.0.2");
    tale.is_caught("what was acknowledged is there");
}

#[test]
fn catches_a_forgotten_pod() {
    for (verb, reason) in [("CHECK", "NOT_ALLOCATED"), ("ADD", "POOL_EXHAUSTED")] {
        let mut tale = Tale::begin();
        tale.add("n1", "a", 10, "10.64.0.1");
        tale.refused(verb, "a", 20, reason);
        tale.is_caught("what was acknowledged is there");
    }
}

#[test]
fn a_lost_journal_may_forget_but_not_give_away() {
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.0.push(Event::JournalLost { node: "n1".to_owned(), at: 15 * SECOND });
    tale.refused("CHECK", "a", 20, "NOT_ALLOCATED");
    tale.is_right();
    tale.add("n1", "b", 100, "10.64.0.1");
    tale.is_caught("one pod an address");
}

#[test]
fn an_agent_that_is_away_forgets_nothing() {
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.refused("CHECK", "a", 20, "AGENT_UNAVAILABLE");
    tale.refused("ADD", "a", 22, "NOT_VALIDATED");
    tale.is_right();
}

#[test]
fn catches_an_add_that_had_to_succeed() {
    let mut tale = Tale::begin();
    tale.refused("ADD", "a", 10, "BLOCK_PENDING");
    tale.is_right();
    let Some(Event::Called(call)) = tale.0.last_mut() else { panic!("the call is the last") };
    call.must = Some("etcd is down".to_owned());
    tale.is_caught("an ADD with a free address of its own succeeds");
}

#[test]
fn catches_a_pod_that_is_not_held_and_one_that_is_held_for_nobody() {
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.end(&["a"], &[]);
    tale.is_caught("allocated is living");
    let mut tale = Tale::begin();
    tale.end(&[], &[("a", "10.64.0.1")]);
    tale.is_caught("allocated is living");
}

#[test]
fn what_a_gc_holds_back_is_no_fault_but_what_was_deleted_is() {
    let mut tale = Tale::begin();
    tale.add("n1", "a", 10, "10.64.0.1");
    tale.gone("n1", "a", 20);
    tale.refused("GC", "", 30, "GC_BRAKE");
    tale.end(&[], &[("a", "10.64.0.1")]);
    tale.is_right();
    tale.del("n1", "a", 25);
    tale.is_caught("allocated is living");
}

#[test]
fn catches_a_danger_and_a_dead_owner_of_whom_the_audit_is_silent() {
    let rule = "the audit is clean, or names the reason";
    let mut tale = Tale::begin();
    tale.audited(1, &[("AUDIT_SEVERITY_DANGER", "two owners")]);
    tale.is_caught(rule);
    let mut tale = Tale::begin();
    tale.put(6, "/croft/v1/fault/nodes/n1", r#"{"installId":"i3"}"#, 9);
    tale.audited(1, &[("AUDIT_SEVERITY_WASTE", "install i1 of n1 still owns a block")]);
    tale.is_right();
    tale.audited(0, &[]);
    tale.is_caught(rule);
}

#[test]
fn catches_what_does_not_heal() {
    let mut tale = Tale::begin();
    tale.0.push(Event::Broken { told: "n1 does not serve".to_owned(), at: 0 });
    tale.is_caught("it heals");
}
