//! How the agent says no: the status of gRPC, and the reason that the agent puts into it.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::HeaderMap;
use percent_encoding::percent_decode_str;
use prost::Message;

use crate::proto::{ERROR_INFO_TYPE, ErrorInfo, RpcStatus};

/// gRPC writes no padding, others do.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The names of the gRPC status codes, by number.
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

/// The end of a call that the agent answered with anything but OK.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// The gRPC status code.
    pub code: i32,
    /// One sentence for people.
    pub message: String,
    /// The agent's reason. None when the status came from below the agent's own code.
    pub info: Option<Box<ErrorInfo>>,
}

impl Status {
    /// The status in these trailers. None when there is none: the answer was cut off.
    pub fn from_trailers(trailers: &HeaderMap) -> Option<Status> {
        let code = trailers.get("grpc-status")?.to_str().ok()?.parse().ok()?;
        let text = trailers.get("grpc-message").and_then(|text| text.to_str().ok()).unwrap_or_default();
        let mut status =
            Status { code, message: percent_decode_str(text).decode_utf8_lossy().into_owned(), info: None };
        if let Some(details) = trailers.get("grpc-status-details-bin").and_then(|details| decode(details.as_bytes())) {
            if !details.message.is_empty() {
                status.message = details.message;
            }
            status.info = details
                .details
                .iter()
                .filter(|any| any.type_url == ERROR_INFO_TYPE)
                .find_map(|any| ErrorInfo::decode(any.value.as_slice()).ok())
                .filter(|info| info.domain == "croft" && !info.reason.is_empty())
                .map(Box::new);
        }
        Some(status)
    }

    /// Whether the call succeeded.
    pub fn is_ok(&self) -> bool {
        self.code == 0
    }

    /// The agent's reason, without any prefix.
    pub fn reason(&self) -> Option<&str> {
        self.info.as_ref().map(|info| info.reason.as_str())
    }

    /// What an error calls this: the agent's reason, else the name of the gRPC code.
    pub fn name(&self) -> &str {
        let by_code = usize::try_from(self.code).ok().and_then(|code| NAMES.get(code)).copied();
        self.reason().or(by_code).unwrap_or("UNKNOWN")
    }

    /// What the agent says to do about it; may be empty.
    pub fn remedy(&self) -> &str {
        self.info.as_ref().and_then(|info| info.metadata.get("remedy")).map_or("", String::as_str)
    }

    /// Whether the agent asks to come back in a moment: it stops for a successor, or it starts.
    pub fn is_not_ready(&self) -> bool {
        matches!(self.reason(), Some("AGENT_STOPPING" | "NOT_VALIDATED"))
    }

    /// Whether the call surely changed nothing. Of a failure below the agent's own code, or in it, nobody knows.
    pub fn is_decided(&self) -> bool {
        match self.reason() {
            Some(reason) => !matches!(reason, "OUTCOME_UNKNOWN" | "INTERNAL"),
            None => !matches!(self.code, 1 | 2 | 4 | 10 | 13 | 14 | 15 | 17..),
        }
    }
}

fn decode(text: &[u8]) -> Option<RpcStatus> {
    let bytes = BASE64.decode(text).ok()?;
    RpcStatus::decode(bytes.as_slice()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn trailers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (http::HeaderName::from_static(k), HeaderValue::from_str(v).unwrap())).collect()
    }

    fn details(domain: &str) -> Vec<u8> {
        let info = ErrorInfo {
            reason: "POOL_EXHAUSTED".into(),
            domain: domain.into(),
            metadata: [("remedy".to_owned(), "add a pool".to_owned())].into(),
        };
        let any = prost_types::Any { type_url: ERROR_INFO_TYPE.into(), value: info.encode_to_vec() };
        RpcStatus { code: 8, message: "pool \"a\": full".into(), details: vec![any] }.encode_to_vec()
    }

    #[test]
    fn the_reason_is_read_with_and_without_padding() {
        for text in [
            base64::engine::general_purpose::STANDARD.encode(details("croft")),
            base64::engine::general_purpose::STANDARD_NO_PAD.encode(details("croft")),
        ] {
            let status = Status::from_trailers(&trailers(&[("grpc-status", "8"), ("grpc-status-details-bin", &text)]));
            let status = status.unwrap();
            assert_eq!(status.reason(), Some("POOL_EXHAUSTED"));
            assert_eq!(status.remedy(), "add a pool");
            assert_eq!(status.message, "pool \"a\": full");
        }
    }

    #[test]
    fn reasons_of_other_domains_are_not_ours() {
        let text = base64::engine::general_purpose::STANDARD.encode(details("example.com"));
        let status = Status::from_trailers(&trailers(&[("grpc-status", "8"), ("grpc-status-details-bin", &text)]));
        assert_eq!(status.unwrap().name(), "RESOURCE_EXHAUSTED");
    }

    #[test]
    fn a_message_is_percent_decoded_and_broken_details_are_left_out() {
        let status = Status::from_trailers(&trailers(&[
            ("grpc-status", "14"),
            ("grpc-message", "h%C3%B6her%20%25 100%"),
            ("grpc-status-details-bin", "!!!"),
        ]));
        assert_eq!(status, Some(Status { code: 14, message: "höher % 100%".into(), info: None }));
    }

    #[test]
    fn trailers_without_a_status_are_none() {
        assert_eq!(Status::from_trailers(&trailers(&[("grpc-message", "x")])), None);
        assert_eq!(Status::from_trailers(&trailers(&[("grpc-status", "x")])), None);
    }

    #[test]
    fn only_a_decision_of_the_agent_settles_the_outcome() {
        let with = |reason: &str| Status {
            code: 13,
            message: String::new(),
            info: Some(Box::new(ErrorInfo {
                reason: reason.into(),
                domain: "croft".into(),
                metadata: Default::default(),
            })),
        };
        assert!(with("JOURNAL_FULL").is_decided());
        assert!(!with("INTERNAL").is_decided());
        assert!(!with("OUTCOME_UNKNOWN").is_decided());
        let bare = |code| Status { code, message: String::new(), info: None };
        assert!(bare(3).is_decided() && bare(8).is_decided() && bare(7).is_decided());
        assert!(!bare(14).is_decided() && !bare(4).is_decided() && !bare(2).is_decided() && !bare(99).is_decided());
    }
}
