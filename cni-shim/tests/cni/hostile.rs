//! Input that no runtime should send.

use std::os::unix::ffi::OsStrExt;

use serde_json::json;

use crate::agent::{Answer, FakeAgent, answer};
use crate::fixture::{allocated, v4};
use crate::shim::{Outcome, Shim};

fn friendly() -> FakeAgent {
    FakeAgent::start(|seen| match seen.method.as_str() {
        "Allocate" => answer(allocated(&[v4()])),
        _ => Answer::Message(Vec::new()),
    })
}

#[test]
fn a_configuration_of_more_than_a_mebibyte_is_refused() {
    let agent = friendly();
    let shim = Shim::new("ADD", &agent.socket());
    let padding = "x".repeat((1 << 20) - shim.input().len() - 20);
    assert_eq!(shim.clone().conf("padding", json!(padding)).run().exit, 0);
    let msg = shim.conf("padding", json!("x".repeat(1 << 20))).run().refused(6);
    assert_eq!(msg, "error unmarshall network config: it is longer than 1048576 bytes");
}

#[test]
fn what_is_not_json_is_refused_by_every_verb() {
    let agent = friendly();
    let deep = "[".repeat(500_000);
    for verb in ["ADD", "DEL", "CHECK", "GC", "STATUS"] {
        for bytes in
            [&b"\0"[..], b"\xff\xfe", b"nonsense", b"[]", b"null", b"\"x\"", b"{\"name\":\"a\"", deep.as_bytes()]
        {
            let msg = Shim::new(verb, &agent.socket()).stdin(bytes).run().refused(6);
            assert!(msg.starts_with("error unmarshall network config: "), "{msg}");
        }
    }
    assert_eq!(agent.rest_methods(), [""; 0]);
}

#[test]
fn a_name_of_half_a_mebibyte_does_not_come_back_whole() {
    let outcome = Shim::new("ADD", &friendly().socket()).conf("name", json!("%".repeat(500_000))).run();
    outcome.refused(7);
    assert!(outcome.stdout.len() < 1500, "{}", outcome.stdout.len());
}

#[test]
fn an_empty_stdin_is_refused() {
    let shim = Shim::new("ADD", &friendly().socket());
    let mut command = shim.command();
    command.stdin(std::process::Stdio::null());
    Outcome::of(command.spawn().unwrap()).refused(6);
}

#[test]
fn equal_keys_and_deep_nesting_elsewhere_do_no_harm() {
    let agent = friendly();
    let socket = agent.socket();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let conf = format!(
        r#"{{"cniVersion":"9.9.9","cniVersion":"1.0.0","name":"a b","name":"podnet","x":{deep},"prevResult":{deep},
            "ipam":{{"type":"croft","socket":"/x","socket":{socket:?}}}}}"#
    );
    assert_eq!(Shim::new("ADD", &socket).stdin(conf).run().exit, 0);
    let conf = format!(r#"{{"cniVersion":"1.1.0","name":"podnet","ipam":{deep}}}"#);
    Shim::new("ADD", &socket).stdin(conf.clone()).run().refused(7);
    Shim::new("CHECK", &socket)
        .stdin(format!(r#"{{"cniVersion":"1.1.0","name":"a","prevResult":{deep}}}"#))
        .run()
        .refused(6);
}

#[test]
fn texts_that_are_not_utf_8_are_refused_where_they_matter() {
    let agent = friendly();
    let odd = std::ffi::OsStr::from_bytes(b"a\xff");
    for (name, code) in [("CNI_CONTAINERID", 4), ("CNI_NETNS", 4)] {
        let shim = Shim::new("ADD", &agent.socket());
        let mut command = shim.command();
        command.env(name, odd);
        Outcome::of(shim.feed(command)).refused(code);
    }
    let shim = Shim::new("ADD", &agent.socket());
    let mut command = shim.command();
    command.env("SOMETHING_ELSE", odd).env("CNI_PATH", odd);
    assert_eq!(Outcome::of(shim.feed(command)).exit, 0);
}

#[test]
fn the_arguments_may_be_loose_but_not_senseless() {
    let agent = friendly();
    let shim = Shim::new("ADD", &agent.socket());
    for loose in ["IgnoreUnknown=1;IgnoreUnknown=true;IP=10.0.0.1,fd00::1;;X=a=b;", ";", "K8S_POD_NAME="] {
        assert_eq!(shim.clone().env("CNI_ARGS", loose).run().exit, 0, "{loose}");
    }
    let msg = shim.clone().env("CNI_ARGS", "IgnoreUnknown").run().refused(4);
    assert!(msg.starts_with("ENV_INVALID: CNI_ARGS: invalid pair \"IgnoreUnknown\""), "{msg}");
    let msg = shim.env("CNI_ARGS", "IP=10.0.0.1,10.0.0.2").run().refused(7);
    assert!(msg.starts_with("INVALID_CONF: requested addresses 10.0.0.1 and 10.0.0.2 are of one family"), "{msg}");
}

#[test]
fn a_closed_stdin_and_a_closed_stderr_do_no_harm() {
    let agent = friendly();
    let shim = Shim::new("ADD", &agent.socket());
    let mut command = std::process::Command::new("/bin/sh");
    command.args(["-c", "exec \"$0\" <&- 2>&-", env!("CARGO_BIN_EXE_croft")]).env_clear().envs(&shim.env);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"code\":6"), "{output:?}");
}
