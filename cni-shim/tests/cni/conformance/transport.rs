//! An agent that cannot be asked, or whose answer is none.

use super::ASKING;
use super::expect::{Expect, Refused};
use super::run::{Case, run};
use super::versions::Row;
use crate::agent::{Answer, FakeAgent};

/// What is at the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum There {
    Nothing,
    File,
    DeadSocket,
    SocketOfAnother,
    Hangup,
    Http500,
    NoTrailers,
    NoStatus,
    BadStatus,
    NoMessage,
    CutMessage,
    OddMessage,
}
use There::*;

/// The CNI codes for ADD, CHECK, DEL, GC and STATUS, where 0 is a success, and the pattern of the message. Then whether
/// the agent is awaited.
const PLACES: [(There, [u64; 5], &str, bool); 12] = [
    (Nothing, [11, 11, 0, 11, 50], "AGENT_UNAVAILABLE: there is no socket *", true),
    (File, [11, 11, 0, 11, 50], "AGENT_UNAVAILABLE: * is not a socket; *", true),
    (DeadSocket, [11, 11, 0, 11, 50], "AGENT_UNAVAILABLE: nobody listens on *", true),
    (SocketOfAnother, [103; 5], "AGENT_UNTRUSTED: the agent's socket belongs to user 12345; *", false),
    (Hangup, [11, 11, 0, 11, 50], "AGENT_*; request *", true),
    (Http500, [104, 104, 0, 104, 104], "ANSWER_UNUSABLE: the agent's answer: HTTP status 500; *", false),
    (NoTrailers, [104, 104, 0, 104, 104], "ANSWER_UNUSABLE: the agent's answer: it has no *", false),
    (NoStatus, [104, 104, 0, 104, 104], "ANSWER_UNUSABLE: the agent's answer: it has no *", false),
    (BadStatus, [104, 104, 0, 104, 104], "ANSWER_UNUSABLE: the agent's answer: it has no *", false),
    (
        NoMessage,
        [104, 104, 0, 104, 104],
        "ANSWER_UNUSABLE: the agent's answer: its 0 bytes are not one message; *",
        false,
    ),
    (
        CutMessage,
        [104, 104, 0, 104, 104],
        "ANSWER_UNUSABLE: the agent's answer: its 6 bytes are not one message; *",
        false,
    ),
    (OddMessage, [104, 104, 0, 104, 104], "ANSWER_UNUSABLE: the agent's answer: its message is damaged: *", false),
];

fn place(there: There) -> FakeAgent {
    let raw = |body: &'static [u8], trailers: Vec<(&'static str, String)>| {
        FakeAgent::start(move |_| Answer::Raw(body.to_vec(), trailers.clone()))
    };
    let ok = || vec![("grpc-status", "0".to_owned())];
    match there {
        Nothing => FakeAgent::absent(),
        File => {
            let agent = FakeAgent::absent();
            std::fs::write(agent.socket(), "").unwrap();
            agent
        }
        DeadSocket => {
            let agent = FakeAgent::absent();
            drop(std::os::unix::net::UnixListener::bind(agent.socket()).unwrap());
            agent
        }
        SocketOfAnother => {
            let agent = FakeAgent::start(|_| Answer::Hang);
            // Who is not root cannot give a file away, and is not in this danger from others' files of his own.
            let _ = std::os::unix::fs::chown(agent.socket(), Some(12345), None);
            agent
        }
        Hangup => FakeAgent::start(|_| Answer::Drop),
        Http500 => FakeAgent::start(|_| Answer::Http(500)),
        NoTrailers => raw(b"\0\0\0\0\0", Vec::new()),
        NoStatus => raw(b"\0\0\0\0\0", vec![("grpc-message", "fine".to_owned())]),
        BadStatus => raw(b"\0\0\0\0\0", vec![("grpc-status", "fine".to_owned())]),
        NoMessage => raw(b"", ok()),
        CutMessage => raw(b"\0\0\0\0\x09x", ok()),
        OddMessage => raw(b"\0\0\0\0\x02\x0a\x7f", ok()),
    }
}

#[test]
fn every_verb_at_every_odd_socket_ends_as_its_row_says() {
    let mut agents = Vec::new();
    let (mut cases, mut awaited) = (Vec::new(), Vec::new());
    for (there, codes, msg, waits) in PLACES {
        let agent = place(there);
        if there == SocketOfAnother && !rustix::process::geteuid().is_root() {
            continue;
        }
        for (verb, code) in ASKING.into_iter().zip(codes) {
            let versions: Vec<_> = Row::spoken().iter().filter(|row| row.allows(verb)).collect();
            let long = waits && verb != "DEL" && verb != "STATUS";
            for (at, row) in versions.iter().enumerate() {
                let expect = match code {
                    0 => Expect::Silent,
                    _ => Expect::Error(Refused { version: row.1.into(), code, msg: msg.into(), details: None }),
                };
                let name = format!("{verb} {} at {there:?}", row.1);
                let case = Case { name, shim: row.call(verb, "v4", &agent.socket()), expect };
                match long {
                    false => cases.push(case),
                    true if at == 0 || at + 1 == versions.len() => awaited.push(case),
                    true => {}
                }
            }
        }
        agents.push((there, agent));
    }
    let count = awaited.len();
    run("sockets that are awaited", awaited, count);
    run("sockets", cases, 4);
    // What DEL could not deliver is kept, by each of the versions.
    for (there, agent) in agents.iter().filter(|(there, _)| *there != SocketOfAnother) {
        let kept = agent.spooled().iter().filter(|(_, entry)| entry["undo"] == false).count();
        assert_eq!(kept, Row::spoken().len(), "{there:?}");
    }
}
