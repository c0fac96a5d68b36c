//! What is made odd about a call. Add a row to try one more thing on both plugins.

use serde_json::json;

use crate::call::{Call, Place};

/// A name, the verbs that it is tried with, and the change.
pub struct Oddity(pub &'static str, pub &'static [&'static str], pub fn(&mut Call));

const ALL: &[&str] = &["ADD", "CHECK", "DEL"];
const ADD: &[&str] = &["ADD"];
const CHECK: &[&str] = &["CHECK"];

fn env(call: &mut Call, name: &str, value: &str) {
    call.env.insert(name.to_owned(), value.to_owned());
}

pub const ODDITIES: &[Oddity] = &[
    // The environment.
    Oddity("no id", ALL, |call| drop(call.env.remove("CNI_CONTAINERID"))),
    Oddity("no netns", ALL, |call| drop(call.env.remove("CNI_NETNS"))),
    Oddity("empty netns", ALL, |call| env(call, "CNI_NETNS", "")),
    Oddity("no interface", ALL, |call| drop(call.env.remove("CNI_IFNAME"))),
    Oddity("no path", ALL, |call| drop(call.env.remove("CNI_PATH"))),
    Oddity("nothing but the verb", ALL, |call| call.env.retain(|name, _| name == "CNI_COMMAND")),
    Oddity("bad id", ALL, |call| env(call, "CNI_CONTAINERID", "some-%%container-id")),
    Oddity("spaces around the id", ALL, |call| env(call, "CNI_CONTAINERID", " a ")),
    Oddity("id of 129", ALL, |call| {
        let id = format!("{:x<129}", call.key().0);
        env(call, "CNI_CONTAINERID", &id);
    }),
    Oddity("long interface", ALL, |call| env(call, "CNI_IFNAME", "1234567890123456")),
    Oddity("interface of dots", ALL, |call| env(call, "CNI_IFNAME", "..")),
    Oddity("interface with a slash", ALL, |call| env(call, "CNI_IFNAME", "te/st")),
    Oddity("interface with a colon", ALL, |call| env(call, "CNI_IFNAME", "te:st")),
    Oddity("interface with a space", ALL, |call| env(call, "CNI_IFNAME", "te st")),
    Oddity("lost netns", ALL, |call| env(call, "CNI_NETNS", "/run/netns/none-such")),
    Oddity("own netns", ALL, |call| env(call, "CNI_NETNS", "/proc/self/ns/net")),
    Oddity("own netns, meant", ALL, |call| {
        env(call, "CNI_NETNS", "/proc/self/ns/net");
        env(call, "CNI_NETNS_OVERRIDE", "1");
    }),
    Oddity("args of Kubernetes", ALL, |call| {
        env(call, "CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=a;K8S_POD_NAME=b;K8S_POD_UID=c");
    }),
    Oddity("unknown args", ALL, |call| env(call, "CNI_ARGS", "K8S_POD_NAME=b")),
    Oddity("empty pair of args", ALL, |call| env(call, "CNI_ARGS", "IgnoreUnknown=1;;")),
    Oddity("two signs in a pair of args", ALL, |call| env(call, "CNI_ARGS", "IgnoreUnknown=1;X=a=b")),
    Oddity("args without a sign", ALL, |call| env(call, "CNI_ARGS", "oops")),
    Oddity("an empty IP in args", ALL, |call| env(call, "CNI_ARGS", "IgnoreUnknown=1;IP=")),
    Oddity("trace variables", ALL, |call| {
        env(call, "TRACEPARENT", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    }),
    // The configuration.
    Oddity("not JSON", ALL, |call| call.bytes = Some(b"{".to_vec())),
    Oddity("a list for a configuration", ALL, |call| call.bytes = Some(b"[]".to_vec())),
    Oddity("not UTF-8", ALL, |call| call.bytes = Some(b"{\"name\":\"\xff\"}".to_vec())),
    Oddity("rest behind the JSON", ALL, |call| call.bytes = Some(b"{\"name\":\"a\"} x".to_vec())),
    Oddity("no name", ALL, |call| drop(call.keys.insert("name".into(), json!("")))),
    Oddity("number for a name", ALL, |call| drop(call.keys.insert("name".into(), json!(7)))),
    Oddity("bad name", ALL, |call| drop(call.keys.insert("name".into(), json!("a b")))),
    Oddity("number for a version", ALL, |call| call.version = "1.0"),
    Oddity("no ipam", ADD, |call| call.ipam = Some(json!(null))),
    Oddity("a list for ipam", ADD, |call| call.ipam = Some(json!([]))),
    Oddity("unknown key of ipam", ALL, |call| drop(call.ipam_keys.insert("unknown".into(), json!(1)))),
    Oddity("unknown keys", ALL, |call| {
        call.keys.insert("mtu".into(), json!(1500));
        call.keys.insert("capabilities".into(), json!({"ips": true}));
        call.keys.insert("<&>".into(), json!({"deep": [[[{}]]]}));
    }),
    Oddity("runtime's word of others", ALL, |call| {
        call.keys
            .insert("runtimeConfig".into(), json!({"mac": "02:00:00:00:00:01", "portMappings": [], "bandwidth": {}}));
    }),
    Oddity("args of others", ALL, |call| drop(call.keys.insert("args".into(), json!({"cni": {"labels": []}, "x": 1})))),
    Oddity("number for ips", ALL, |call| drop(call.keys.insert("args".into(), json!({"cni": {"ips": 7}})))),
    Oddity("bad ip in args", ALL, |call| call.wish(Place::Args, "10.64.0")),
    Oddity("bad ip of the runtime", ALL, |call| call.wish(Place::RuntimeConfig, "10.64.0.9/33")),
    Oddity("bad ip in CNI_ARGS", ALL, |call| call.wish(Place::CniArgs, "garbage")),
    Oddity("ip with zeros in front", ALL, |call| call.wish(Place::Args, "010.064.000.009")),
    Oddity("dns", ALL, |call| drop(call.keys.insert("dns".into(), json!({"nameservers": ["192.0.2.3"]})))),
    // The previous result of a CHECK; that of the ADD comes by itself.
    Oddity("previous result of another", CHECK, |call| {
        let ips = json!([{"address": "192.0.2.9/24", "version": "4"}]);
        call.keys.insert("prevResult".into(), json!({"cniVersion": "0.4.0", "ips": ips}));
    }),
    Oddity("previous result with more", CHECK, |call| {
        if let Some(ips) = call.keys.get_mut("prevResult").and_then(|result| result["ips"].as_array_mut()) {
            ips.push(json!({"address": "192.0.2.9/24", "version": "4"}));
        }
    }),
    Oddity("no previous result", CHECK, |call| drop(call.keys.remove("prevResult"))),
    Oddity("nonsense for a previous result", ALL, |call| drop(call.keys.insert("prevResult".into(), json!("x")))),
];
