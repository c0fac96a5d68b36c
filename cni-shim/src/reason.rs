//! Why the shim itself refuses: the one list, which `docs/errors.md` explains.
//!
//! The agent has a list of its own, `ErrorReason` in the protos; the two share no name.

/// A refusal of the shim's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each row of the table below says what its reason is")]
pub enum Reason {
    VersionUnsupported,
    EnvMissing,
    EnvInvalid,
    VerbUnknown,
    StdinUnreadable,
    ConfUndecodable,
    InvalidConf,
    UnknownKey,
    UnknownAnnotation,
    RequestTooBig,
    NetnsMissing,
    NetnsIsOwn,
    NetnsGone,
    Orphaned,
    OutputClosed,
    AgentUnavailable,
    AgentTimeout,
    AgentUntrusted,
    AnswerUnusable,
    NotServing,
    SpoolFull,
    SpoolUnwritable,
}

/// The row of a reason: its name, its CNI code, and what a person does about it.
struct Row(&'static str, u32, &'static str);

impl Reason {
    /// Every reason, in the order of `docs/errors.md`.
    pub const ALL: [Reason; 22] = [
        Reason::VersionUnsupported,
        Reason::EnvMissing,
        Reason::EnvInvalid,
        Reason::VerbUnknown,
        Reason::StdinUnreadable,
        Reason::ConfUndecodable,
        Reason::InvalidConf,
        Reason::UnknownKey,
        Reason::UnknownAnnotation,
        Reason::RequestTooBig,
        Reason::NetnsMissing,
        Reason::NetnsIsOwn,
        Reason::NetnsGone,
        Reason::Orphaned,
        Reason::OutputClosed,
        Reason::AgentUnavailable,
        Reason::AgentTimeout,
        Reason::AgentUntrusted,
        Reason::AnswerUnusable,
        Reason::NotServing,
        Reason::SpoolFull,
        Reason::SpoolUnwritable,
    ];

    const fn row(self) -> Row {
        match self {
            Reason::VersionUnsupported => {
                Row("VERSION_UNSUPPORTED", 1, "set cniVersion to 1.0.0 or another listed one")
            }
            Reason::EnvMissing => Row("ENV_MISSING", 4, "the runtime must set the named variables"),
            Reason::EnvInvalid => Row("ENV_INVALID", 4, "correct the named variable in the runtime's call"),
            Reason::VerbUnknown => Row("VERB_UNKNOWN", 4, "CNI_COMMAND is ADD, DEL, CHECK, GC, STATUS or VERSION"),
            Reason::StdinUnreadable => {
                Row("STDIN_UNREADABLE", 5, "the runtime must write the configuration and close stdin")
            }
            Reason::ConfUndecodable => {
                Row("CONF_UNDECODABLE", 6, "make the CNI configuration valid JSON, at most 1 MiB")
            }
            Reason::InvalidConf => Row("INVALID_CONF", 7, "correct the CNI configuration"),
            Reason::UnknownKey => Row("UNKNOWN_KEY", 7, "keys of ipam are type, socket and pools"),
            Reason::UnknownAnnotation => Row("UNKNOWN_ANNOTATION", 7, "the pod may have croft.io/pools"),
            Reason::RequestTooBig => Row("REQUEST_TOO_BIG", 7, "a request may have 64 KiB; shorten the named list"),
            Reason::NetnsMissing => Row("NETNS_MISSING", 4, "make the network namespace before ADD"),
            Reason::NetnsIsOwn => Row("NETNS_IS_OWN", 8, "give the pod a network namespace of its own"),
            Reason::NetnsGone => Row("NETNS_GONE", 105, "nothing to do: the pod was taken down during its ADD"),
            Reason::Orphaned => Row("ORPHANED", 11, "nothing to do: the runtime gave up and tries again"),
            Reason::OutputClosed => Row("OUTPUT_CLOSED", 5, "nothing to do: the runtime gave up and tries again"),
            Reason::AgentUnavailable => Row("AGENT_UNAVAILABLE", 11, "start the croft agent on this node"),
            Reason::AgentTimeout => Row("AGENT_TIMEOUT", 11, "see what the agent waits for: croft status"),
            Reason::AgentUntrusted => {
                Row("AGENT_UNTRUSTED", 103, "the socket must belong to root; correct ipam.socket")
            }
            Reason::AnswerUnusable => Row("ANSWER_UNUSABLE", 104, "install agent and plugin of one release"),
            Reason::NotServing => Row("NOT_SERVING", 50, "see why: croft status"),
            Reason::SpoolFull => Row("SPOOL_FULL", 11, "start the agent, which empties the spool"),
            Reason::SpoolUnwritable => {
                Row("SPOOL_UNWRITABLE", 11, "make the socket's directory writable or start the agent")
            }
        }
    }

    /// The name that stands in errors and is the heading in `docs/errors.md`.
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// The CNI error code; what is 11 elsewhere is 50 for STATUS.
    pub const fn code(self) -> u32 {
        self.row().1
    }

    /// What a person does about it, in one clause.
    pub const fn remedy(self) -> &'static str {
        self.row().2
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1::ErrorReason;

    #[test]
    fn the_list_holds_every_reason_once() {
        for (at, reason) in Reason::ALL.iter().enumerate() {
            assert_eq!(at, *reason as usize, "{}", reason.name());
        }
        assert_eq!(Reason::ALL.len(), Reason::SpoolUnwritable as usize + 1);
    }

    #[test]
    fn no_name_is_one_of_the_agent() {
        for reason in Reason::ALL {
            assert!(ErrorReason::from_str_name(&format!("ERROR_REASON_{}", reason.name())).is_none());
        }
    }

    #[test]
    fn no_name_or_remedy_has_what_callers_swallow() {
        for reason in Reason::ALL {
            let text = format!("{} {}", reason.name(), reason.remedy()).to_lowercase();
            assert!(!text.contains("not found") && !text.contains("no such file"), "{text}");
            assert!(reason.remedy().len() <= 80, "{text}");
        }
    }
}
