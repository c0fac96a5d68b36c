//! CHECK, STATUS and GC.

use std::time::{Duration, Instant};

use croft_shim::clock::boot_id;
use croft_shim::proto::v1::{
    CheckRequest, CheckResponse, CollectGarbageRequest, CollectGarbageResponse, ExpectedAddresses, GetStatusResponse,
    ValidAttachment,
};
use serde_json::json;

use crate::agent::{Answer, FakeAgent, Refusal, answer};
use crate::fixture::{attachment, boot_nanos, nanos};
use crate::shim::Shim;

const SECOND: u64 = 1_000_000_000;

fn refusing(code: i32, reason: &str) -> FakeAgent {
    let refusal = Refusal { code, message: "m".into(), reason: reason.into(), remedy: String::new() };
    FakeAgent::start(move |_| Answer::Refuse(refusal.clone()))
}

#[test]
fn check_hands_the_addresses_of_the_previous_result_over() {
    let agent = FakeAgent::start(|_| answer(CheckResponse::default()));
    let previous = json!({
        "cniVersion": "1.1.0", "interfaces": [{"name": "eth0"}],
        "ips": [{"address": "10.1.2.2/24", "interface": 0}, {"address": "fd00::2/64"}],
    });
    for version in ["0.4.0", "1.0.0", "1.1.0"] {
        Shim::new("CHECK", &agent.socket()).version(version).conf("prevResult", previous.clone()).run().silent();
        let seen = agent.next();
        assert_eq!(seen.method, "Check");
        let addresses = vec!["10.1.2.2/24".into(), "fd00::2/64".into()];
        let expected = CheckRequest { attachment: Some(attachment()), expected: Some(ExpectedAddresses { addresses }) };
        assert_eq!(seen.decode::<CheckRequest>(), expected);
    }
    Shim::new("CHECK", &agent.socket()).run().silent();
    assert_eq!(agent.next().decode::<CheckRequest>().expected, None);
}

#[test]
fn check_tells_an_absent_or_different_allocation_by_102_and_an_absent_agent_by_11() {
    for (code, reason) in [(5, "NOT_ALLOCATED"), (9, "ADDRESSES_DIFFER"), (5, "")] {
        Shim::new("CHECK", &refusing(code, reason).socket()).run().refused(102);
    }
    let start = Instant::now();
    let msg = Shim::new("CHECK", &FakeAgent::absent().socket()).run().refused(11);
    assert!(msg.starts_with("AGENT_UNAVAILABLE: "), "{msg}");
    let took = start.elapsed();
    assert!(took > Duration::from_secs(1) && took < Duration::from_secs(4), "{took:?}");
    Shim::new("CHECK", &refusing(13, "").socket()).run().refused(104);
    Shim::new("CHECK", &refusing(7, "PEER_DENIED").socket()).run().refused(103);
}

#[test]
fn check_of_a_hung_agent_ends_in_five_seconds() {
    let agent = FakeAgent::start(|_| Answer::Hang);
    let start = Instant::now();
    let msg = Shim::new("CHECK", &agent.socket()).run().refused(11);
    let took = start.elapsed();
    assert!(msg.starts_with("AGENT_TIMEOUT: "), "{msg}");
    assert!(took > Duration::from_millis(4900) && took < Duration::from_secs(7), "{took:?}");
    assert_eq!(agent.rest_methods(), ["Check", "Check"]);
}

#[test]
fn check_outlives_a_connection_that_breaks() {
    let mut first = true;
    let agent = FakeAgent::start(move |_| match std::mem::take(&mut first) {
        true => Answer::Drop,
        false => answer(CheckResponse::default()),
    });
    Shim::new("CHECK", &agent.socket()).run().silent();
}

#[test]
fn status_is_0_while_the_agent_serves() {
    let agent = FakeAgent::start(|_| answer(GetStatusResponse { serving: true, ..Default::default() }));
    Shim::new("STATUS", &agent.socket()).run().silent();
    assert_eq!(agent.next().method, "GetStatus");
}

#[test]
fn status_is_50_without_a_sign_of_health() {
    let not_serving = |seen: &crate::agent::Seen| {
        assert_eq!(seen.method, "GetStatus");
        answer(GetStatusResponse { message: "the journal is full".into(), ..Default::default() })
    };
    for (agent, name) in [
        (FakeAgent::absent(), "AGENT_UNAVAILABLE: there is no socket "),
        (FakeAgent::start(not_serving), "NOT_SERVING: the journal is full; "),
        (FakeAgent::start(|_| answer(GetStatusResponse::default())), "NOT_SERVING: the agent does not say why; "),
        (refusing(14, "AGENT_STOPPING"), "AGENT_STOPPING: m; "),
        (FakeAgent::start(|_| Answer::Drop), "AGENT_UNAVAILABLE: "),
    ] {
        let msg = Shim::new("STATUS", &agent.socket()).run().refused(50);
        assert!(msg.starts_with(name), "{msg}");
        agent.stamp(&boot_id().unwrap(), boot_nanos() - 119 * SECOND);
        Shim::new("STATUS", &agent.socket()).run().silent();
        agent.stamp(&boot_id().unwrap(), boot_nanos() - 121 * SECOND);
        Shim::new("STATUS", &agent.socket()).run().refused(50);
        agent.stamp("another boot", boot_nanos());
        Shim::new("STATUS", &agent.socket()).run().refused(50);
        std::fs::write(agent.dir().join("healthy"), "{").unwrap();
        Shim::new("STATUS", &agent.socket()).run().refused(50);
    }
}

#[test]
fn status_does_not_hide_a_refusal_behind_the_sign_of_health() {
    let agent = refusing(7, "PEER_DENIED");
    agent.stamp(&boot_id().unwrap(), boot_nanos());
    Shim::new("STATUS", &agent.socket()).run().refused(103);
}

#[test]
fn status_of_a_hung_agent_ends_in_a_second_and_a_half() {
    let agent = FakeAgent::start(|_| Answer::Hang);
    let start = Instant::now();
    let msg = Shim::new("STATUS", &agent.socket()).run().refused(50);
    let took = start.elapsed();
    assert!(msg.starts_with("AGENT_TIMEOUT: "), "{msg}");
    assert!(took > Duration::from_millis(1400) && took < Duration::from_millis(3000), "{took:?}");
    agent.stamp(&boot_id().unwrap(), boot_nanos());
    Shim::new("STATUS", &agent.socket()).run().silent();
}

#[test]
fn status_wants_a_sound_socket() {
    let shim = Shim::new("STATUS", std::path::Path::new("/unused"));
    shim.conf("ipam", json!({"socket": "relative"})).run().refused(7);
}

#[test]
fn gc_hands_its_list_over() {
    let agent = FakeAgent::start(|_| answer(CollectGarbageResponse::default()));
    let list = json!([{"containerID": "9f2c", "ifname": "eth0"}, {"containerID": "77", "ifname": "net1"}]);
    let shim = Shim::new("GC", &agent.socket());
    let before = boot_nanos();
    shim.clone().conf("cni.dev/valid-attachments", list.clone()).run().silent();
    let seen = agent.next();
    assert_eq!(seen.method, "CollectGarbage");
    let request: CollectGarbageRequest = seen.decode();
    let began = nanos(request.began_since_boot);
    assert!(before <= began && began <= boot_nanos());
    assert_eq!(request.network, "podnet");
    let valid =
        |id: &str, interface: &str| ValidAttachment { container_id: id.into(), interface_name: interface.into() };
    assert_eq!(request.valid, [valid("9f2c", "eth0"), valid("77", "net1")]);
    shim.clone().conf("cni.dev/attachments", list).run().silent();
    assert_eq!(agent.next().decode::<CollectGarbageRequest>().valid.len(), 2);
    for none in [json!(null), json!([])] {
        shim.clone().conf("cni.dev/valid-attachments", none).run().silent();
        assert_eq!(agent.next().decode::<CollectGarbageRequest>().valid.len(), 0);
    }
}

#[test]
fn gc_without_a_list_or_with_an_odd_one_asks_for_nothing() {
    let agent = FakeAgent::start(|_| answer(CollectGarbageResponse::default()));
    let shim = Shim::new("GC", &agent.socket());
    let msg = shim.run().refused(7);
    assert!(msg.starts_with("INVALID_CONF: GC without cni.dev/valid-attachments"), "{msg}");
    for odd in [json!({}), json!("x"), json!([7]), json!([{"containerID": "9f2c"}])] {
        shim.clone().conf("cni.dev/valid-attachments", odd).run().refused(7);
    }
    assert_eq!(agent.rest_methods(), [""; 0]);
}

#[test]
fn gc_with_more_than_fits_into_a_message_is_refused_whole() {
    let agent = FakeAgent::start(|_| answer(CollectGarbageResponse::default()));
    let list: Vec<_> = (0..2000).map(|at| json!({"containerID": format!("{at:064}"), "ifname": "eth0"})).collect();
    let msg = Shim::new("GC", &agent.socket()).conf("cni.dev/valid-attachments", json!(list)).run().refused(7);
    assert!(msg.starts_with("REQUEST_TOO_BIG: 2000 attachments in the list of a GC; "), "{msg}");
    assert_eq!(agent.rest_methods(), [""; 0]);
    let most: Vec<_> = list.into_iter().take(800).collect();
    Shim::new("GC", &agent.socket()).conf("cni.dev/valid-attachments", json!(most)).run().silent();
    assert_eq!(agent.next().decode::<CollectGarbageRequest>().valid.len(), 800);
}

/// The limit of GC is also the longest of all: what is said at its end needs time of its own.
#[test]
fn gc_of_a_hung_agent_says_so_after_thirty_seconds() {
    let agent = FakeAgent::start(|_| Answer::Hang);
    let shim = Shim::new("GC", &agent.socket()).conf("cni.dev/valid-attachments", json!([]));
    let msg = shim.run().refused(11);
    assert!(msg.starts_with("AGENT_TIMEOUT: "), "{msg}");
}

#[test]
fn gc_that_was_held_back_is_106() {
    let agent = refusing(9, "GC_BRAKE");
    let shim = Shim::new("GC", &agent.socket()).conf("cni.dev/valid-attachments", json!([]));
    assert!(shim.run().refused(106).starts_with("GC_BRAKE: m; request "));
}
