//! The agent's last sign of health: the file `healthy` beside its socket, which it renews while it can serve an ADD.
//!
//! STATUS takes the sign for an answer for a while, so that an update of the agent does not make the node unready.

use std::path::Path;

use serde::Deserialize;

use crate::clock;
use crate::limits::GRACE;

/// How far ahead of this process's clock a stamp may be.
const SKEW_NANOS: u64 = 1_000_000_000;

/// The part of the stamp that matters here; the agent itself also reads `install_id` and `journal_sequence`.
#[derive(Debug, Deserialize)]
struct Stamp {
    boot_id: String,
    boot_nanos: u64,
}

/// Whether the agent of that socket was healthy in this boot and no longer ago than the grace allows. Anything unreadable is
/// no sign.
pub fn is_fresh(socket: &str) -> bool {
    let path = Path::new(socket).with_file_name("healthy");
    match (std::fs::read(path), clock::boot_id()) {
        (Ok(bytes), Some(boot_id)) => shows_health(&bytes, &boot_id, clock::boot_nanos()),
        _ => false,
    }
}

fn shows_health(bytes: &[u8], boot_id: &str, now: u64) -> bool {
    let Ok(stamp) = serde_json::from_slice::<Stamp>(bytes) else {
        return false;
    };
    let age = now.saturating_sub(stamp.boot_nanos);
    stamp.boot_id == boot_id
        && stamp.boot_nanos <= now.saturating_add(SKEW_NANOS)
        && u128::from(age) <= GRACE.as_nanos()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn stamp(nanos: u64) -> Vec<u8> {
        format!(r#"{{"install_id":"i","boot_id":"b","boot_nanos":{nanos},"journal_sequence":7,"more":1}}"#).into_bytes()
    }

    #[test]
    fn a_stamp_is_good_for_120_seconds() {
        assert!(shows_health(&stamp(1000 * SECOND), "b", 1000 * SECOND));
        assert!(shows_health(&stamp(1000 * SECOND), "b", 1120 * SECOND));
        assert!(!shows_health(&stamp(1000 * SECOND), "b", 1120 * SECOND + 1));
    }

    #[test]
    fn a_stamp_of_another_boot_or_of_the_future_is_none() {
        assert!(!shows_health(&stamp(1000 * SECOND), "c", 1000 * SECOND));
        assert!(shows_health(&stamp(1001 * SECOND), "b", 1000 * SECOND));
        assert!(!shows_health(&stamp(1001 * SECOND + 1), "b", 1000 * SECOND));
    }

    #[test]
    fn what_is_not_a_stamp_is_none() {
        for bytes in [&b""[..], b"{}", b"[]", b"\xff", br#"{"boot_id":"b","boot_nanos":-1}"#] {
            assert!(!shows_health(bytes, "b", 1));
        }
        assert!(!is_fresh("/run/there/is/none.sock"));
    }
}
