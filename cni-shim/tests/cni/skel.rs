//! What the CNI reference library asserts of every plugin, of this one: environment, stdin, versions, verbs.

use std::path::Path;
use std::process::Stdio;

use croft_shim::proto::v1;
use croft_shim::version::SUPPORTED;
use serde_json::json;

use crate::agent::{Answer, FakeAgent, answer};
use crate::fixture;
use crate::shim::Shim;

fn nobody(verb: &str) -> Shim {
    Shim::new(verb, Path::new("/run/croft-test-nobody/x/cni.sock"))
}

/// An agent that says yes to everything.
fn friendly() -> FakeAgent {
    FakeAgent::start(|seen| match seen.method.as_str() {
        "Allocate" => answer(fixture::allocated(&[fixture::v4()])),
        "GetStatus" => answer(v1::GetStatusResponse { serving: true, ..Default::default() }),
        _ => Answer::Message(Vec::new()),
    })
}

#[test]
fn each_verb_requires_its_variables_and_no_others() {
    let agent = friendly();
    let all = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS", "CNI_PATH"];
    for (verb, required) in [
        ("ADD", &["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_PATH"][..]),
        ("CHECK", &["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_PATH"]),
        ("DEL", &["CNI_CONTAINERID", "CNI_IFNAME", "CNI_PATH"]),
        ("GC", &["CNI_PATH"]),
        ("STATUS", &["CNI_PATH"]),
        ("VERSION", &[]),
    ] {
        for name in all {
            let shim = Shim::new(verb, &agent.socket()).conf("cni.dev/valid-attachments", json!([]));
            for shim in [shim.clone().without(name), shim.env(name, "")] {
                let outcome = shim.run();
                if required.contains(&name) {
                    assert_eq!(outcome.refused(4), format!("required env variables [{name}] missing"));
                } else {
                    assert_eq!(outcome.exit, 0, "{verb} {name} {outcome:?}");
                }
            }
        }
    }
}

#[test]
fn all_missing_variables_are_named_in_one_error() {
    let shim = nobody("ADD").without("CNI_NETNS").without("CNI_IFNAME").without("CNI_PATH");
    assert_eq!(shim.run().refused(4), "required env variables [CNI_NETNS,CNI_IFNAME,CNI_PATH] missing");
}

#[test]
fn a_bad_interface_name_is_refused() {
    for (name, text, details) in [
        ("1234567890123456", "interface name is too long", "interface name should be less than 16 characters"),
        (".", "interface name is . or ..", ""),
        ("..", "interface name is . or ..", ""),
        ("te/st", "interface name contains / or : or whitespace characters", ""),
        ("te:st", "interface name contains / or : or whitespace characters", ""),
        ("te st", "interface name contains / or : or whitespace characters", ""),
    ] {
        for verb in ["ADD", "DEL", "CHECK"] {
            let outcome = nobody(verb).env("CNI_IFNAME", name).run();
            assert_eq!((outcome.refused(4).as_str(), outcome.details().as_str()), (text, details));
        }
    }
}

#[test]
fn a_bad_container_id_or_network_name_is_refused() {
    for verb in ["ADD", "DEL", "CHECK"] {
        let outcome = nobody(verb).env("CNI_CONTAINERID", "some-%%container-id").run();
        assert_eq!(outcome.refused(4), "invalid characters in containerID");
        assert_eq!(outcome.details(), "some-%%container-id");
    }
    for verb in ["ADD", "DEL", "CHECK", "GC", "STATUS", "NOPE"] {
        assert_eq!(nobody(verb).conf("name", json!("")).run().refused(7), "missing network name");
        let outcome = nobody(verb).conf("name", json!("a%%b")).run();
        assert_eq!(outcome.refused(7), "invalid characters found in network name");
    }
}

#[test]
fn the_environment_is_checked_before_stdin_and_stdin_before_the_verb() {
    let broken = nobody("ADD").stdin("{");
    assert!(broken.clone().without("CNI_IFNAME").run().refused(4).contains("CNI_IFNAME"));
    assert!(broken.run().refused(6).starts_with("error unmarshall network config: "));
    assert!(nobody("NOPE").stdin("{").run().refused(6).starts_with("error unmarshall network config: "));
    assert_eq!(nobody("NOPE").run().refused(4), "unknown CNI_COMMAND: NOPE");
    assert_eq!(nobody("add").run().refused(4), "unknown CNI_COMMAND: add");
}

#[test]
fn a_configuration_without_a_version_is_answered_in_0_1_0() {
    let agent = friendly();
    let mut shim = Shim::new("ADD", &agent.socket());
    shim.conf.as_object_mut().unwrap().remove("cniVersion");
    assert_eq!(shim.run().json()["cniVersion"], "0.1.0");
}

#[test]
fn an_unknown_version_is_incompatible() {
    for verb in ["ADD", "DEL"] {
        for version in ["9.9.9", "1.0", "adsf"] {
            let outcome = nobody(verb).version(version).run();
            assert_eq!(outcome.refused(1), "incompatible CNI versions");
            let spoken = SUPPORTED.map(|version| format!("{version:?}")).join(" ");
            assert_eq!(outcome.details(), format!("config is {version:?}, plugin supports [{spoken}]"));
        }
    }
}

#[test]
fn verbs_of_later_versions_are_refused_at_earlier_ones() {
    for (verb, since) in [("CHECK", "0.4.0"), ("GC", "1.1.0"), ("STATUS", "1.1.0")] {
        for version in SUPPORTED.into_iter().filter(|version| *version < since) {
            let text = format!("config version does not allow {verb}");
            assert_eq!(nobody(verb).version(version).run().refused(1), text);
        }
        assert_eq!(nobody(verb).version("9.9.9").run().refused(1), format!("plugin version does not allow {verb}"));
        nobody(verb).version("adsf").run().refused(6);
        nobody(verb).version("1.1.0.0").run().refused(6);
    }
}

#[test]
fn version_needs_neither_environment_nor_stdin() {
    let mut command = nobody("VERSION").command();
    command.env_clear().env("CNI_COMMAND", "VERSION");
    // A pipe that stays open: reading it would hang.
    let (open, _writer) = std::io::pipe().unwrap();
    command.stdin(Stdio::from(open));
    let output = command.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "{\"cniVersion\":\"1.1.0\",\"supportedVersions\":[\"0.1.0\",\"0.2.0\",\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\
         \"1.1.0\"]}\n"
    );
}

#[test]
fn a_person_who_calls_it_bare_is_told_what_it_is() {
    for shim in [nobody("").without("CNI_COMMAND"), nobody("")] {
        let outcome = shim.run();
        assert_eq!((outcome.exit, outcome.stdout.as_str()), (0, ""));
        assert_eq!(
            outcome.stderr,
            "CNI plugin croft v0.1.0\nCNI protocol versions supported: 0.1.0, 0.2.0, 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0\n"
        );
    }
}

#[test]
fn an_unreadable_stdin_is_told() {
    let mut command = nobody("ADD").command();
    let directory = std::fs::File::open("/").unwrap();
    let output = command.stdin(directory).output().unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["code"], 5);
    assert!(json["msg"].as_str().unwrap().starts_with("error reading from stdin: "));
}

#[test]
fn errors_are_answered_in_the_version_of_the_configuration() {
    let outcome = nobody("ADD").version("0.4.0").env("CNI_NETNS", "/run/there-is-none").run();
    outcome.refused(4);
    assert_eq!(outcome.json()["cniVersion"], "0.4.0");
    let outcome = nobody("ADD").version("9.9.9").run();
    outcome.refused(1);
    assert_eq!(outcome.json()["cniVersion"], "1.1.0");
}

#[test]
fn ten_thousand_variables_do_no_harm() {
    let agent = friendly();
    let mut shim = Shim::new("ADD", &agent.socket());
    for at in 0..10_000 {
        shim.env.insert(format!("A_{at}"), format!("value {at}"));
    }
    assert_eq!(shim.run().exit, 0);
}
