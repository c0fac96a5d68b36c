//! DEL: always a success, unless somebody must know.

use std::fs::{self, File};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use croft_shim::clock::boot_id;
use croft_shim::proto::v1::{ReleaseRequest, ReleaseResponse};
use croft_shim::version::SUPPORTED;
use serde_json::json;

use crate::agent::{Answer, FakeAgent, Refusal, answer};
use crate::fixture::{attachment, boot_nanos, nanos};
use crate::shim::Shim;

fn friendly() -> FakeAgent {
    FakeAgent::start(|_| answer(ReleaseResponse { released: true }))
}

fn refusing(code: i32, reason: &str) -> FakeAgent {
    let message = "attachment not found: no such file or directory".to_owned();
    let refusal = Refusal { code, message, reason: reason.into(), remedy: String::new() };
    FakeAgent::start(move |_| Answer::Refuse(refusal.clone()))
}

#[test]
fn the_attachment_is_released_by_its_key_and_stamp_alone() {
    let agent = friendly();
    for version in SUPPORTED {
        let before = boot_nanos();
        Shim::new("DEL", &agent.socket()).version(version).run().silent();
        let seen = agent.next();
        assert_eq!(seen.method, "Release");
        let request: ReleaseRequest = seen.decode();
        let began = nanos(request.began_since_boot);
        assert!(before <= began && began <= boot_nanos());
        let expected = ReleaseRequest {
            attachment: Some(attachment()),
            began_since_boot: request.began_since_boot,
            sequence: None,
            undo: false,
        };
        assert_eq!(request, expected);
    }
    assert_eq!(agent.spooled().len(), 0);
}

#[test]
fn neither_namespace_nor_pool_nor_a_sound_configuration_is_needed() {
    let agent = friendly();
    let shim = Shim::new("DEL", &agent.socket());
    shim.clone().without("CNI_NETNS").run().silent();
    shim.clone().env("CNI_NETNS", "/run/netns/long-gone").run().silent();
    shim.clone().env("CNI_ARGS", "nonsense").run().silent();
    shim.clone().conf("prevResult", json!("nonsense")).run().silent();
    shim.clone().conf("runtimeConfig", json!({"ips": 7, "pools": [7]})).run().silent();
    let annotated = json!({"io.kubernetes.cri.pod-annotations": {"croft.io/what": "x"}});
    shim.clone().conf("runtimeConfig", annotated).run().silent();
    let ipam = json!({"type": "croft", "socket": agent.socket(), "ranges": [], "pools": 7});
    shim.conf("ipam", ipam).run().silent();
    assert_eq!(agent.rest().len(), 7);
}

#[test]
fn an_attachment_that_holds_nothing_is_a_success() {
    let agent = FakeAgent::start(|_| answer(ReleaseResponse { released: false }));
    Shim::new("DEL", &agent.socket()).run().silent();
    let agent = refusing(5, "NOT_ALLOCATED");
    Shim::new("DEL", &agent.socket()).run().silent();
    Shim::new("DEL", &agent.socket()).run().silent();
    assert_eq!(agent.spooled().len(), 0);
}

#[test]
fn without_an_agent_the_release_is_spooled_at_once() {
    let agent = FakeAgent::absent();
    let before = boot_nanos();
    let start = Instant::now();
    Shim::new("DEL", &agent.socket()).run().silent();
    Shim::new("DEL", &agent.socket()).env("CNI_IFNAME", "net1").run().silent();
    assert!(start.elapsed() < Duration::from_secs(2));
    let spooled = agent.spooled();
    assert_eq!(spooled.len(), 2);
    for ((name, entry), interface) in spooled.iter().zip(["eth0", "net1"]) {
        let began = entry["began"].as_u64().unwrap();
        assert!(before <= began && began <= boot_nanos());
        let id = entry["request_id"].as_str().unwrap();
        assert_eq!(*name, format!("{began:020}-{id}.json"));
        assert_eq!(
            *entry,
            json!({
                "format": 1, "boot_id": boot_id().unwrap(), "began": began, "undo": false, "request_id": id,
                "attachment": {"network": "podnet", "container_id": "9f2c", "interface_name": interface},
            })
        );
    }
}

#[test]
fn a_missing_run_directory_is_made_but_not_its_parents() {
    let agent = FakeAgent::absent();
    Shim::new("DEL", &agent.dir().join("run/cni.sock")).run().silent();
    assert_eq!(fs::read_dir(agent.dir().join("run/spool")).unwrap().count(), 1);
    let msg = Shim::new("DEL", &agent.dir().join("a/b/cni.sock")).run().refused(11);
    assert!(msg.starts_with("SPOOL_UNWRITABLE: the release cannot be kept in "), "{msg}");
}

#[test]
fn a_full_spool_is_an_error() {
    let agent = FakeAgent::absent();
    let spool = agent.dir().join("spool");
    fs::create_dir(&spool).unwrap();
    for at in 0..4096 {
        File::create(spool.join(format!("{at:020}-x.json"))).unwrap();
    }
    let msg = Shim::new("DEL", &agent.socket()).run().refused(11);
    assert!(msg.starts_with("SPOOL_FULL: "), "{msg}");
    assert!(msg.contains("holds 4096 of 4096 undelivered releases"), "{msg}");
    assert_eq!(fs::read_dir(&spool).unwrap().count(), 4096);
    fs::remove_file(spool.join("00000000000000000000-x.json")).unwrap();
    Shim::new("DEL", &agent.socket()).run().silent();
}

#[test]
fn what_the_agent_cannot_take_now_is_spooled() {
    for (code, reason) in [(14, "AGENT_STOPPING"), (8, "MAILBOX_FULL"), (14, ""), (4, ""), (1, ""), (10, "")] {
        let agent = refusing(code, reason);
        Shim::new("DEL", &agent.socket()).run().silent();
        assert_eq!(agent.spooled().len(), 1, "{code} {reason}");
        let stamps: Vec<_> = agent.rest().iter().map(|seen| seen.decode::<ReleaseRequest>().began_since_boot).collect();
        assert!(stamps.len() >= 2 && stamps.iter().all(|stamp| *stamp == stamps[0]), "{stamps:?}");
    }
}

#[test]
fn an_agent_that_comes_just_after_the_spooling_gets_the_release_and_the_entry_is_removed() {
    let mut first = true;
    let agent = FakeAgent::start(move |_| match std::mem::take(&mut first) {
        true => Answer::Refuse(Refusal { code: 14, reason: "AGENT_STOPPING".into(), ..Default::default() }),
        false => answer(ReleaseResponse { released: true }),
    });
    Shim::new("DEL", &agent.socket()).run().silent();
    assert_eq!(agent.rest_methods(), ["Release", "Release"]);
    assert_eq!(agent.spooled().len(), 0);
}

#[test]
fn a_refusal_that_time_does_not_heal_is_an_error_in_words_that_nobody_swallows() {
    for (code, reason, cni) in [(7, "PEER_DENIED", 103), (13, "STATE_VIOLATION", 104), (12, "", 1)] {
        let agent = refusing(code, reason);
        let msg = Shim::new("DEL", &agent.socket()).run().refused(cni);
        assert!(msg.contains("attachment absent"), "{msg}");
        assert_eq!(agent.spooled().len(), 0);
    }
}

#[test]
fn an_answer_that_settles_nothing_is_spooled() {
    for (code, reason) in [(13, ""), (2, ""), (13, "INTERNAL")] {
        let agent = refusing(code, reason);
        Shim::new("DEL", &agent.socket()).run().silent();
        assert_eq!(agent.spooled().len(), 1);
    }
}

#[test]
fn a_name_that_no_add_can_have_had_is_a_success() {
    let agent = refusing(3, "INVALID_FIELD");
    Shim::new("DEL", &agent.socket()).run().silent();
    assert_eq!(agent.spooled().len(), 0);
}

#[test]
fn a_hung_agent_costs_nine_seconds_and_the_release_is_spooled() {
    let agent = FakeAgent::start(|_| Answer::Hang);
    let start = Instant::now();
    Shim::new("DEL", &agent.socket()).run().silent();
    let took = start.elapsed();
    assert!(took > Duration::from_millis(7900) && took < Duration::from_secs(11), "{took:?}");
    assert_eq!(agent.rest_methods(), ["Release", "Release"]);
    assert_eq!(agent.spooled().len(), 1);
}

#[test]
fn an_orphan_finishes_its_release() {
    let agent = friendly();
    let shim = Shim::new("DEL", &agent.socket()).conf("padding", json!("x".repeat(300_000)));
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "\"$0\"; true", env!("CARGO_BIN_EXE_croft")]).env_clear().envs(&shim.env);
    let mut parent = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut stdin = parent.stdin.take().unwrap();
    let input = shim.input();
    let (most, rest) = input.split_at(input.len() - 9);
    // More than a pipe holds: when it is written, the plugin reads.
    stdin.write_all(most).unwrap();
    parent.kill().unwrap();
    parent.wait().unwrap();
    stdin.write_all(rest).unwrap();
    drop(stdin);
    assert_eq!(agent.next().method, "Release");
}
