//! What a configuration may be, verb by verb.

use serde_json::{Value, json};

use super::fault::{Fault, Seen};
use super::run::{Case, friendly, run};
use super::versions::Row;
use super::{ASKING, READING, VERBS};

/// Instead of the configuration, these bytes.
const BYTES: &[(&[u8], u64, &str, &str)] = &[
    (b" ", 6, UNDECODABLE, ""),
    (b"{", 6, UNDECODABLE, ""),
    (b"[]", 6, UNDECODABLE, ""),
    (b"null", 6, UNDECODABLE, ""),
    (b"7", 6, UNDECODABLE, ""),
    (b"\"x\"", 6, UNDECODABLE, ""),
    (b"\xff\xfe", 6, UNDECODABLE, ""),
    (b"{\"name\":\"a\"} x", 6, UNDECODABLE, ""),
    (b"{\"name\":7}", 6, UNDECODABLE, ""),
    (b"{\"name\":\"\xc3\x28\"}", 6, UNDECODABLE, ""),
    (b"{}", 7, "missing network name", ""),
    (b"{\"name\":null}", 7, "missing network name", ""),
    (b"{\"name\":\"\"}", 7, "missing network name", ""),
    (b"{\"name\":\"a b\"}", 7, "invalid characters found in network name", "a b"),
    (b"{\"name\":\"a%%b\"}", 7, "invalid characters found in network name", "a%%b"),
    (b"{\"name\":\".a\"}", 7, "invalid characters found in network name", ".a"),
    (b"{\"name\":\"a/b\"}", 7, "invalid characters found in network name", "a/b"),
];

const UNDECODABLE: &str = "error unmarshall network config: *";

/// A top-level key with a value, as JSON, or without one; and the verbs that refuse it. `{socket}` is the agent's.
struct Key(&'static str, &'static str, &'static [&'static str], u64, &'static str);

const ADD: &[&str] = &["ADD"];
const CHECK: &[&str] = &["CHECK"];
const GC: &[&str] = &["GC"];
const NOBODY: &[&str] = &[];
/// A DEL tolerates all, but asks at the socket of the default then.
const NOT_DEL: &[&str] = &["ADD", "CHECK", "GC", "STATUS"];

const KEYS: &[Key] = &[
    Key("ipam", "", ADD, 7, "INVALID_CONF: IPAM config missing 'ipam' key; *"),
    Key("ipam", "[]", ADD, 7, "INVALID_CONF: ipam is not an object; *"),
    Key("ipam", r#"{"socket":7}"#, NOT_DEL, 7, "INVALID_CONF: ipam.socket is 7, expected an absolute path *"),
    Key("ipam", r#"{"socket":"run/x"}"#, NOT_DEL, 7, "INVALID_CONF: ipam.socket is \"run/x\", expected *"),
    Key(
        "ipam",
        r#"{"socket":"{socket}","pool":["a"]}"#,
        ADD,
        7,
        "UNKNOWN_KEY: ipam has the key \"pool\", did you mean \"pools\"?; *",
    ),
    Key(
        "ipam",
        r#"{"socket":"{socket}","subnet":"10.1.2.0/24"}"#,
        ADD,
        7,
        "UNKNOWN_KEY: ipam has the key \"subnet\"; *",
    ),
    Key("ipam", r#"{"socket":"{socket}","pools":"a"}"#, ADD, 7, "INVALID_CONF: ipam.pools is not a list of strings; *"),
    Key(
        "ipam",
        r#"{"socket":"{socket}","pools":[""]}"#,
        ADD,
        7,
        "INVALID_CONF: name 0 of the wanted pools is empty; *",
    ),
    Key("ipam", r#"{"socket":"{socket}","type":"croft","pools":["a"]}"#, NOBODY, 0, ""),
    Key("runtimeConfig", r#"{"ips":7}"#, ADD, 7, "INVALID_CONF: runtimeConfig.ips is not a list of strings; *"),
    Key(
        "runtimeConfig",
        r#"{"ips":["10.1.2"]}"#,
        ADD,
        7,
        "INVALID_CONF: requested address \"10.1.2\" is not an IP address; *",
    ),
    Key(
        "runtimeConfig",
        r#"{"ips":["10.1.2.2","10.1.2.3/24"]}"#,
        ADD,
        7,
        "INVALID_CONF: requested addresses * are of one family; *",
    ),
    Key("runtimeConfig", r#"{"ips":["10.1.2.2/24","2001:db8:1::2/64"]}"#, NOBODY, 0, ""),
    Key("runtimeConfig", r#"{"ips":["10.1.2.2","10.1.2.2/24"]}"#, NOBODY, 0, ""),
    Key("runtimeConfig", r#"{"pools":[7]}"#, ADD, 7, "INVALID_CONF: runtimeConfig.pools is not a list of strings; *"),
    Key(
        "runtimeConfig",
        r#"{"io.kubernetes.cri.pod-annotations":{"croft.io/pool":"a"}}"#,
        ADD,
        7,
        "UNKNOWN_ANNOTATION: annotation \"croft.io/pool\", did you mean \"croft.io/pools\"?; *",
    ),
    Key(
        "runtimeConfig",
        r#"{"io.kubernetes.cri.pod-annotations":{"croft.io/pools":7}}"#,
        ADD,
        7,
        "INVALID_CONF: annotation \"croft.io/pools\" is not a text; *",
    ),
    Key(
        "runtimeConfig",
        r#"{"io.kubernetes.cri.pod-annotations":7}"#,
        ADD,
        7,
        "INVALID_CONF: runtimeConfig[*] is not an object; *",
    ),
    Key(
        "runtimeConfig",
        r#"{"io.kubernetes.cri.pod-annotations":{"croft.io/pools":"a, b","x/y":"z"},"mac":"02:00:00:00:00:01","portMappings":[],"bandwidth":{},"ipRanges":[[{"subnet":"10.0.0.0/8"}]]}"#,
        NOBODY,
        0,
        "",
    ),
    Key(
        "args",
        r#"{"cni":{"ips":["10.1.2.2/x"]}}"#,
        ADD,
        7,
        "INVALID_CONF: requested address \"10.1.2.2/x\" has a bad prefix length; *",
    ),
    Key("args", r#"{"cni":{"pools":{}}}"#, ADD, 7, "INVALID_CONF: args.cni.pools is not a list of strings; *"),
    Key("args", r#"{"cni":{"ips":["10.1.2.2"],"labels":[{"key":"a"}]},"other":7}"#, NOBODY, 0, ""),
    Key("args", "7", NOBODY, 0, ""),
    Key("prevResult", r#""nonsense""#, CHECK, 6, "CONF_UNDECODABLE: prevResult: *"),
    Key("prevResult", r#"{"ips":[{"address":7}]}"#, CHECK, 6, "CONF_UNDECODABLE: prevResult: *"),
    Key(
        "prevResult",
        r#"{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","mac":"x","sandbox":"y"}],"ips":[{"address":"10.1.2.2/24","interface":0},{"address":"192.0.2.1/32"}],"routes":[{"dst":"::/0"}],"dns":{}}"#,
        NOBODY,
        0,
        "",
    ),
    Key("prevResult", "", NOBODY, 0, ""),
    Key("cni.dev/valid-attachments", "", GC, 7, "INVALID_CONF: GC without cni.dev/valid-attachments*"),
    Key("cni.dev/valid-attachments", "{}", GC, 7, "INVALID_CONF: cni.dev/valid-attachments: *"),
    Key("cni.dev/valid-attachments", "[7]", GC, 7, "INVALID_CONF: cni.dev/valid-attachments: *"),
    Key("cni.dev/valid-attachments", r#"[{"containerID":"a"}]"#, GC, 7, "INVALID_CONF: cni.dev/valid-attachments: *"),
    Key("cni.dev/valid-attachments", "null", NOBODY, 0, ""),
    Key("cni.dev/valid-attachments", r#"[{"containerID":"a","ifname":"eth0","more":1}]"#, NOBODY, 0, ""),
    Key("cni.dev/attachments", "7", NOBODY, 0, ""),
    Key("type", "7", NOBODY, 0, ""),
    Key("capabilities", r#"{"ips":true,"pools":true}"#, NOBODY, 0, ""),
    Key("dns", r#"{"nameservers":["192.0.2.3"]}"#, NOBODY, 0, ""),
    Key("disableCheck", "true", NOBODY, 0, ""),
    Key("plugins", "[]", NOBODY, 0, ""),
    Key("mtu", "1e3", NOBODY, 0, ""),
];

#[test]
fn every_verb_refuses_bytes_that_are_no_configuration_as_their_row_says() {
    let agent = friendly("v4");
    let mut cases = Vec::new();
    for (bytes, code, msg, details) in BYTES {
        for verb in VERBS {
            let row = &Row::spoken()[6];
            let fault = Fault { seen: Seen::First, verbs: &READING, code: *code, msg, details };
            cases.push(Case {
                name: format!("{verb} of {:?}", String::from_utf8_lossy(bytes)),
                shim: row.call(verb, "v4", &agent.socket()).stdin(*bytes),
                expect: fault.expect(row, verb),
            });
        }
    }
    run("bytes", cases, 4);
    assert!(agent.rest().is_empty(), "nothing of that reaches the agent");
}

#[test]
fn every_verb_with_every_key_ends_as_its_row_says() {
    let agent = friendly("v4");
    let socket = agent.socket();
    let mut cases = Vec::new();
    for Key(key, text, verbs, code, msg) in KEYS {
        let text = text.replace("{socket}", socket.to_str().unwrap());
        for verb in VERBS {
            if *key == "ipam"
                && !text.contains(socket.to_str().unwrap())
                && !verbs.contains(&verb)
                && ASKING.contains(&verb)
            {
                // It would ask, or spool for, the agent that this machine may have.
                continue;
            }
            for row in Row::spoken() {
                let mut shim = row.call(verb, "v4", &socket);
                shim.conf.as_object_mut().unwrap().remove(*key);
                if !text.is_empty() {
                    let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
                    shim = shim.conf(key, value);
                }
                let fault = Fault { seen: Seen::Later, verbs, code: *code, msg, details: "*" };
                let name = format!("{verb} {} with {key} {text}", row.1);
                cases.push(Case { name, shim, expect: fault.expect(row, verb) });
            }
        }
    }
    run("keys", cases, 4);
}

#[test]
fn the_older_list_of_a_gc_counts_where_the_newer_one_is_absent() {
    let agent = friendly("v4");
    let row = &Row::spoken()[6];
    let mut cases = Vec::new();
    for list in [json!(null), json!([]), json!([{"containerID": "a", "ifname": "eth0"}])] {
        let mut shim = row.call("GC", "v4", &agent.socket());
        shim.conf.as_object_mut().unwrap().remove("cni.dev/valid-attachments");
        let shim = shim.conf("cni.dev/attachments", list);
        cases.push(Case { name: shim.conf.to_string(), shim, expect: row.expect("GC", "v4") });
    }
    run("older lists", cases, 4);
    assert_eq!(agent.rest().len(), 3);
}
