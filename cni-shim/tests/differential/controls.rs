//! Shows that the differ sees what it is for: answers of ours that were spoiled must be reported, and by no decision.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::{Value, json};

use crate::call::Call;
use crate::decisions::{DECISIONS, Seen, explain};
use crate::differ::{Held, compare};
use crate::networks::{NETWORKS, Network};
use crate::shim::Outcome;

fn network() -> &'static Network {
    NETWORKS.iter().find(|network| network.name == "dual").unwrap()
}

fn outcome(exit: i32, document: &Value) -> Outcome {
    Outcome { exit, stdout: format!("{document}\n"), stderr: String::new() }
}

/// What a network gives at a version.
fn result(version: &str, host: &str) -> Value {
    let (four, six) = (format!("10.65.0.{host}/16"), format!("fd00:65::{host}/96"));
    let routes4 = json!([{"dst": "0.0.0.0/0", "gw": "10.65.255.254"}, {"dst": "192.168.0.0/16", "gw": "10.65.0.9"}]);
    let routes6 = json!([{"dst": "::/0", "gw": "fd00:65::1"}]);
    if version < "0.3.0" {
        return json!({
            "cniVersion": version,
            "ip4": {"ip": four, "gateway": "10.65.255.254", "routes": routes4},
            "ip6": {"ip": six, "gateway": "fd00:65::1", "routes": routes6},
        });
    }
    let mut ips = json!([{"address": four, "gateway": "10.65.255.254"}, {"address": six, "gateway": "fd00:65::1"}]);
    if version < "1.0.0" {
        ips[0]["version"] = json!("4");
        ips[1]["version"] = json!("6");
    }
    let routes: Vec<_> = [routes4, routes6].iter().flat_map(|list| list.as_array().unwrap().clone()).collect();
    json!({"cniVersion": version, "ips": ips, "routes": routes})
}

/// What is reported of ours and explained by nothing.
fn unexplained(call: &Call, theirs: &Outcome, ours: &Outcome, held: &Held) -> BTreeSet<&'static str> {
    let rested = BTreeSet::new();
    compare(network(), call, theirs, ours, held)
        .iter()
        .filter(|difference| {
            let seen = Seen { call, difference, theirs, ours, ours_before: None, rested: &rested, exhausted: false };
            explain(&seen).is_none()
        })
        .map(|difference| difference.about)
        .collect()
}

/// Puts a value at a JSON pointer, or takes the key away.
fn spoil(document: &Value, pointer: &str, value: Value) -> Value {
    let mut document = document.clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(fields), Value::Null) => drop(fields.remove(key).unwrap()),
        (Value::Object(fields), value) => drop(fields.insert(key.into(), value)),
        (Value::Array(list), Value::Null) => drop(list.remove(key.parse().unwrap())),
        (Value::Array(list), value) => list[key.parse::<usize>().unwrap()] = value,
        (other, _) => panic!("{other}"),
    }
    document
}

#[test]
fn a_spoiled_result_is_reported_and_explained_by_nothing() {
    let lists: &[(&str, Value, &str)] = &[
        ("/ips/0/address", json!("10.65.0.7/24"), "ips"),
        ("/ips/0/address", json!("10.65.0.7"), "ips"),
        ("/ips/1/address", json!("fd00:65::7/64"), "ips"),
        ("/ips/0", Value::Null, "ips"),
        ("/ips/1", Value::Null, "ips"),
        ("/ips", json!([]), "ips"),
        ("/ips", Value::Null, "ips"),
        ("/ips/0/gateway", json!("10.65.0.1"), "ips"),
        ("/ips/1/gateway", Value::Null, "ips"),
        ("/ips/0/interface", json!(0), "ips"),
        ("/ips/0/version", json!(4), "ips"),
        ("/routes/0", Value::Null, "routes"),
        ("/routes/2", Value::Null, "routes"),
        ("/routes", json!([]), "routes"),
        ("/routes", Value::Null, "routes"),
        ("/routes/0/gw", Value::Null, "routes"),
        ("/routes/1/dst", json!("192.168.0.0/24"), "routes"),
        ("/routes/1/mtu", json!(1400), "routes"),
        ("/dns", json!({"nameservers": ["192.0.2.3"]}), "dns"),
        ("/interfaces", json!([]), "interfaces"),
        ("/more", json!(1), "other keys"),
        ("/cniVersion", json!("0.3.0"), "cniVersion"),
        ("/cniVersion", Value::Null, "cniVersion"),
        ("/ips/0/address", json!("10.64.0.7/16"), "address outside"),
        ("/ips/0/address", json!("10.65.255.254/16"), "address outside"),
        ("/ips/0/address", json!("10.65.0.0/16"), "address outside"),
        ("/ips/0/address", json!("10.65.0.66/16"), "address held by another"),
    ];
    let families: &[(&str, Value, &str)] = &[
        ("/ip4/ip", json!("10.65.0.7/24"), "ip4"),
        ("/ip4", Value::Null, "ip4"),
        ("/ip6", Value::Null, "ip6"),
        ("/ip6/ip", json!("fd00:65::7"), "ip6"),
        ("/ip4/gateway", Value::Null, "ip4"),
        ("/ip4/routes/0", Value::Null, "ip4"),
        ("/ip6/routes", Value::Null, "ip6"),
        ("/ip6/version", json!("6"), "ip6"),
        ("/routes", json!([{"dst": "0.0.0.0/0"}]), "routes"),
        ("/ips", json!([]), "ips"),
        ("/ip4/ip", json!("10.65.0.66/16"), "address held by another"),
    ];
    let held = Held { by_others: BTreeSet::from(["10.65.0.66".parse::<IpAddr>().unwrap()]) };
    let mut controls = 0;
    for (version, spoils) in [("1.0.0", lists), ("0.4.0", lists), ("0.2.0", families), ("0.1.0", families)] {
        let call = Call::new("ADD", "", "c", "eth0");
        let theirs = outcome(0, &spoil(&result(version, "2"), "/dns", json!({})));
        assert_eq!(unexplained(&call, &theirs, &outcome(0, &result(version, "7")), &held), BTreeSet::new());
        for (pointer, value, about) in spoils {
            let ours = spoil(&result(version, "7"), pointer, value.clone());
            let found = unexplained(&call, &theirs, &outcome(0, &ours), &held);
            assert!(found.contains(about), "{version} {pointer} {value}: {found:?}");
            controls += 1;
        }
        let ours = outcome(0, &result(version, "7"));
        let wishing = Call { wished: vec!["10.65.0.2".parse().unwrap()], ..call.clone() };
        assert!(unexplained(&wishing, &theirs, &ours, &held).contains("wished address"));
        let twice = Outcome { stdout: ours.stdout.repeat(2), ..outcome(0, &Value::Null) };
        assert!(unexplained(&call, &theirs, &twice, &held).contains("number of documents"));
        let loud = Outcome { stderr: "a word".into(), ..outcome(0, &result(version, "7")) };
        assert!(unexplained(&call, &theirs, &loud, &held).contains("stderr"));
        let silent = Outcome { stdout: String::new(), ..outcome(0, &Value::Null) };
        assert!(unexplained(&call, &theirs, &silent, &held).contains("number of documents"));
        controls += 4;
    }
    println!("differential: {controls} negative controls of results");
}

#[test]
fn a_spoiled_error_is_reported_and_explained_by_nothing() {
    let error = |code: u64, msg: &str| json!({"cniVersion": "1.0.0", "code": code, "msg": msg});
    let bare = |code: u64, msg: &str| json!({"code": code, "msg": msg});
    let missing = "required env variables [CNI_NETNS] missing";
    let full = "failed to allocate for range 0: no IP addresses available in range set: 10.65.0.1-10.65.255.254";
    let twice =
        "failed to allocate for range 0: 10.65.0.2 has been allocated to c, duplicate allocation is not allowed";
    let call = |verb| Call::new(verb, r#""1.0.0""#, "c", "eth0");
    let none = Held::default();
    let found = |verb, theirs: &Outcome, ours: &Outcome| unexplained(&call(verb), theirs, ours, &none);
    let (given, nothing) =
        (outcome(0, &result("1.0.0", "2")), Outcome { stdout: String::new(), ..outcome(0, &Value::Null) });
    let right = outcome(1, &error(100, "POOL_EXHAUSTED: none; request 5f"));
    assert_eq!(found("ADD", &outcome(1, &bare(999, full)), &right), BTreeSet::new());
    assert_eq!(found("ADD", &outcome(1, &bare(4, missing)), &outcome(1, &error(4, missing))), BTreeSet::new());
    for (verb, theirs, ours, about) in [
        ("ADD", outcome(1, &bare(4, missing)), outcome(1, &error(7, missing)), "code"),
        ("ADD", outcome(1, &bare(4, missing)), outcome(1, &error(4, "missing")), "msg"),
        ("ADD", outcome(1, &bare(4, missing)), outcome(0, &result("1.0.0", "2")), "outcome"),
        ("ADD", outcome(1, &bare(999, full)), outcome(1, &error(11, "POOL_EXHAUSTED: none")), "code"),
        ("ADD", outcome(1, &bare(999, full)), outcome(0, &result("1.0.0", "2")), "outcome"),
        // Nothing was given before, so there is nothing to repeat, and nothing that could rest.
        ("ADD", outcome(1, &bare(999, twice)), outcome(0, &result("1.0.0", "2")), "outcome"),
        ("ADD", given.clone(), right.clone(), "outcome"),
        ("ADD", given.clone(), outcome(1, &error(11, "ADDRESS_RESTING: 10.65.0.2 of pool")), "outcome"),
        ("ADD", given.clone(), outcome(1, &error(104, "INTERNAL: a defect")), "outcome"),
        ("ADD", given.clone(), outcome(1, &error(4, "NETNS_MISSING: x")), "outcome"),
        ("DEL", nothing.clone(), outcome(1, &error(102, "NOT_ALLOCATED: c")), "outcome"),
        ("DEL", nothing.clone(), given.clone(), "number of documents"),
        ("CHECK", nothing.clone(), outcome(1, &error(102, "ADDRESSES_DIFFER: c")), "outcome"),
        ("CHECK", outcome(1, &bare(999, "Failed to find address added by container c")), nothing.clone(), "outcome"),
    ] {
        let seen = found(verb, &theirs, &ours);
        assert!(seen.contains(about), "{verb} {theirs:?} {ours:?}: {seen:?}");
    }
}

/// The page explains each decision, once, and no other.
#[test]
fn every_decision_is_explained() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/conformance.md")).unwrap();
    let section = page.split("\n## ").find(|section| section.starts_with("Differences from host-local")).unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    let mut explained = BTreeMap::new();
    for row in rows {
        *explained.entry(row.split('|').nth(1).unwrap().trim().to_owned()).or_insert(0) += 1;
    }
    let names: BTreeMap<_, _> = DECISIONS.iter().map(|decision| (decision.0.to_owned(), 1)).collect();
    assert_eq!(explained, names);
}
