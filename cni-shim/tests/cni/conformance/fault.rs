//! What is wrong with a call, and who says so.

use super::expect::{Expect, Refused};
use super::versions::Row;

/// When a fault is seen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Before the version, which is then not known: the error is in the newest one.
    First,
    /// After the version let the verb pass: the error is in that version.
    Later,
}

/// An error and the verbs that answer with it; for all others the fault is none.
pub struct Fault {
    /// When it is seen.
    pub seen: Seen,
    /// By which verbs.
    pub verbs: &'static [&'static str],
    /// The CNI error code.
    pub code: u64,
    /// The pattern of `msg`.
    pub msg: &'static str,
    /// The pattern of `details`.
    pub details: &'static str,
}

impl Fault {
    /// How a call with this fault ends, where it would have given a v4 address.
    pub fn expect(&self, row: &Row, verb: &str) -> Expect {
        let first = self.seen == Seen::First;
        if !self.verbs.contains(&verb) || !first && !row.allows(verb) {
            return row.expect(verb, "v4");
        }
        Expect::Error(Refused {
            version: if first { "1.1.0".into() } else { row.1.into() },
            code: self.code,
            msg: self.msg.into(),
            details: Some(self.details.into()),
        })
    }
}
