//! What two answers to one call have in common, and what not.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::Value;

use crate::call::Call;
use crate::networks::Network;
use crate::shim::Outcome;

/// One difference: what it is about, and both sides of it. Null stands for absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub about: &'static str,
    pub theirs: Value,
    pub ours: Value,
}

/// The addresses of one side, before a call.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Held by others than the interface that is called about.
    pub by_others: BTreeSet<IpAddr>,
}

/// Compares two answers. `ours` must give addresses that no other of ours holds.
pub fn compare(network: &Network, call: &Call, theirs: &Outcome, ours: &Outcome, held: &Held) -> Vec<Difference> {
    let mut found = Found(Vec::new());
    if theirs.stderr.is_empty() != ours.stderr.is_empty() {
        found.differ("stderr", theirs.stderr.as_str().into(), ours.stderr.as_str().into());
    } else if theirs.stderr != ours.stderr {
        found.differ("stderr text", theirs.stderr.as_str().into(), ours.stderr.as_str().into());
    }
    let (all_theirs, all_ours) = (documents(theirs), documents(ours));
    if all_theirs.len() != all_ours.len() && theirs.exit == ours.exit {
        found.differ("number of documents", all_theirs.len().into(), all_ours.len().into());
    }
    let (first_theirs, first_ours) = (first(&all_theirs), first(&all_ours));
    if theirs.exit != ours.exit {
        found.differ("outcome", said(theirs, first_theirs), said(ours, first_ours));
        if ours.exit != 0 {
            return found.0;
        }
    }
    match (theirs.exit, ours.exit) {
        (0, 0) => found.results(first_theirs, first_ours),
        (_, 0) => {}
        _ => found.errors(first_theirs, first_ours),
    }
    if ours.exit == 0 && call.verb == "ADD" {
        found.addresses(network, call, first_theirs, first_ours, held);
    }
    found.0
}

/// What an outcome is about in one value.
fn said(outcome: &Outcome, document: &Value) -> Value {
    if outcome.exit == 0 { "success".into() } else { document.clone() }
}

/// All documents on stdout; what is none counts as a text.
fn documents(outcome: &Outcome) -> Vec<Value> {
    let mut all = Vec::new();
    for document in serde_json::Deserializer::from_str(&outcome.stdout).into_iter() {
        match document {
            Ok(document) => all.push(document),
            Err(_) => {
                all.push(Value::String(outcome.stdout.clone()));
                break;
            }
        }
    }
    all
}

fn first(documents: &[Value]) -> &Value {
    documents.first().unwrap_or(&Value::Null)
}

/// The addresses of a result with their prefix lengths, as text, in their order.
pub fn addresses(result: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let listed = result["ips"].as_array().into_iter().flatten().filter_map(|ip| text(&ip["address"]));
    listed.chain(["ip4", "ip6"].iter().filter_map(|family| text(&result[family]["ip"]))).collect()
}

/// The address before the prefix length. Nothing for what is none.
pub fn host(cidr: &str) -> Option<IpAddr> {
    cidr.split_once('/')?.0.parse().ok()
}

struct Found(Vec<Difference>);

impl Found {
    fn differ(&mut self, about: &'static str, theirs: Value, ours: Value) {
        self.0.push(Difference { about, theirs, ours });
    }

    fn field(&mut self, about: &'static str, theirs: &Value, ours: &Value) {
        if theirs != ours {
            self.differ(about, theirs.clone(), ours.clone());
        }
    }

    fn errors(&mut self, theirs: &Value, ours: &Value) {
        self.field("error's cniVersion", &theirs["cniVersion"], &ours["cniVersion"]);
        if theirs["code"] != ours["code"] {
            // With the texts, by which a decision tells one error of theirs from another.
            self.differ("code", theirs.clone(), ours.clone());
            return;
        }
        self.field("msg", &theirs["msg"], &ours["msg"]);
        self.field("details", &theirs["details"], &ours["details"]);
    }

    /// Everything but the addresses themselves.
    fn results(&mut self, theirs: &Value, ours: &Value) {
        self.field("cniVersion", &theirs["cniVersion"], &ours["cniVersion"]);
        self.field("dns", &theirs["dns"], &ours["dns"]);
        self.field("interfaces", &theirs["interfaces"], &ours["interfaces"]);
        self.field("routes", &theirs["routes"], &ours["routes"]);
        self.field("supportedVersions", &theirs["supportedVersions"], &ours["supportedVersions"]);
        let bare = |result: &Value, key: &str| {
            let mut part = result[key].clone();
            let list = part.as_array_mut();
            match list {
                Some(list) => list.iter_mut().for_each(without_host),
                None => without_host(&mut part),
            }
            part
        };
        for about in ["ips", "ip4", "ip6"] {
            self.field(about, &bare(theirs, about), &bare(ours, about));
        }
        const KNOWN: [&str; 8] =
            ["cniVersion", "dns", "interfaces", "routes", "supportedVersions", "ips", "ip4", "ip6"];
        let others = |result: &Value| {
            let mut rest = result.clone();
            if let Some(fields) = rest.as_object_mut() {
                fields.retain(|key, _| !KNOWN.contains(&key.as_str()));
            }
            rest
        };
        self.field("other keys", &others(theirs), &others(ours));
    }

    fn addresses(&mut self, network: &Network, call: &Call, theirs: &Value, ours: &Value, held: &Held) {
        let (their_list, our_list) = (addresses(theirs), addresses(ours));
        for (at, cidr) in our_list.iter().enumerate() {
            let host = host(cidr);
            if !host.is_some_and(|host| network.ranges.iter().any(|range| range.gives(host))) {
                self.differ("address outside", Value::Null, cidr.as_str().into());
            }
            if host.is_some_and(|host| held.by_others.contains(&host)) {
                self.differ("address held by another", Value::Null, cidr.as_str().into());
            }
            if their_list.get(at).is_some_and(|other| other != cidr) {
                self.differ("address", their_list[at].as_str().into(), cidr.as_str().into());
            }
        }
        let hosts: Vec<_> = our_list.iter().filter_map(|cidr| host(cidr)).collect();
        for wished in call.wished.iter().filter(|wished| !hosts.contains(wished)) {
            self.differ("wished address", wished.to_string().into(), our_list.join(" ").into());
        }
    }
}

/// Leaves of an address only its family and prefix length.
fn without_host(ip: &mut Value) {
    for key in ["address", "ip"] {
        if let Some(text) = ip.get(key).and_then(Value::as_str) {
            let family = if text.contains(':') { "v6" } else { "v4" };
            let length = text.split_once('/').map_or("none", |(_, length)| length);
            ip[key] = format!("{family}/{length}").into();
        }
    }
}
