//! What the tests ask for and answer with.

use croft_shim::proto::v1::{AllocateResponse, AllocatedAddress, Allocation, Attachment, Route};

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
