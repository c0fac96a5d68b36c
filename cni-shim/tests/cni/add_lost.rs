//! ADD when answers are lost: asked for again, taken back last, never left behind.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use croft_shim::proto::v1::{AllocateRequest, ReleaseRequest};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::agent::{Answer, FakeAgent, Refusal, Seen, answer};
use crate::fixture::{allocated, attachment, nanos, v4};
use crate::shim::{Outcome, Shim};

/// Answers Allocate as told, once each and then the last for ever, and everything else with success.
fn allocating(mut answers: Vec<Box<dyn FnMut() -> Answer + Send>>) -> FakeAgent {
    FakeAgent::start(move |seen| match seen.method.as_str() {
        "Allocate" if answers.len() > 1 => answers.remove(0)(),
        "Allocate" => answers[0](),
        _ => Answer::Message(Vec::new()),
    })
}

fn ok() -> Box<dyn FnMut() -> Answer + Send> {
    Box::new(|| answer(allocated(&[v4()])))
}

fn refusal(code: i32, reason: &str) -> Box<dyn FnMut() -> Answer + Send> {
    let refusal = Refusal { code, message: "m".into(), reason: reason.into(), remedy: String::new() };
    Box::new(move || Answer::Refuse(refusal.clone()))
}

#[track_caller]
fn assert_same_request(first: &Seen, second: &Seen) {
    assert_eq!(first.method, second.method);
    assert_eq!(first.message, second.message);
    assert_eq!(first.header("croft-request-id"), second.header("croft-request-id"));
}

#[track_caller]
fn assert_undo(add: &Seen, undo: &Seen) {
    assert_eq!((add.method.as_str(), undo.method.as_str()), ("Allocate", "Release"));
    let undo: ReleaseRequest = undo.decode();
    assert_eq!(undo.attachment, Some(attachment()));
    assert_eq!(undo.began_since_boot, add.decode::<AllocateRequest>().began_since_boot);
    assert_eq!((undo.undo, undo.sequence), (true, None));
}

/// The next connection, awaited, but not for ever.
fn accept(listener: &UnixListener) -> UnixStream {
    let mut fds = [PollFd::new(listener, PollFlags::IN)];
    let ready = poll(&mut fds, Some(&Timespec { tv_sec: 30, tv_nsec: 0 }));
    assert_eq!(ready, Ok(1), "no connection");
    listener.accept().unwrap().0
}

#[test]
fn a_lost_answer_is_asked_for_again_and_not_taken_back() {
    for lost in [
        Box::new(|| Answer::Drop) as Box<dyn FnMut() -> Answer + Send>,
        refusal(2, ""),
        refusal(13, ""),
        refusal(14, ""),
        refusal(2, "OUTCOME_UNKNOWN"),
        Box::new(|| Answer::Http(502)),
        Box::new(|| Answer::Raw(b"xx".to_vec(), vec![("grpc-status", "0".into())])),
        Box::new(|| Answer::Raw(Vec::new(), vec![("x", "y".into())])),
    ] {
        let agent = allocating(vec![lost, ok()]);
        let outcome = Shim::new("ADD", &agent.socket()).run();
        assert_eq!(outcome.exit, 0, "{outcome:?}");
        assert_same_request(&agent.next(), &agent.next());
        assert_eq!(agent.rest_methods(), [""; 0]);
        assert_eq!(agent.spooled().len(), 0);
    }
}

#[test]
fn an_add_is_taken_back_only_after_its_repetition() {
    for (lost, cni) in [(refusal(13, ""), 104), (refusal(2, ""), 104), (refusal(15, ""), 104)] {
        let agent = allocating(vec![lost]);
        Shim::new("ADD", &agent.socket()).run().refused(cni);
        let (first, second, undo) = (agent.next(), agent.next(), agent.next());
        assert_same_request(&first, &second);
        assert_undo(&first, &undo);
        assert_eq!(agent.rest_methods(), [""; 0]);
        assert_eq!(agent.spooled().len(), 0);
    }
}

#[test]
fn a_refusal_after_a_lost_answer_is_told_and_the_lost_one_is_taken_back() {
    let agent = allocating(vec![Box::new(|| Answer::Drop), refusal(8, "POOL_EXHAUSTED")]);
    Shim::new("ADD", &agent.socket()).run().refused(100);
    let (first, second, undo) = (agent.next(), agent.next(), agent.next());
    assert_same_request(&first, &second);
    assert_undo(&first, &undo);
}

#[test]
fn an_agent_that_stops_or_starts_is_awaited() {
    let agent = allocating(vec![refusal(14, "AGENT_STOPPING"), refusal(14, "NOT_VALIDATED"), ok()]);
    assert_eq!(Shim::new("ADD", &agent.socket()).run().exit, 0);
    let (first, second, third) = (agent.next(), agent.next(), agent.next());
    assert_same_request(&first, &second);
    assert_same_request(&first, &third);
    assert_eq!(agent.rest_methods(), [""; 0]);
}

#[test]
fn a_socket_that_comes_late_is_awaited() {
    let mut agent = FakeAgent::absent();
    let child = Shim::new("ADD", &agent.socket()).spawn();
    agent.listen(|_| answer(allocated(&[v4()])));
    assert_eq!(Outcome::of(child).exit, 0);
}

#[test]
fn an_agent_that_never_comes_is_given_up_after_ten_seconds_and_nothing_is_taken_back() {
    let agent = FakeAgent::absent();
    // A socket that nobody listens on any more.
    drop(UnixListener::bind(agent.socket()).unwrap());
    let start = Instant::now();
    let msg = Shim::new("ADD", &agent.socket()).run().refused(11);
    let took = start.elapsed();
    assert!(msg.starts_with("AGENT_UNAVAILABLE: nobody listens on "), "{msg}");
    assert!(took > Duration::from_millis(9800) && took < Duration::from_secs(12), "{took:?}");
    assert_eq!(agent.spooled().len(), 0);
}

#[test]
fn a_hung_agent_is_asked_twice_and_then_the_add_is_spooled_as_undone_within_twenty_seconds() {
    let agent = FakeAgent::start(|_| Answer::Hang);
    let start = Instant::now();
    let outcome = Shim::new("ADD", &agent.socket()).run();
    let took = start.elapsed();
    assert!(outcome.refused(11).starts_with("AGENT_TIMEOUT: "), "{outcome:?}");
    assert!(took > Duration::from_secs(19) && took < Duration::from_secs(22), "{took:?}");
    let (first, second, undo) = (agent.next(), agent.next(), agent.next());
    assert_same_request(&first, &second);
    assert_undo(&first, &undo);
    let timeout = |seen: &Seen| seen.header("grpc-timeout").trim_end_matches('m').parse::<u64>().unwrap();
    assert!(timeout(&second) > 11_000 && timeout(&second) <= 12_000 && timeout(&undo) <= 2_000);
    let spooled = agent.spooled();
    let (name, entry) = &spooled[0];
    assert_eq!(spooled.len(), 1);
    assert_eq!(entry["undo"], true);
    let began = nanos(first.decode::<AllocateRequest>().began_since_boot);
    assert_eq!(entry["began"].as_u64(), Some(began));
    assert_eq!(*name, format!("{began:020}-{}.json", first.header("croft-request-id")));
}

#[test]
fn an_agent_that_dies_with_the_answer_leaves_a_spooled_undo() {
    let agent = FakeAgent::absent();
    let listener = UnixListener::bind(agent.socket()).unwrap();
    let child = Shim::new("ADD", &agent.socket()).spawn();
    // The request is on its way when there is something to read; then the agent is gone, with its socket.
    let mut stream = accept(&listener);
    std::io::Read::read_exact(&mut stream, &mut [0; 24]).unwrap();
    fs::remove_file(agent.socket()).unwrap();
    drop((listener, stream));
    let msg = Outcome::of(child).refused(11);
    assert!(msg.starts_with("AGENT_UNAVAILABLE: there is no socket "), "{msg}");
    let spooled = agent.spooled();
    assert_eq!(spooled.len(), 1);
    assert_eq!(spooled[0].1["undo"], true);
    assert_eq!(spooled[0].1["attachment"]["container_id"], "9f2c");
}

#[test]
fn what_speaks_no_http_is_told_and_the_add_is_spooled_as_undone() {
    let agent = FakeAgent::absent();
    let listener = UnixListener::bind(agent.socket()).unwrap();
    let child = Shim::new("ADD", &agent.socket()).spawn();
    // The call, its repetition, and the release.
    let connections: Vec<_> = (0..3)
        .map(|_| {
            let mut stream = accept(&listener);
            stream.write_all(b"220 mail.example.com ESMTP ready, and a good day to you all\r\n").unwrap();
            stream
        })
        .collect();
    let msg = Outcome::of(child).refused(104);
    drop(connections);
    assert!(msg.starts_with("ANSWER_UNUSABLE: the agent's answer: it is not HTTP/2: "), "{msg}");
    assert_eq!(agent.spooled()[0].1["undo"], true);
}

#[test]
fn a_closed_stdout_takes_the_add_back() {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut reader = Some(reader);
    let close = move || {
        reader.take();
        answer(allocated(&[v4()]))
    };
    let agent = allocating(vec![Box::new(close)]);
    let shim = Shim::new("ADD", &agent.socket());
    let mut command = shim.command();
    command.stdout(writer);
    let outcome = Outcome::of(shim.feed(command));
    assert_eq!(outcome.exit, 1);
    let (add, undo) = (agent.next(), agent.next());
    assert_undo(&add, &undo);
    assert_eq!(agent.rest_methods(), [""; 0]);
}

#[test]
fn a_stdout_that_is_closed_from_the_start_asks_for_nothing() {
    let agent = allocating(vec![ok()]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let shim = Shim::new("ADD", &agent.socket());
    let mut command = shim.command();
    command.stdout(writer);
    assert_eq!(Outcome::of(shim.feed(command)).exit, 1);
    assert_eq!(agent.rest_methods(), [""; 0]);
    assert_eq!(agent.spooled().len(), 0);
}

#[test]
fn a_full_disk_behind_stdout_takes_the_add_back() {
    let agent = allocating(vec![ok()]);
    let shim = Shim::new("ADD", &agent.socket());
    let mut command = shim.command();
    command.stdout(File::create("/dev/full").unwrap());
    assert_eq!(Outcome::of(shim.feed(command)).exit, 1);
    let (add, undo) = (agent.next(), agent.next());
    assert_undo(&add, &undo);
}

#[test]
fn a_namespace_that_vanishes_during_the_call_takes_the_add_back() {
    for replace in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let netns = dir.path().join("netns");
        File::create(&netns).unwrap();
        let path = netns.clone();
        let agent = FakeAgent::start(move |seen| match seen.method.as_str() {
            "Allocate" => {
                if replace {
                    // Another one at the same path, made first so that it cannot get the same inode.
                    let other = path.with_extension("new");
                    File::create(&other).unwrap();
                    fs::rename(other, &path).unwrap();
                } else {
                    fs::remove_file(&path).unwrap();
                }
                answer(allocated(&[v4()]))
            }
            _ => Answer::Message(Vec::new()),
        });
        let shim = Shim::new("ADD", &agent.socket()).env("CNI_NETNS", netns.to_str().unwrap());
        let msg = shim.run().refused(105);
        assert!(msg.starts_with("NETNS_GONE: "), "{msg}");
        let (add, undo) = (agent.next(), agent.next());
        assert_undo(&add, &undo);
    }
}

/// A shell that calls the plugin and waits for it, as a main plugin does.
fn in_a_parent(shim: &Shim) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "\"$0\"; true", env!("CARGO_BIN_EXE_croft")]);
    command.env_clear().envs(&shim.env).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn a_parent_that_is_killed_before_the_answer_takes_the_add_back() {
    let agent = allocating(vec![Box::new(|| Answer::Hang)]);
    let shim = Shim::new("ADD", &agent.socket());
    let mut parent = shim.feed(in_a_parent(&shim));
    let add = agent.next();
    let start = Instant::now();
    parent.kill().unwrap();
    let undo = agent.next();
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_undo(&add, &undo);
    parent.wait().unwrap();
    assert_eq!(agent.rest_methods(), [""; 0]);
}

#[test]
fn a_parent_that_is_killed_while_the_agent_is_awaited_leaves_nothing() {
    let agent = FakeAgent::absent();
    // More than a pipe holds: when it is written, the plugin reads, and so it watches.
    let shim = Shim::new("ADD", &agent.socket()).conf("padding", serde_json::json!("x".repeat(300_000)));
    let mut parent = shim.feed(in_a_parent(&shim));
    let start = Instant::now();
    parent.kill().unwrap();
    // The orphan holds the other end of stdout: end of file is its end.
    let output = parent.wait_with_output().unwrap();
    assert!(start.elapsed() < Duration::from_secs(3));
    assert!(String::from_utf8_lossy(&output.stdout).contains("ORPHANED: the caller is gone"), "{output:?}");
    assert_eq!(agent.spooled().len(), 0);
}

#[test]
fn a_living_parent_gets_the_result() {
    let agent = allocating(vec![ok()]);
    let shim = Shim::new("ADD", &agent.socket());
    let outcome = Outcome::of(shim.feed(in_a_parent(&shim)));
    assert_eq!(outcome.json()["ips"][0]["address"], "10.1.2.2/24");
}
