//! What a variable may be, verb by verb.

use super::fault::{Fault, Seen};
use super::run::{Case, friendly, run};
use super::versions::Row;
use super::{ASKING, VERBS};

const POD: &[&str] = &["ADD", "CHECK", "DEL"];
const NETNS: &[&str] = &["ADD", "CHECK"];
const ADD: &[&str] = &["ADD"];
const NOBODY: &[&str] = &[];

/// A change of the environment; a variable with an empty value is tried empty and absent.
struct Change(&'static [(&'static str, &'static str)], Fault);

const fn first(verbs: &'static [&'static str], msg: &'static str, details: &'static str) -> Fault {
    Fault { seen: Seen::First, verbs, code: 4, msg, details }
}

const fn later(code: u64, msg: &'static str) -> Fault {
    Fault { seen: Seen::Later, verbs: ADD, code, msg, details: "*" }
}

const NONE: Fault = first(NOBODY, "", "");
const ID: &str = "invalid characters in containerID";
const LONG: &str = "interface name is too long";
const SHOULD: &str = "interface name should be less than 16 characters";
const DOTS: &str = "interface name is . or ..";
const SIGNS: &str = "interface name contains / or : or whitespace characters";
const OWN: &str = "plugin's netns and netns from CNI_NETNS should not be the same";

const CHANGES: &[Change] = &[
    // What is missing. CNI_COMMAND is the row of `versions` without a verb.
    Change(&[("CNI_CONTAINERID", "")], first(POD, "required env variables [CNI_CONTAINERID] missing", "")),
    Change(&[("CNI_NETNS", "")], first(NETNS, "required env variables [CNI_NETNS] missing", "")),
    Change(&[("CNI_IFNAME", "")], first(POD, "required env variables [CNI_IFNAME] missing", "")),
    Change(&[("CNI_PATH", "")], first(&ASKING, "required env variables [CNI_PATH] missing", "")),
    Change(&[("CNI_ARGS", "")], NONE),
    Change(
        &[("CNI_CONTAINERID", ""), ("CNI_IFNAME", "")],
        first(POD, "required env variables [CNI_CONTAINERID,CNI_IFNAME] missing", ""),
    ),
    Change(
        &[("CNI_NETNS", ""), ("CNI_CONTAINERID", ""), ("CNI_ARGS", "")],
        first(POD, "required env variables [CNI_CONTAINERID*] missing", ""),
    ),
    // Identifiers, where the verb needs them.
    Change(&[("CNI_CONTAINERID", "some-%%container-id")], first(POD, ID, "some-%%container-id")),
    Change(&[("CNI_CONTAINERID", "-a")], first(POD, ID, "-a")),
    Change(&[("CNI_CONTAINERID", ".a")], first(POD, ID, ".a")),
    Change(&[("CNI_CONTAINERID", "_a")], first(POD, ID, "_a")),
    Change(&[("CNI_CONTAINERID", "a/../b")], first(POD, ID, "a/../b")),
    Change(&[("CNI_CONTAINERID", "weave:expose")], first(POD, ID, "weave:expose")),
    Change(&[("CNI_CONTAINERID", " a")], first(POD, ID, " a")),
    Change(&[("CNI_CONTAINERID", "a\n")], first(POD, ID, "a\n")),
    Change(&[("CNI_CONTAINERID", "é")], first(POD, ID, "é")),
    Change(&[("CNI_CONTAINERID", "a_b.c-9")], NONE),
    Change(&[("CNI_IFNAME", "1234567890123456")], first(POD, LONG, SHOULD)),
    Change(&[("CNI_IFNAME", ".")], first(POD, DOTS, "")),
    Change(&[("CNI_IFNAME", "..")], first(POD, DOTS, "")),
    Change(&[("CNI_IFNAME", "te/st")], first(POD, SIGNS, "")),
    Change(&[("CNI_IFNAME", "te:st")], first(POD, SIGNS, "")),
    Change(&[("CNI_IFNAME", "te st")], first(POD, SIGNS, "")),
    Change(&[("CNI_IFNAME", "te\u{a0}st")], first(POD, SIGNS, "")),
    Change(&[("CNI_IFNAME", "123456789012345")], NONE),
    // The namespace, which only an ADD looks at.
    Change(&[("CNI_NETNS", "/run/netns/none-such")], later(4, "NETNS_MISSING: CNI_NETNS * does not exist; *")),
    Change(&[("CNI_NETNS", "none-such")], later(4, "NETNS_MISSING: CNI_NETNS * does not exist; *")),
    Change(&[("CNI_NETNS", "/proc/self/ns/net")], later(8, OWN)),
    Change(&[("CNI_NETNS", "/proc/self/ns/net"), ("CNI_NETNS_OVERRIDE", "0")], later(8, OWN)),
    Change(&[("CNI_NETNS", "/proc/self/ns/net"), ("CNI_NETNS_OVERRIDE", "1")], NONE),
    Change(&[("CNI_NETNS", "/proc/self/ns/net"), ("CNI_NETNS_OVERRIDE", "True")], NONE),
    // CNI_ARGS, which only an ADD reads.
    Change(&[("CNI_ARGS", "oops")], later(4, "ENV_INVALID: CNI_ARGS: invalid pair \"oops\"*")),
    Change(
        &[("CNI_ARGS", "IgnoreUnknown=1;oops;IP=10.1.2.2")],
        later(4, "ENV_INVALID: CNI_ARGS: invalid pair \"oops\"*"),
    ),
    Change(
        &[("CNI_ARGS", "IP=10.1.2")],
        later(7, "INVALID_CONF: requested address \"10.1.2\" is not an IP address; *"),
    ),
    Change(&[("CNI_ARGS", "IP=10.1.2.2/33")], later(7, "INVALID_CONF: requested address * has a bad prefix length; *")),
    Change(
        &[("CNI_ARGS", "IP=10.1.2.2,10.1.2.3")],
        later(7, "INVALID_CONF: requested addresses * are of one family; *"),
    ),
    Change(&[("CNI_ARGS", "IP=10.1.2.2,2001:db8:1::2/64")], NONE),
    Change(&[("CNI_ARGS", "UNKNOWN=1")], NONE),
    Change(&[("CNI_ARGS", "IgnoreUnknown=1;IgnoreUnknown=true;X=a=b;;")], NONE),
    Change(&[("CNI_ARGS", "IP=10.1.2;IP=10.1.2.2")], NONE),
    Change(&[("CNI_ARGS", "ip=nonsense")], NONE),
    // What callers set besides.
    Change(&[("TRACEPARENT", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("BAGGAGE", "a=b")], NONE),
];

#[test]
fn every_verb_with_every_variable_ends_as_its_row_says() {
    let agent = friendly("v4");
    let mut cases = Vec::new();
    for Change(variables, fault) in CHANGES {
        for verb in VERBS {
            for row in Row::spoken() {
                for absent in [false, true] {
                    let mut shim = row.call(verb, "v4", &agent.socket());
                    for (name, value) in *variables {
                        shim = if absent { shim.without(name) } else { shim.env(name, value) };
                    }
                    let missing = variables.iter().all(|(_, value)| value.is_empty());
                    if absent && !missing {
                        continue;
                    }
                    let name = format!("{verb} {} with {variables:?}", row.1);
                    cases.push(Case { name, shim, expect: fault.expect(row, verb) });
                }
            }
        }
    }
    run("variables", cases, 4);
}

#[test]
fn an_id_that_is_too_long_for_the_agent_is_refused_by_add_and_nothing_to_del() {
    let agent = friendly("v4");
    let mut cases = Vec::new();
    for verb in ["ADD", "DEL"] {
        for row in Row::spoken() {
            let shim = row.call(verb, "v4", &agent.socket()).env("CNI_CONTAINERID", &"x".repeat(129));
            let fault = later(4, "ENV_INVALID: CNI_CONTAINERID has 129 characters, at most 128 are allowed; *");
            cases.push(Case { name: format!("{verb} {}", row.1), shim, expect: fault.expect(row, verb) });
        }
    }
    run("long ids", cases, 4);
    assert!(agent.rest().is_empty());
}
