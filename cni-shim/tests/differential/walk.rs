//! A sequence of calls in one network, and what both sides hold in it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::{Value, json};

use crate::call::{Call, Place};
use crate::chance::Chance;
use crate::decisions::{Seen, explain};
use crate::differ::{Held, addresses, compare, host};
use crate::networks::Network;
use crate::oddities::ODDITIES;
use crate::shim::Outcome;
use crate::sides::{Croft, HostLocal, Side};

/// Those that most runtimes use more often.
const VERSIONS: [&str; 18] = [
    r#""0.2.0""#,
    r#""0.3.1""#,
    r#""0.4.0""#,
    r#""1.0.0""#,
    r#""0.1.0""#,
    r#""0.2.0""#,
    r#""0.3.0""#,
    r#""0.3.1""#,
    r#""0.4.0""#,
    r#""1.0.0""#,
    r#""0.4.0""#,
    r#""1.0.0""#,
    r#""1.0.0""#,
    r#""1.1.0""#,
    "",
    r#""""#,
    r#""9.9.9""#,
    r#""adsf""#,
];

type Key = (String, String);

/// What one side holds, by interface.
type Live = BTreeMap<Key, Value>;

/// The sequence.
pub struct Walk<'a> {
    network: &'a Network,
    host_local: &'a HostLocal,
    croft: &'a Croft,
    chance: Chance,
    theirs: Live,
    ours: Live,
    /// Given by either side at any time.
    given: BTreeSet<IpAddr>,
    /// Given by ours at any time.
    given_by_ours: BTreeSet<IpAddr>,
    /// Given back by ours.
    rested: BTreeSet<IpAddr>,
    pub calls: u64,
    pub alike: u64,
    pub kinds: BTreeMap<&'static str, u64>,
    pub unexplained: Vec<String>,
}

fn hosts(result: &Value) -> Vec<IpAddr> {
    addresses(result).iter().filter_map(|cidr| host(cidr)).collect()
}

impl<'a> Walk<'a> {
    pub fn new(network: &'a Network, host_local: &'a HostLocal, croft: &'a Croft, seed: u64) -> Walk<'a> {
        Walk {
            network,
            host_local,
            croft,
            chance: Chance::new(seed),
            theirs: Live::new(),
            ours: Live::new(),
            given: BTreeSet::new(),
            given_by_ours: BTreeSet::new(),
            rested: BTreeSet::new(),
            calls: 0,
            alike: 0,
            kinds: BTreeMap::new(),
            unexplained: Vec::new(),
        }
    }

    /// One call to both.
    pub fn step(&mut self) {
        let call = self.invent();
        let theirs = self.host_local.call(self.network, &call);
        let ours = self.croft.call(self.network, &call);
        self.calls += 1;
        let key = call.key();
        let others = self.ours.iter().filter(|(other, _)| **other != key);
        let held = Held { by_others: others.flat_map(|(_, result)| hosts(result)).collect() };
        let differences = compare(self.network, &call, &theirs, &ours, &held);
        self.alike += u64::from(differences.is_empty());
        for difference in &differences {
            let seen = Seen {
                call: &call,
                difference,
                theirs: &theirs,
                ours: &ours,
                ours_before: self.ours.get(&key),
                rested: &self.rested,
                exhausted: self.is_used_up(),
            };
            match explain(&seen) {
                Some(name) => *self.kinds.entry(name).or_default() += 1,
                None => {
                    let text = format!("{difference:#?}\n  {call:?}\n  theirs {theirs:?}\n  ours {ours:?}");
                    // At once, since a full run takes minutes.
                    eprintln!("differential: unexplained: {text}");
                    self.unexplained.push(text);
                }
            }
        }
        self.learn(&call, &theirs, &ours);
    }

    /// Whether all addresses of some range are held or rest at ours.
    fn is_used_up(&self) -> bool {
        let used: BTreeSet<IpAddr> = self.ours.values().flat_map(hosts).chain(self.rested.iter().copied()).collect();
        self.network.ranges.iter().any(|range| used.iter().filter(|ip| range.gives(**ip)).count() >= range.capacity())
    }

    fn learn(&mut self, call: &Call, theirs: &Outcome, ours: &Outcome) {
        let key = call.key();
        for (outcome, live) in [(theirs, &mut self.theirs), (ours, &mut self.ours)] {
            match (call.verb, outcome.exit) {
                ("ADD", exit) => {
                    let first = serde_json::Deserializer::from_str(&outcome.stdout).into_iter::<Value>().next();
                    let result = first.and_then(Result::ok).unwrap_or_default();
                    // Newer releases of host-local keep what they gave and printed before they refuse their own namespace.
                    if exit == 0 || !hosts(&result).is_empty() {
                        self.given.extend(hosts(&result));
                        live.insert(key.clone(), result);
                    }
                }
                ("DEL", 0) => drop(live.remove(&key)),
                _ => {}
            }
        }
        if ours.exit == 0 {
            self.given_by_ours.extend(self.ours.get(&key).iter().flat_map(|result| hosts(result)));
            self.rested = self.given_by_ours.iter().copied().filter(|ip| !self.is_held(ip)).collect();
        }
        self.level(&key);
    }

    fn is_held(&self, ip: &IpAddr) -> bool {
        self.ours.values().any(|result| hosts(result).contains(ip))
    }

    /// Where one side holds something for an interface and the other does not, so that it answers otherwise from now on.
    fn level(&mut self, key: &Key) {
        if self.theirs.contains_key(key) == self.ours.contains_key(key) {
            return;
        }
        let version = if key.1.is_empty() { "" } else { r#""1.0.0""# };
        let call = Call::new("DEL", version, &key.0, &key.1);
        let side: &dyn Side = if self.theirs.contains_key(key) { self.host_local } else { self.croft };
        let outcome = side.call(self.network, &call);
        assert_eq!((outcome.exit, outcome.stdout.as_str()), (0, ""), "{call:?} {outcome:?}");
        if let Some(result) = self.ours.remove(key) {
            self.rested.extend(hosts(&result));
        }
        self.theirs.remove(key);
    }

    fn invent(&mut self) -> Call {
        let verb = match self.chance.below(100) {
            0..45 => "ADD",
            45..70 => "DEL",
            70..90 => "CHECK",
            90..92 => "VERSION",
            92..94 => "GC",
            94..96 => "STATUS",
            96..98 => "NOPE",
            _ => "",
        };
        let version = *self.chance.of(&VERSIONS);
        let container = format!("{}-{}", self.network.name, self.chance.below(60));
        let interface = *self.chance.of(&["eth0", "eth0", "net1"]);
        let mut call = Call::new(verb, version, &container, interface);
        // Where something is held, most of the time: else every DEL is one of nothing.
        if matches!(verb, "DEL" | "CHECK") && self.chance.percent(80) && !self.ours.is_empty() {
            let keys: Vec<_> = self.ours.keys().cloned().collect();
            let (container, interface) = self.chance.of(&keys).clone();
            call = Call::new(verb, version, &container, &interface);
        }
        if let Some(result) = self.ours.get(&call.key()).filter(|_| verb == "CHECK") {
            // The addresses differ between the two, so each side's own chain result would; host-local does not read it.
            let ips: Vec<_> = addresses(result).iter().map(|cidr| json!({"address": cidr, "version": "4"})).collect();
            call.keys.insert("prevResult".into(), json!({"cniVersion": "0.4.0", "ips": ips}));
        }
        match self.chance.below(100) {
            0..25 if matches!(verb, "ADD" | "CHECK" | "DEL") => {
                let fitting: Vec<_> = ODDITIES.iter().filter(|oddity| oddity.1.contains(&verb)).collect();
                let oddity = self.chance.of(&fitting);
                call.odd.push(oddity.0);
                (oddity.2)(&mut call);
            }
            25..50 if verb == "ADD" => self.wish(&mut call),
            _ => {}
        }
        call
    }

    /// Makes it an ADD, of an interface that has nothing, which names an address.
    fn wish(&mut self, call: &mut Call) {
        let container = format!("{}-w{}", self.network.name, self.calls);
        call.env.insert("CNI_CONTAINERID".into(), container);
        let range = self.chance.of(self.network.ranges);
        let place = *self.chance.of(&[Place::RuntimeConfig, Place::Args, Place::CniArgs]);
        let free: Vec<_> = (2..range.size().min(60_000))
            .rev()
            .map(|offset| range.at(offset))
            .filter(|ip| range.gives(*ip) && !self.given.contains(ip))
            .take(50)
            .collect();
        let both = |live: &Live| live.values().flat_map(hosts).filter(|ip| range.gives(*ip)).collect::<BTreeSet<_>>();
        let held: Vec<_> = both(&self.theirs).intersection(&both(&self.ours)).copied().collect();
        let rested: Vec<_> =
            self.rested.iter().copied().filter(|ip| range.gives(*ip) && !both(&self.theirs).contains(ip)).collect();
        let odd = |call: &mut Call, name: &'static str, text: String| {
            call.odd.push(name);
            call.wish(place, &text);
        };
        match self.chance.below(12) {
            0..4 if !free.is_empty() => {
                let ip = *self.chance.of(&free);
                let text = if self.chance.percent(50) { format!("{ip}/{}", range.length) } else { ip.to_string() };
                odd(call, "wish for a free one", text);
                call.wished.push(ip);
            }
            4 if !held.is_empty() => odd(call, "wish for a held one", self.chance.of(&held).to_string()),
            5 if !rested.is_empty() => odd(call, "wish for a released one", self.chance.of(&rested).to_string()),
            6 => odd(call, "wish for the gateway", range.gateway.to_owned()),
            7 => odd(call, "wish for the network", range.first.to_owned()),
            8 if range.is_v4() || !self.given.contains(&range.at(range.size() - 1)) => {
                odd(call, "wish for the last", range.at(range.size() - 1).to_string());
            }
            9 => odd(call, "wish outside", if range.is_v4() { "192.0.2.7".into() } else { "2001:db8::7".into() }),
            10 if free.len() > 1 => {
                call.odd.push("wish in two places");
                call.wish(Place::RuntimeConfig, &free[0].to_string());
                call.wish(Place::Args, &free[1].to_string());
                call.wished.push(free[0]);
            }
            11 if range.is_v4() && !free.is_empty() => {
                odd(call, "wish in the form of v6", format!("::ffff:{}", free[0]));
                call.wished.push(free[0]);
            }
            11 if free.len() > 1 => {
                odd(call, "two wishes of one family", free[0].to_string());
                call.wish(place, &free[1].to_string());
            }
            _ => {}
        }
    }
}
