//! The agent's refusals: the gRPC status, the reason, and the CNI code that each verb answers with.

use std::collections::BTreeSet;

use croft_shim::proto::v1::ErrorReason;

use super::ASKING;
use super::expect::{Expect, Refused};
use super::run::{Case, run};
use super::versions::Row;
use crate::agent::{Answer, FakeAgent, Refusal};

/// A gRPC code, the agent's reason, and the CNI codes for ADD, CHECK, DEL, GC and STATUS; 0 is a success.
struct Answered(i32, &'static str, [u64; 5]);

/// DEL is 0 where nothing is held, and where the release was spooled.
const ANSWERS: &[Answered] = &[
    // Below the agent's own code: by the status.
    Answered(1, "", [11, 11, 0, 11, 50]),
    Answered(2, "", [104, 104, 0, 104, 104]),
    Answered(3, "", [7, 7, 7, 7, 7]),
    Answered(4, "", [11, 11, 0, 11, 50]),
    Answered(5, "", [7, 102, 0, 7, 7]),
    Answered(6, "", [101, 101, 101, 101, 101]),
    Answered(7, "", [103, 103, 103, 103, 103]),
    Answered(8, "", [11, 11, 0, 11, 50]),
    Answered(9, "", [7, 7, 7, 7, 7]),
    Answered(10, "", [11, 11, 0, 11, 50]),
    Answered(11, "", [7, 7, 7, 7, 7]),
    Answered(12, "", [1, 1, 1, 1, 1]),
    Answered(13, "", [104, 104, 0, 104, 104]),
    Answered(14, "", [11, 11, 0, 11, 50]),
    Answered(15, "", [104, 104, 0, 104, 104]),
    Answered(16, "", [103, 103, 103, 103, 103]),
    Answered(99, "", [104, 104, 0, 104, 104]),
    // Retry.
    Answered(8, "POOL_EXHAUSTED", [100, 100, 100, 100, 100]),
    Answered(14, "BLOCK_PENDING", [11, 11, 0, 11, 50]),
    Answered(8, "MAILBOX_FULL", [11, 11, 0, 11, 50]),
    Answered(14, "AGENT_STOPPING", [11, 11, 0, 11, 50]),
    Answered(14, "NOT_VALIDATED", [11, 11, 0, 11, 50]),
    Answered(14, "JOURNAL_FULL", [11, 11, 0, 11, 50]),
    Answered(14, "ADDRESS_RESTING", [11, 11, 0, 11, 50]),
    Answered(14, "STORE_UNAVAILABLE", [11, 11, 0, 11, 50]),
    Answered(14, "INSTALL_LIVE", [11, 11, 0, 11, 50]),
    Answered(8, "NODE_FULL", [11, 11, 0, 11, 50]),
    // Fix the request.
    Answered(3, "INVALID_FIELD", [7, 7, 0, 7, 7]),
    Answered(5, "POOL_UNKNOWN", [7, 102, 0, 7, 7]),
    Answered(9, "NO_POOL", [7, 7, 7, 7, 7]),
    Answered(7, "POOL_DENIED", [103, 103, 103, 103, 103]),
    Answered(9, "POOL_PAUSED", [7, 7, 7, 7, 7]),
    Answered(9, "MODE_MISMATCH", [7, 7, 7, 7, 7]),
    Answered(11, "ADDRESS_OUTSIDE_POOLS", [7, 7, 7, 7, 7]),
    Answered(9, "ADDRESS_RESERVED", [7, 7, 7, 7, 7]),
    Answered(6, "ADDRESS_IN_USE", [101, 101, 101, 101, 101]),
    Answered(9, "ADDRESS_ELSEWHERE", [7, 7, 7, 7, 7]),
    Answered(9, "DELETED_MEANWHILE", [105, 105, 105, 105, 105]),
    Answered(5, "NOT_ALLOCATED", [102, 102, 0, 102, 102]),
    Answered(9, "ADDRESSES_DIFFER", [102, 102, 102, 102, 102]),
    Answered(9, "GC_BRAKE", [106, 106, 106, 106, 106]),
    Answered(7, "PEER_DENIED", [103, 103, 103, 103, 103]),
    Answered(6, "POOL_EXISTS", [101, 101, 101, 101, 101]),
    Answered(9, "RANGE_OVERLAPS", [7, 7, 7, 7, 7]),
    Answered(10, "POOL_CHANGED", [11, 11, 0, 11, 50]),
    Answered(9, "POOL_IMMUTABLE", [7, 7, 7, 7, 7]),
    Answered(9, "POOL_NOT_EMPTY", [7, 7, 7, 7, 7]),
    Answered(9, "EXTERNAL_RANGE", [7, 7, 7, 7, 7]),
    Answered(5, "NODE_UNKNOWN", [7, 102, 0, 7, 7]),
    Answered(9, "NODE_LIVE", [7, 7, 7, 7, 7]),
    Answered(9, "NODE_NOT_EMPTY", [7, 7, 7, 7, 7]),
    // Call the operator. A reason says that it was decided, but for INTERNAL.
    Answered(13, "STATE_VIOLATION", [104, 104, 104, 104, 104]),
    Answered(13, "INTERNAL", [104, 104, 0, 104, 104]),
    Answered(15, "JOURNAL_UNUSABLE", [104, 104, 104, 104, 104]),
    Answered(13, "INSTALL_SUPERSEDED", [104, 104, 104, 104, 104]),
    Answered(13, "CANNOT_START", [104, 104, 104, 104, 104]),
    Answered(13, "NODE_NAME_TAKEN", [104, 104, 104, 104, 104]),
    Answered(13, "STORE_FROZEN", [104, 104, 104, 104, 104]),
    Answered(13, "STORE_DENIED", [104, 104, 104, 104, 104]),
    Answered(13, "STORE_FULL", [104, 104, 104, 104, 104]),
    Answered(13, "STORE_UNUSABLE", [104, 104, 104, 104, 104]),
    Answered(2, "OUTCOME_UNKNOWN", [104, 104, 0, 104, 104]),
    // A reason of an agent that is newer than this plugin: by the status.
    Answered(8, "NEVER_HEARD_OF", [11, 11, 0, 11, 50]),
];

const NAMES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

impl Answered {
    /// The call is repeated for seconds: the agent may be there in a moment.
    fn is_awaited(&self) -> bool {
        matches!((self.0, self.1), (14, "" | "AGENT_STOPPING" | "NOT_VALIDATED"))
    }

    fn expect(&self, row: &Row, verb: &str) -> Expect {
        let code = self.2[ASKING.iter().position(|asking| *asking == verb).unwrap()];
        if code == 0 {
            return Expect::Silent;
        }
        let name = match self.1 {
            "" => NAMES.get(self.0 as usize).unwrap_or(&"UNKNOWN"),
            reason => reason,
        };
        let msg = match self.is_awaited() {
            // On a slow machine the time may end within a call: AGENT_TIMEOUT.
            true => "*; request *".to_owned(),
            // The agent's text holds what go-cni takes for a success.
            false => format!("{name}: attachment absent: nothing at that path; request *"),
        };
        Expect::Error(Refused { version: row.1.into(), code, msg, details: None })
    }
}

#[test]
fn every_answer_of_the_agent_has_the_code_of_its_row() {
    let mut agents = Vec::new();
    let (mut cases, mut awaited) = (Vec::new(), Vec::new());
    for answer in ANSWERS {
        let message = "attachment not found: no such file or directory".to_owned();
        let refusal = Refusal { code: answer.0, message, reason: answer.1.into(), remedy: String::new() };
        let agent = FakeAgent::start(move |_| Answer::Refuse(refusal.clone()));
        for verb in ASKING {
            let versions: Vec<_> = Row::spoken().iter().filter(|row| row.allows(verb)).collect();
            let long = answer.is_awaited() && verb != "DEL" && verb != "STATUS";
            for (at, row) in versions.iter().enumerate() {
                let case = Case {
                    name: format!("{verb} {} answered with {} {}", row.1, answer.0, answer.1),
                    shim: row.call(verb, "v4", &agent.socket()),
                    expect: answer.expect(row, verb),
                };
                match long {
                    false => cases.push(case),
                    // Each of these takes up to ten seconds: the oldest and the newest version.
                    true if at == 0 || at + 1 == versions.len() => awaited.push(case),
                    true => {}
                }
            }
        }
        agents.push(agent);
    }
    let count = awaited.len();
    run("agent's answers that are awaited", awaited, count);
    run("agent's answers", cases, 4);
}

#[test]
fn the_table_has_every_reason_of_the_api() {
    let of_api = (1..1000).filter_map(|number| ErrorReason::try_from(number).ok());
    let of_api: BTreeSet<_> =
        of_api.map(|reason| reason.as_str_name().trim_start_matches("ERROR_REASON_").to_owned()).collect();
    let of_table: BTreeSet<_> = ANSWERS
        .iter()
        .map(|row| row.1.to_owned())
        .filter(|reason| !reason.is_empty() && reason != "NEVER_HEARD_OF")
        .collect();
    assert_eq!(of_table, of_api);
    let statuses: BTreeSet<_> = ANSWERS.iter().filter(|row| row.1.is_empty()).map(|row| row.0).collect();
    assert!((1..=16).all(|code| statuses.contains(&code)));
}
