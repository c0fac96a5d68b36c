//! What the tests ask for and answer with.

use croft_shim::proto::v1::{AllocateResponse, AllocatedAddress, Allocation, Attachment, Route};
use serde_json::{Value, json};

/// The boot clock, as the plugin reads it.
pub fn boot_nanos() -> u64 {
    croft_shim::clock::boot_nanos()
}

/// A start stamp as nanoseconds.
pub fn nanos(stamp: Option<prost_types::Duration>) -> u64 {
    let stamp = stamp.expect("a start stamp");
    stamp.seconds as u64 * 1_000_000_000 + stamp.nanos as u64
}

/// The attachment that `Shim::new` speaks of.
pub fn attachment() -> Attachment {
    Attachment { network: "podnet".into(), container_id: "9f2c".into(), interface_name: "eth0".into() }
}

pub fn v4() -> AllocatedAddress {
    AllocatedAddress {
        address: "10.1.2.2".into(),
        prefix_length: 24,
        gateway: "10.1.2.1".into(),
        routes: vec![Route { destination: "0.0.0.0/0".into(), gateway: "10.1.2.1".into() }],
        pool: "p4".into(),
    }
}

pub fn v6() -> AllocatedAddress {
    AllocatedAddress {
        address: "2001:db8:1::2".into(),
        prefix_length: 64,
        gateway: "2001:db8:1::1".into(),
        routes: vec![Route { destination: "::/0".into(), gateway: "2001:db8:1::1".into() }],
        pool: "p6".into(),
    }
}

/// An answer to Allocate with these addresses.
pub fn allocated(addresses: &[AllocatedAddress]) -> AllocateResponse {
    let allocation =
        Allocation { attachment: Some(attachment()), sequence: 1, addresses: addresses.to_vec(), ..Default::default() };
    AllocateResponse { allocation: Some(allocation) }
}

/// The result of an ADD that was given [`v4`], [`v6`] or, with "dual", both.
pub fn result(version: &str, families: &str) -> Value {
    let (four, six) = (families != "v6", families != "v4");
    let (route4, route6) =
        (json!({"dst": "0.0.0.0/0", "gw": "10.1.2.1"}), json!({"dst": "::/0", "gw": "2001:db8:1::1"}));
    let mut result = json!({ "cniVersion": version });
    if version < "0.3.0" {
        if four {
            result["ip4"] = json!({"ip": "10.1.2.2/24", "gateway": "10.1.2.1", "routes": [route4]});
        }
        if six {
            result["ip6"] = json!({"ip": "2001:db8:1::2/64", "gateway": "2001:db8:1::1", "routes": [route6]});
        }
        return result;
    }
    let mut ip4 = json!({"address": "10.1.2.2/24", "gateway": "10.1.2.1"});
    let mut ip6 = json!({"address": "2001:db8:1::2/64", "gateway": "2001:db8:1::1"});
    if version < "1.0.0" {
        ip4["version"] = json!("4");
        ip6["version"] = json!("6");
    }
    let chosen =
        |all: [(bool, Value); 2]| Value::from_iter(all.into_iter().filter(|(there, _)| *there).map(|(_, v)| v));
    result["ips"] = chosen([(four, ip4), (six, ip6)]);
    result["routes"] = chosen([(four, route4), (six, route6)]);
    result
}
