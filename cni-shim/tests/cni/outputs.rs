//! A caller that gives no stdout, or reads it late or never.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use croft_shim::proto::v1::{AllocateRequest, ReleaseRequest};

use crate::agent::{Answer, FakeAgent, answer};
use crate::fixture::{allocated, attachment, v4};
use crate::shim::{Outcome, Shim};

fn friendly() -> FakeAgent {
    FakeAgent::start(|seen| match seen.method.as_str() {
        "Allocate" => answer(allocated(&[v4()])),
        _ => Answer::Message(Vec::new()),
    })
}

/// The plugin, started by a shell that closes what is named.
fn closing(what: &str, shim: &Shim) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("exec \"$0\" {what}"), env!("CARGO_BIN_EXE_croft")]);
    command.env_clear().envs(&shim.env).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn an_add_without_a_stdout_asks_for_nothing() {
    let agent = friendly();
    let shim = Shim::new("ADD", &agent.socket());
    for what in [">&-", ">&- 2>&-", "<&- >&- 2>&-"] {
        let outcome = Outcome::of(shim.feed(closing(what, &shim)));
        assert_eq!((outcome.exit, outcome.stdout.as_str(), outcome.stderr.as_str()), (1, "", ""), "{what}");
    }
    assert_eq!(agent.rest_methods(), [""; 0]);
    assert_eq!(agent.spooled().len(), 0);
}

#[test]
fn an_add_whose_result_is_thrown_away_on_purpose_is_served() {
    let agent = friendly();
    let shim = Shim::new("ADD", &agent.socket());
    assert_eq!(Outcome::of(shim.feed(closing(">/dev/null", &shim))).exit, 0);
    assert_eq!(agent.rest_methods(), ["Allocate"]);
}

#[test]
fn what_prints_nothing_needs_no_stdout() {
    let agent = friendly();
    let shim = Shim::new("DEL", &agent.socket());
    Outcome::of(shim.feed(closing(">&-", &shim))).silent();
    assert_eq!(agent.rest_methods(), ["Release"]);
}

/// A pipe without any room, and how much is in it.
fn full_pipe() -> (std::io::PipeReader, std::io::PipeWriter, usize) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    rustix::io::ioctl_fionbio(&writer, true).unwrap();
    let mut filled = 0;
    while let Ok(count) = writer.write(&[b' '; 4096]) {
        filled += count;
    }
    rustix::io::ioctl_fionbio(&writer, false).unwrap();
    (reader, writer, filled)
}

#[test]
fn a_caller_that_reads_late_gets_the_result() {
    let agent = friendly();
    let (mut reader, writer, filled) = full_pipe();
    let shim = Shim::new("ADD", &agent.socket());
    let mut command = shim.command();
    command.stdout(writer);
    let child = shim.feed(command);
    assert_eq!(agent.next().method, "Allocate");
    let mut text = vec![0; filled];
    reader.read_exact(&mut text).unwrap();
    assert_eq!(Outcome::of(child).exit, 0);
    let mut result = String::new();
    reader.read_to_string(&mut result).unwrap();
    let result: serde_json::Value = serde_json::from_str(&result).unwrap();
    assert_eq!(result["ips"][0]["address"], "10.1.2.2/24");
    assert_eq!(agent.rest_methods(), [""; 0]);
}

#[test]
fn a_caller_that_never_reads_does_not_hold_the_address() {
    let agent = friendly();
    let (reader, writer, _) = full_pipe();
    let shim = Shim::new("ADD", &agent.socket());
    let mut command = shim.command();
    command.stdout(writer);
    assert_eq!(Outcome::of(shim.feed(command)).exit, 1);
    drop(reader);
    let (add, undo) = (agent.next(), agent.next());
    let undo: ReleaseRequest = undo.decode();
    assert_eq!(undo.attachment, Some(attachment()));
    assert_eq!(undo.began_since_boot, add.decode::<AllocateRequest>().began_since_boot);
    assert!(undo.undo);
}
