//! The CNI code of each refusal of the agent: the reason decides, then the gRPC status.

use crate::status::Status;
use crate::verb::Verb;

/// The code for a caller of that verb.
pub fn code(verb: Option<Verb>, status: &Status) -> u32 {
    let by_reason = status.reason().and_then(of_reason);
    match by_reason.unwrap_or_else(|| of_status(verb, status.code)) {
        11 if verb == Some(Verb::Status) => 50,
        code => code,
    }
}

fn of_reason(reason: &str) -> Option<u32> {
    Some(match reason {
        "POOL_EXHAUSTED" => 100,
        "ADDRESS_IN_USE" => 101,
        "NOT_ALLOCATED" | "ADDRESSES_DIFFER" => 102,
        "PEER_DENIED" => 103,
        "DELETED_MEANWHILE" => 105,
        "GC_BRAKE" => 106,
        _ => return None,
    })
}

fn of_status(verb: Option<Verb>, status: i32) -> u32 {
    match status {
        // CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE
        1 | 4 | 8 | 10 | 14 => 11,
        // NOT_FOUND
        5 if verb == Some(Verb::Check) => 102,
        // INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION, OUT_OF_RANGE
        3 | 5 | 9 | 11 => 7,
        // ALREADY_EXISTS
        6 => 101,
        // PERMISSION_DENIED, UNAUTHENTICATED
        7 | 16 => 103,
        // UNIMPLEMENTED
        12 => 1,
        // UNKNOWN, INTERNAL, DATA_LOSS, and what no version of gRPC knows
        _ => 104,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::ErrorInfo;
    use crate::proto::v1::ErrorReason;

    fn status(code: i32, reason: &str) -> Status {
        let info = ErrorInfo { reason: reason.into(), domain: "croft".into(), metadata: Default::default() };
        Status { code, message: String::new(), info: (!reason.is_empty()).then_some(Box::new(info)) }
    }

    #[test]
    fn every_reason_with_a_code_of_its_own_is_one_of_the_api() {
        let with_code = (0..100)
            .filter_map(|number| ErrorReason::try_from(number).ok())
            .filter(|reason| of_reason(reason.as_str_name().trim_start_matches("ERROR_REASON_")).is_some());
        assert_eq!(with_code.count(), 7);
    }

    #[test]
    fn the_reason_goes_before_the_status() {
        assert_eq!(code(Some(Verb::Add), &status(14, "POOL_EXHAUSTED")), 100);
        assert_eq!(code(Some(Verb::Add), &status(9, "DELETED_MEANWHILE")), 105);
        assert_eq!(code(Some(Verb::Gc), &status(9, "GC_BRAKE")), 106);
        assert_eq!(code(Some(Verb::Add), &status(9, "POOL_PAUSED")), 7);
    }

    #[test]
    fn each_status_without_a_reason_has_the_code_of_the_table() {
        let table = [
            (1, 11),
            (2, 104),
            (3, 7),
            (4, 11),
            (5, 7),
            (6, 101),
            (7, 103),
            (8, 11),
            (9, 7),
            (10, 11),
            (11, 7),
            (12, 1),
            (13, 104),
            (14, 11),
            (15, 104),
            (16, 103),
            (99, 104),
            (-1, 104),
        ];
        for (grpc, cni) in table {
            assert_eq!(code(Some(Verb::Add), &status(grpc, "")), cni, "{grpc}");
        }
    }

    #[test]
    fn status_says_50_for_what_is_11_elsewhere() {
        assert_eq!(code(Some(Verb::Status), &status(14, "")), 50);
        assert_eq!(code(Some(Verb::Status), &status(14, "AGENT_STOPPING")), 50);
        assert_eq!(code(Some(Verb::Status), &status(7, "")), 103);
    }

    #[test]
    fn an_absent_allocation_is_102_for_check() {
        assert_eq!(code(Some(Verb::Check), &status(5, "")), 102);
        assert_eq!(code(Some(Verb::Check), &status(5, "NOT_ALLOCATED")), 102);
        assert_eq!(code(Some(Verb::Check), &status(9, "ADDRESSES_DIFFER")), 102);
    }
}
