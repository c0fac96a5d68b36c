//! The differences that are meant. Each is explained in `docs/conformance.md` under its name, and each predicate is as
//! narrow as it can be: what it does not fit is a defect of one of the two.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Value, json};

use crate::call::Call;
use crate::differ::{Difference, addresses, host};
use crate::shim::Outcome;

/// One difference, and all that is known of its call.
pub struct Seen<'a> {
    pub call: &'a Call,
    pub difference: &'a Difference,
    pub theirs: &'a Outcome,
    pub ours: &'a Outcome,
    /// The result that ours gave this interface before, if it holds it.
    pub ours_before: Option<&'a Value>,
    /// What ours was given back.
    pub rested: &'a BTreeSet<IpAddr>,
    /// Whether all addresses of a range of ours are held or rest.
    pub exhausted: bool,
}

/// A name, and whether a difference is one of these.
pub struct Decision(pub &'static str, fn(&Seen) -> bool);

/// The first decision that explains a difference.
pub fn explain(seen: &Seen) -> Option<&'static str> {
    DECISIONS.iter().find(|decision| (decision.1)(seen)).map(|decision| decision.0)
}

/// What host-local calls an error of the Go library, 999, and what Croft calls it: patterns of both texts, and our code.
const CODES: &[(&str, u64, &str)] = &[
    ("no IP addresses available in range set", 100, "POOL_EXHAUSTED: "),
    ("is not available in range set", 101, "ADDRESS_IN_USE: "),
    ("is subnet's gateway", 7, "ADDRESS_RESERVED: "),
    ("failed to allocate all requested IPs: ", 7, "ADDRESS_OUTSIDE_POOLS: "),
    ("failed to allocate all requested IPs: ", 7, "ADDRESS_RESERVED: "),
    ("failed to allocate all requested IPs: ", 7, "INVALID_CONF: requested addresses "),
    ("Failed to find address added by container ", 102, "NOT_ALLOCATED: "),
    ("IPAM config missing 'ipam' key", 7, "INVALID_CONF: IPAM config missing 'ipam' key"),
    ("json: cannot unmarshal array into ", 7, "INVALID_CONF: ipam is not an object"),
    ("json: cannot unmarshal number into ", 7, "INVALID_CONF: args.cni.ips is not a list of strings"),
    ("invalid IP address ", 7, "INVALID_CONF: requested address "),
    ("ARGS: error parsing value of pair ", 7, "INVALID_CONF: requested address "),
    ("ARGS: invalid pair ", 4, "ENV_INVALID: CNI_ARGS: invalid pair "),
];

/// What only an ADD reads at ours, and every verb at host-local.
const READ_BY_ADD: [&str; 6] = [
    "args without a sign",
    "number for ips",
    "bad ip in args",
    "bad ip of the runtime",
    "bad ip in CNI_ARGS",
    "ip with zeros in front",
];

pub const DECISIONS: &[Decision] = &[
    Decision("dns left out", |seen| {
        seen.is("dns") && seen.difference.theirs == json!({}) && seen.difference.ours.is_null()
    }),
    Decision("version in errors", |seen| {
        seen.is("error's cniVersion") && seen.difference.theirs.is_null() && seen.difference.ours.is_string()
    }),
    Decision("another free address", |seen| {
        let ip = |value: &Value| value.as_str().and_then(host);
        let length = |value: &Value| value.as_str().and_then(|text| Some(text.split_once('/')?.1.to_owned()));
        let (theirs, ours) = (&seen.difference.theirs, &seen.difference.ours);
        let wished = |value: &Value| ip(value).is_some_and(|ip| seen.call.wished.contains(&ip));
        seen.is("address")
            && length(theirs) == length(ours)
            && ip(theirs).is_some_and(|a| ip(ours).is_some_and(|b| a.is_ipv4() == b.is_ipv4()))
            && !wished(theirs)
            && !wished(ours)
    }),
    Decision("codes of its own", |seen| {
        seen.is("code")
            && seen.code(seen.theirs) == Some(999)
            && CODES.iter().any(|(theirs, code, ours)| {
                seen.msg(seen.theirs).contains(theirs)
                    && seen.code(seen.ours) == Some(*code)
                    && seen.msg(seen.ours).starts_with(ours)
            })
    }),
    Decision("repeated ADD", |seen| {
        let now = serde_json::from_str::<Value>(&seen.ours.stdout).unwrap_or_default();
        seen.is("outcome")
            && seen.call.verb == "ADD"
            && seen.msg(seen.theirs).ends_with("duplicate allocation is not allowed")
            && seen.ours.exit == 0
            && seen.ours_before.is_some_and(|before| addresses(before) == addresses(&now))
    }),
    Decision("released address rests", |seen| {
        let msg = seen.msg(seen.ours);
        let named = msg.strip_prefix("ADDRESS_RESTING: ").and_then(|rest| rest.split(' ').next()?.parse().ok());
        let resting = seen.code(seen.ours) == Some(11) && named.is_some_and(|ip| seen.rested.contains(&ip));
        let none_left = seen.code(seen.ours) == Some(100) && msg.starts_with("POOL_EXHAUSTED: ") && seen.exhausted;
        let given = seen.is("outcome") && seen.theirs.exit == 0 && (resting || none_left);
        // One range has none left here, while the wish is for a held one of the other.
        let held = seen.is("code") && seen.msg(seen.theirs).contains("is not available in range set") && none_left;
        seen.call.verb == "ADD" && (given || held)
    }),
    Decision("versions that are newer", |seen| {
        seen.failed_theirs(1)
            && (seen.is("outcome") || seen.is("code"))
            && seen.call.version == r#""1.1.0""#
            && matches!(
                seen.msg(seen.theirs).as_str(),
                "incompatible CNI versions" | "plugin version does not allow CHECK"
            )
            && !seen.details(seen.theirs).contains("1.1.0\"]")
    }),
    Decision("list of versions", |seen| {
        let (theirs, ours) = (&seen.difference.theirs, &seen.difference.ours);
        match seen.difference.about {
            "details" => {
                let text = ours.as_str().unwrap_or_default().replace(" \"1.1.0\"]", "]");
                seen.msg(seen.ours) == "incompatible CNI versions" && theirs.as_str() == Some(&text)
            }
            "supportedVersions" => {
                let shorter = ours.as_array().and_then(|all| all.split_last()).map(|(_, rest)| rest.to_vec());
                shorter == theirs.as_array().cloned()
            }
            "cniVersion" => seen.call.verb == "VERSION" && *theirs == json!("1.0.0") && *ours == json!("1.1.0"),
            "stderr text" => {
                let both = [theirs, ours].map(|text| text.as_str().unwrap_or_default());
                seen.call.verb.is_empty()
                    && both.iter().all(|text| text.contains("\nCNI protocol versions supported: 0.1.0, "))
            }
            _ => false,
        }
    }),
    Decision("GC and STATUS", |seen| {
        let verb = seen.call.verb;
        let unknown = seen.msg(seen.theirs) == format!("unknown CNI_COMMAND: {verb}") && seen.failed_theirs(4);
        let without_list = verb == "GC"
            && seen.theirs.exit == 0
            && seen.code(seen.ours) == Some(7)
            && seen.msg(seen.ours).starts_with("INVALID_CONF: GC without cni.dev/valid-attachments");
        matches!(verb, "GC" | "STATUS") && (seen.is("outcome") || seen.is("code")) && (unknown || without_list)
    }),
    Decision("texts of the parser", |seen| {
        let both = [&seen.difference.theirs, &seen.difference.ours].map(|text| text.as_str().unwrap_or_default());
        seen.is("msg")
            && seen.code(seen.ours) == Some(6)
            && [
                "error unmarshall network config: ",
                "decoding version from network config: ",
                "failed to convert major version part \"adsf\"",
            ]
            .iter()
            .any(|start| both.iter().all(|text| text.starts_with(start)))
    }),
    Decision("not UTF-8", |seen| {
        seen.call.is("not UTF-8") && seen.failed_theirs(7) && seen.failed_ours(6, "error unmarshall network config: ")
    }),
    Decision("loose CNI_ARGS", |seen| {
        let loose = ["unknown args", "empty pair of args", "two signs in a pair of args"];
        loose.iter().any(|odd| seen.call.is(odd))
            && seen.failed_theirs(999)
            && seen.msg(seen.theirs).starts_with("ARGS: ")
            && seen.ours_is_untouched()
    }),
    Decision("CHECK and DEL need only the key", |seen| {
        seen.call.verb != "ADD"
            && READ_BY_ADD.iter().any(|odd| seen.call.is(odd))
            && seen.failed_theirs(999)
            && ["ARGS: ", "json: ", "invalid IP address "].iter().any(|start| seen.msg(seen.theirs).starts_with(start))
            && seen.ours_is_untouched()
    }),
    Decision("namespace must be there", |seen| {
        seen.call.verb == "ADD" && seen.call.is("lost netns") && seen.failed_ours(4, "NETNS_MISSING: ")
    }),
    Decision("namespace of the plugin", |seen| {
        let refused = seen.call.verb == "ADD" && seen.failed_ours(8, "plugin's netns and netns from CNI_NETNS should ");
        // Newer releases look at it on DEL too, and on ADD after they gave an address and printed it.
        let newer = seen.is("number of documents") || seen.call.verb == "DEL" && seen.failed_theirs(8);
        seen.call.is("own netns") && (refused || newer)
    }),
    Decision("unknown keys of ipam", |seen| {
        seen.call.verb == "ADD" && seen.call.is("unknown key of ipam") && seen.failed_ours(7, "UNKNOWN_KEY: ")
    }),
    Decision("length of an id", |seen| {
        let add = seen.call.verb == "ADD" && seen.failed_ours(4, "ENV_INVALID: CNI_CONTAINERID has 129 characters");
        let check = seen.call.verb == "CHECK" && seen.failed_ours(7, "INVALID_FIELD: ");
        seen.call.is("id of 129") && (add || check)
    }),
    Decision("CHECK reads the previous result", |seen| {
        let another = seen.call.is("previous result of another") && seen.failed_ours(102, "ADDRESSES_DIFFER: ");
        let nonsense =
            seen.call.is("nonsense for a previous result") && seen.failed_ours(6, "CONF_UNDECODABLE: prevResult");
        seen.call.verb == "CHECK" && (another || nonsense)
    }),
    Decision("one place of wishes", |seen| {
        seen.is("outcome")
            && seen.call.is("wish in two places")
            && seen.msg(seen.theirs).starts_with("failed to allocate all requested IPs: ")
            && seen.ours.exit == 0
    }),
];

impl Seen<'_> {
    fn is(&self, about: &str) -> bool {
        self.difference.about == about
    }

    fn error(&self, outcome: &Outcome) -> Value {
        if outcome.exit == 0 { Value::Null } else { serde_json::from_str(&outcome.stdout).unwrap_or_default() }
    }

    fn code(&self, outcome: &Outcome) -> Option<u64> {
        self.error(outcome)["code"].as_u64()
    }

    fn msg(&self, outcome: &Outcome) -> String {
        self.error(outcome)["msg"].as_str().unwrap_or_default().to_owned()
    }

    fn details(&self, outcome: &Outcome) -> String {
        self.error(outcome)["details"].as_str().unwrap_or_default().to_owned()
    }

    fn failed_theirs(&self, code: u64) -> bool {
        (self.is("outcome") || self.is("code")) && self.code(self.theirs) == Some(code)
    }

    fn failed_ours(&self, code: u64, start: &str) -> bool {
        (self.is("outcome") || self.is("code"))
            && self.code(self.ours) == Some(code)
            && self.msg(self.ours).starts_with(start)
    }

    /// Ours went on as if nothing were odd: it succeeded, or there was nothing to check.
    fn ours_is_untouched(&self) -> bool {
        self.ours.exit == 0
            || self.call.verb == "CHECK" && self.ours_before.is_none() && self.failed_ours(102, "NOT_ALLOCATED: ")
            || self.call.verb == "ADD" && self.exhausted && self.failed_ours(100, "POOL_EXHAUSTED: ")
    }
}
