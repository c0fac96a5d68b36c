//! What went wrong, and the one form in which a CNI caller is told.

use serde::Serialize;

use crate::reason::Reason;
use crate::refusal;
use crate::status::Status;
use crate::verb::Verb;

/// The most bytes of an error's `msg`: what `kubectl describe pod` shows of it without a fold.
pub const LONGEST_MESSAGE: usize = 300;

/// The most bytes of an error's `details`.
pub const LONGEST_DETAILS: usize = 1000;

/// Any end of a call but success. Knows its CNI code.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// A text that the CNI reference library fixes, so that callers and their tests recognise it.
    Reference {
        /// Why.
        reason: Reason,
        /// The library's text.
        text: String,
        /// The library's details; may be empty.
        details: String,
    },
    /// The shim refuses.
    Own {
        /// Why.
        reason: Reason,
        /// The facts, one clause.
        text: String,
    },
    /// The agent refused.
    Agent(Status),
}

/// What a person wants to know of the call that failed.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The `cniVersion` to answer in.
    pub cni_version: Option<String>,
    /// The verb, once known.
    pub verb: Option<Verb>,
    /// 16 hex digits that stand in the agent's log too.
    pub request_id: String,
    /// `NAMESPACE/NAME`, once known.
    pub pod: Option<String>,
    /// `NETWORK/CONTAINER/INTERFACE`, once known.
    pub attachment: Option<String>,
}

/// The error object of the CNI specification.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    cni_version: String,
    code: u32,
    msg: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    details: String,
}

impl Error {
    /// A refusal in the words of the CNI reference library.
    pub fn reference(reason: Reason, text: impl Into<String>, details: impl Into<String>) -> Self {
        Error::Reference { reason, text: text.into(), details: details.into() }
    }

    /// A refusal in the shim's own words.
    pub fn own(reason: Reason, text: impl Into<String>) -> Self {
        Error::Own { reason, text: text.into() }
    }

    /// The CNI error code.
    pub fn code(&self, verb: Option<Verb>) -> u32 {
        match self {
            Error::Reference { reason, .. } => reason.code(),
            Error::Own { reason, .. } => match (reason.code(), verb) {
                (11, Some(Verb::Status)) => 50,
                (code, _) => code,
            },
            Error::Agent(status) => refusal::code(verb, status),
        }
    }

    /// The object to print. Its message is one sentence of at most [`LONGEST_MESSAGE`] bytes, and no text in it has one of
    /// the words by which go-cni takes a failed DEL for a success.
    pub fn report(&self, context: &Context) -> Report {
        let (msg, details) = match self {
            Error::Reference { text, details, .. } => (shorten(text, LONGEST_MESSAGE), details.clone()),
            Error::Own { reason, text } => {
                let tail = format!("; {}; request {}", reason.remedy(), context.request_id);
                let msg = sentence(reason.name(), text, &tail);
                let details = facts_beside(&msg, context, reason.remedy());
                (msg, details)
            }
            Error::Agent(status) => {
                let tail = format!("; request {}", context.request_id);
                let text = if status.message.is_empty() { "the agent does not say more" } else { &status.message };
                let msg = sentence(status.name(), text, &tail);
                let details = facts_beside(&msg, context, status.remedy());
                (msg, details)
            }
        };
        Report {
            cni_version: context.cni_version.clone().unwrap_or_else(|| crate::version::NEWEST.to_owned()),
            code: self.code(context.verb),
            msg: harmless(msg),
            details: harmless(shorten(&details, LONGEST_DETAILS)),
        }
    }
}

/// What the message does not say: libcni's callers print both, one behind the other.
fn facts_beside(msg: &str, context: &Context, remedy: &str) -> String {
    let facts =
        [("pod ", context.pod.as_deref()), ("attachment ", context.attachment.as_deref()), ("remedy: ", Some(remedy))];
    let facts: Vec<String> = facts
        .into_iter()
        .filter_map(|(name, fact)| fact.filter(|fact| !msg.contains(fact)).map(|fact| format!("{name}{fact}")))
        .collect();
    facts.join("; ")
}

/// Name, text and tail, with only the text cut when all together is too long.
fn sentence(name: &str, text: &str, tail: &str) -> String {
    let room = LONGEST_MESSAGE.saturating_sub(name.len() + 2 + tail.len());
    format!("{name}: {}{tail}", shorten(text.trim_end_matches('.'), room))
}

fn shorten(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let mark = "…";
    let end = text.floor_char_boundary(most.saturating_sub(mark.len()));
    format!("{}{mark}", &text[..end])
}

/// go-cni (`cni.go`) swallows every error of a DEL whose text has one of these, whoever wrote it; so do its copies.
fn harmless(text: String) -> String {
    if text.contains("not found") || text.contains("no such file or directory") {
        return text.replace("not found", "absent").replace("no such file or directory", "nothing at that path");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::ErrorInfo;

    fn context() -> Context {
        Context {
            cni_version: Some("1.0.0".into()),
            verb: Some(Verb::Add),
            request_id: "5f0c5f0c5f0c5f0c".into(),
            pod: Some("team-a/web-0".into()),
            attachment: Some("podnet/9f2c/eth0".into()),
        }
    }

    #[test]
    fn a_refusal_of_its_own_names_reason_facts_remedy_and_request() {
        let report = Error::own(Reason::AgentUnavailable, "nobody listens on /run/croft/cni.sock").report(&context());
        assert_eq!(
            report.msg,
            "AGENT_UNAVAILABLE: nobody listens on /run/croft/cni.sock; start the croft agent on this node; \
             request 5f0c5f0c5f0c5f0c"
        );
        assert_eq!(report.details, "pod team-a/web-0; attachment podnet/9f2c/eth0");
        assert_eq!(report.code, 11);
    }

    #[test]
    fn the_details_name_the_remedy_where_the_message_had_no_room_for_it() {
        let info = ErrorInfo {
            reason: "POOL_EXHAUSTED".into(),
            domain: "croft".into(),
            metadata: [("remedy".to_owned(), "add a pool".to_owned())].into(),
        };
        let message = format!("pool \"a\" {}; add a pool", "x".repeat(300));
        let report = Error::Agent(Status { code: 8, message, info: Some(Box::new(info)) }).report(&context());
        assert_eq!(report.details, "pod team-a/web-0; attachment podnet/9f2c/eth0; remedy: add a pool");
    }

    #[test]
    fn an_unreachable_agent_is_50_for_status() {
        let error = Error::own(Reason::AgentUnavailable, "");
        assert_eq!(error.code(Some(Verb::Status)), 50);
        assert_eq!(error.code(Some(Verb::Del)), 11);
    }

    #[test]
    fn a_long_text_is_cut_before_the_request_id_and_between_characters() {
        let report = Error::own(Reason::InvalidConf, "ö".repeat(400)).report(&context());
        assert!(report.msg.len() <= LONGEST_MESSAGE && report.msg.len() > LONGEST_MESSAGE - 4, "{}", report.msg.len());
        assert!(report.msg.ends_with("…; correct the CNI configuration; request 5f0c5f0c5f0c5f0c"), "{}", report.msg);
    }

    #[test]
    fn a_text_of_the_reference_library_stays_as_it_is() {
        let report = Error::reference(Reason::VerbUnknown, "unknown CNI_COMMAND: NOPE", "").report(&context());
        let json = serde_json::to_string(&report).unwrap();
        assert_eq!(json, r#"{"cniVersion":"1.0.0","code":4,"msg":"unknown CNI_COMMAND: NOPE"}"#);
    }

    #[test]
    fn the_words_that_callers_swallow_never_get_out() {
        let text = "pool not found: no such file or directory";
        for error in [
            Error::own(Reason::InvalidConf, text),
            Error::reference(Reason::InvalidConf, text, text),
            Error::Agent(Status { code: 13, message: text.into(), info: None }),
        ] {
            let json = serde_json::to_string(&error.report(&context())).unwrap();
            assert!(!json.contains("not found") && !json.contains("no such file or directory"), "{json}");
        }
    }
}
