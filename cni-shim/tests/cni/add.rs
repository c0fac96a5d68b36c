//! ADD while everything goes well, and the refusals of the agent.

use std::path::Path;

use croft_shim::proto::v1::{AllocateRequest, AllocatedAddress, ReleaseRequest};
use croft_shim::version::SUPPORTED;
use serde_json::{Value, json};

use crate::agent::{Answer, FakeAgent, Refusal, answer};
use crate::fixture::{allocated, attachment, boot_nanos, nanos, result, v4, v6};
use crate::shim::Shim;

fn giving(addresses: Vec<AllocatedAddress>) -> FakeAgent {
    FakeAgent::start(move |seen| match seen.method.as_str() {
        "Allocate" => answer(allocated(&addresses)),
        _ => Answer::Message(Vec::new()),
    })
}

fn refusing(refusal: Refusal) -> FakeAgent {
    FakeAgent::start(move |_| Answer::Refuse(refusal.clone()))
}

#[test]
fn each_version_has_its_shape_for_v4_v6_and_both() {
    for (addresses, families) in [(vec![v4()], "v4"), (vec![v6()], "v6"), (vec![v4(), v6()], "dual")] {
        let agent = giving(addresses);
        for version in SUPPORTED {
            let outcome = Shim::new("ADD", &agent.socket()).version(version).run();
            assert_eq!((outcome.exit, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
            assert_eq!(outcome.json(), result(version, families));
            assert_eq!(outcome.stdout.lines().count(), 1);
        }
    }
}

#[test]
fn a_pool_without_gateway_and_routes_gives_a_bare_address() {
    let bare = AllocatedAddress { address: "10.9.0.7".into(), prefix_length: 32, ..Default::default() };
    let agent = giving(vec![bare]);
    let outcome = Shim::new("ADD", &agent.socket()).version("1.0.0").run();
    assert_eq!(outcome.stdout, "{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.9.0.7/32\"}]}\n");
}

#[test]
fn the_agent_is_told_everything_about_the_call() {
    let agent = giving(vec![v4()]);
    let before = boot_nanos();
    let shim = Shim::new("ADD", &agent.socket())
        .conf("runtimeConfig", json!({"ips": ["10.1.2.2/24"], "pools": ["a", "b"]}))
        .conf("capabilities", json!({"ips": true}));
    assert_eq!(shim.run().exit, 0);
    let after = boot_nanos();
    let seen = agent.next();
    assert_eq!(
        (seen.method.as_str(), seen.authority.as_str(), seen.scheme.as_str()),
        ("Allocate", "localhost", "http")
    );
    assert_eq!((seen.header("content-type"), seen.header("te")), ("application/grpc", "trailers"));
    let id = seen.header("croft-request-id");
    assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    let timeout: u64 = seen.header("grpc-timeout").strip_suffix('m').unwrap().parse().unwrap();
    assert!((5000..=6000).contains(&timeout), "{timeout}");
    let request: AllocateRequest = seen.decode();
    assert_eq!(request.attachment, Some(attachment()));
    assert_eq!((request.pools, request.addresses), (vec!["a".into(), "b".into()], vec!["10.1.2.2".into()]));
    assert_eq!(request.plugin, "bridge");
    let began = nanos(request.began_since_boot);
    assert!(before <= began && began <= after, "{before} {began} {after}");
    let workload = request.workload.unwrap();
    assert_eq!((workload.namespace.as_str(), workload.pod.as_str(), workload.uid.as_str()), ("team-a", "web-0", "u-1"));
    let netns = workload.netns.unwrap();
    let stat = rustix::fs::stat("/proc/self/ns/ipc").unwrap();
    assert_eq!((netns.path.as_str(), netns.device, netns.inode), ("/proc/self/ns/ipc", stat.st_dev, stat.st_ino));
    assert_eq!(agent.rest_methods(), [""; 0]);
}

#[test]
fn outside_kubernetes_id_and_interface_are_enough() {
    let agent = giving(vec![v4()]);
    assert_eq!(Shim::new("ADD", &agent.socket()).without("CNI_ARGS").run().exit, 0);
    let workload = agent.next().decode::<AllocateRequest>().workload.unwrap();
    assert_eq!((workload.namespace, workload.pod, workload.uid), Default::default());
}

#[test]
fn a_pod_annotation_chooses_pools() {
    let agent = giving(vec![v4()]);
    let annotations = |text: Value| json!({ "io.kubernetes.cri.pod-annotations": text });
    let shim = Shim::new("ADD", &agent.socket());
    let chosen = shim.clone().conf("runtimeConfig", annotations(json!({"croft.io/pools": "a,b", "x": "y"})));
    assert_eq!(chosen.run().exit, 0);
    assert_eq!(agent.next().decode::<AllocateRequest>().pools, ["a", "b"]);
    let misspelt = shim.conf("runtimeConfig", annotations(json!({"croft.io/pool": "a"})));
    let msg = misspelt.run().refused(7);
    assert!(msg.starts_with("UNKNOWN_ANNOTATION: ") && msg.contains("did you mean \"croft.io/pools\"?"), "{msg}");
    assert_eq!(agent.rest_methods(), [""; 0]);
}

#[test]
fn an_unknown_key_of_ipam_is_refused_with_a_suggestion() {
    let agent = giving(vec![v4()]);
    let shim = Shim::new("ADD", &agent.socket()).conf("ipam", json!({"type": "croft", "sockets": "x"}));
    let outcome = shim.run();
    let msg = outcome.refused(7);
    assert!(msg.starts_with("UNKNOWN_KEY: ipam has the key \"sockets\", did you mean \"socket\"?; "), "{msg}");
    assert_eq!(outcome.details(), "pod team-a/web-0; attachment podnet/9f2c/eth0");
}

#[test]
fn a_namespace_that_does_not_exist_is_refused_before_the_agent_is_asked() {
    let agent = giving(vec![v4()]);
    let msg = Shim::new("ADD", &agent.socket()).env("CNI_NETNS", "/run/netns/none-such").run().refused(4);
    assert!(msg.starts_with("NETNS_MISSING: CNI_NETNS \"/run/netns/none-such\" does not exist; "), "{msg}");
    assert_eq!(agent.rest_methods(), [""; 0]);
}

#[test]
fn the_plugins_own_namespace_is_refused_unless_it_is_meant() {
    let agent = giving(vec![v4()]);
    let shim = Shim::new("ADD", &agent.socket()).env("CNI_NETNS", "/proc/self/ns/net");
    let text = "plugin's netns and netns from CNI_NETNS should not be the same";
    assert_eq!(shim.run().refused(8), text);
    assert_eq!(agent.rest_methods(), [""; 0]);
    assert_eq!(shim.env("CNI_NETNS_OVERRIDE", "TRUE").run().exit, 0);
}

#[test]
fn each_refusal_of_the_agent_has_its_code() {
    let by_reason = [
        (8, "POOL_EXHAUSTED", 100),
        (14, "POOL_EXHAUSTED", 100),
        (6, "ADDRESS_IN_USE", 101),
        (7, "PEER_DENIED", 103),
        (9, "DELETED_MEANWHILE", 105),
        (14, "BLOCK_PENDING", 11),
        (8, "MAILBOX_FULL", 11),
        (14, "JOURNAL_FULL", 11),
        (3, "INVALID_FIELD", 7),
        (5, "POOL_UNKNOWN", 7),
        (9, "MODE_MISMATCH", 7),
        (7, "POOL_DENIED", 103),
        (13, "STATE_VIOLATION", 104),
        (15, "JOURNAL_UNUSABLE", 104),
    ];
    let by_status = [(3, 7), (5, 7), (6, 101), (7, 103), (8, 11), (9, 7), (11, 7), (12, 1), (16, 103)];
    let cases = by_reason.into_iter().chain(by_status.map(|(grpc, cni)| (grpc, "", cni)));
    for (grpc, reason, cni) in cases {
        let message = "pool \"team-a\" 10.2.0.0/24: 253 of 253 held, 0 resting; add a pool or delete pods";
        let agent = refusing(Refusal {
            code: grpc,
            message: message.into(),
            reason: reason.into(),
            remedy: "add a pool".into(),
        });
        let outcome = Shim::new("ADD", &agent.socket()).run();
        let msg = outcome.refused(cni);
        let id = agent.next().header("croft-request-id").to_owned();
        if reason.is_empty() {
            assert!(msg.contains(&format!(": {message}; request {id}")), "{msg}");
        } else {
            assert_eq!(msg, format!("{reason}: {message}; request {id}"));
            assert_eq!(outcome.details(), "pod team-a/web-0; attachment podnet/9f2c/eth0");
        }
        // The agent decided, so there is nothing to take back.
        assert_eq!(agent.rest_methods(), [""; 0], "{grpc} {reason}");
        assert_eq!(agent.spooled().len(), 0);
    }
}

#[test]
fn a_long_message_of_the_agent_is_cut_to_300_bytes() {
    let agent = refusing(Refusal { code: 3, message: "x".repeat(4000), ..Default::default() });
    let msg = Shim::new("ADD", &agent.socket()).run().refused(7);
    assert_eq!(msg.len(), 300);
    assert!(msg.contains("…; request "), "{msg}");
}

#[test]
fn a_repeated_add_prints_the_same_bytes() {
    let agent = giving(vec![v4(), v6()]);
    let shim = Shim::new("ADD", &agent.socket());
    assert_eq!(shim.run().stdout, shim.run().stdout);
}

#[test]
fn a_request_that_the_agent_cannot_take_is_not_sent() {
    let agent = giving(vec![v4()]);
    let names: Vec<String> = (0..10_000).map(|at| format!("pool-{at}")).collect();
    let msg = Shim::new("ADD", &agent.socket()).conf("runtimeConfig", json!({ "pools": names })).run().refused(7);
    assert!(msg.starts_with("REQUEST_TOO_BIG: "), "{msg}");
    assert_eq!(agent.rest_methods(), [""; 0]);
}

#[test]
fn a_container_id_longer_than_the_agent_takes_is_refused_but_can_be_deleted() {
    let agent = giving(vec![v4()]);
    let id = "x".repeat(129);
    let msg = Shim::new("ADD", &agent.socket()).env("CNI_CONTAINERID", &id).run().refused(4);
    assert!(msg.starts_with("ENV_INVALID: CNI_CONTAINERID has 129 characters"), "{msg}");
    Shim::new("DEL", &agent.socket()).env("CNI_CONTAINERID", &id).run().silent();
    assert_eq!(agent.rest_methods(), [""; 0]);
    assert_eq!(Shim::new("ADD", &agent.socket()).env("CNI_CONTAINERID", &id[1..]).run().exit, 0);
}

#[test]
fn a_socket_of_another_user_is_not_trusted() {
    let agent = giving(vec![v4()]);
    if std::os::unix::fs::chown(agent.socket(), Some(12345), None).is_err() {
        // Only root can give a file away; others cannot be in this danger from themselves.
        return;
    }
    for verb in ["ADD", "DEL", "STATUS"] {
        let msg = Shim::new(verb, &agent.socket()).run().refused(103);
        assert!(msg.starts_with("AGENT_UNTRUSTED: the agent's socket belongs to user 12345; "), "{msg}");
    }
    assert_eq!(agent.rest_methods(), [""; 0]);
}

#[test]
fn an_answer_that_no_caller_could_use_is_taken_back() {
    let no_address = allocated(&[]);
    let odd = allocated(&[AllocatedAddress { address: "10.1.2".into(), prefix_length: 24, ..Default::default() }]);
    for bad in [no_address, odd, Default::default()] {
        let agent = FakeAgent::start(move |seen| match seen.method.as_str() {
            "Allocate" => answer(bad.clone()),
            _ => Answer::Message(Vec::new()),
        });
        let msg = Shim::new("ADD", &agent.socket()).run().refused(104);
        assert!(msg.starts_with("ANSWER_UNUSABLE: "), "{msg}");
        let stamp = agent.next().decode::<AllocateRequest>().began_since_boot;
        let undo: ReleaseRequest = agent.next().decode();
        assert_eq!((undo.undo, undo.began_since_boot, undo.sequence), (true, stamp, None));
    }
}

#[test]
fn a_socket_that_is_no_path_is_refused() {
    let shim = Shim::new("ADD", Path::new("/unused")).conf("ipam", json!({"type": "croft", "socket": 7}));
    let msg = shim.run().refused(7);
    assert!(msg.starts_with("INVALID_CONF: ipam.socket is 7, expected an absolute path"), "{msg}");
}

#[test]
fn a_hundred_at_once_are_all_served() {
    let agent = giving(vec![v4()]);
    let shim = Shim::new("ADD", &agent.socket());
    let children: Vec<_> = (0..100).map(|at| shim.clone().env("CNI_IFNAME", &format!("net{at}")).spawn()).collect();
    for child in children {
        let outcome = crate::shim::Outcome::of(child);
        assert_eq!(outcome.exit, 0, "{outcome:?}");
    }
    let mut interfaces: Vec<_> =
        agent.rest().iter().map(|seen| seen.decode::<AllocateRequest>().attachment.unwrap().interface_name).collect();
    interfaces.sort();
    interfaces.dedup();
    assert_eq!(interfaces.len(), 100);
}
