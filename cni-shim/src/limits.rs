//! How long each verb may take: the one table of the shim's time limits.
//!
//! No caller bounds a plugin, and one hung call with a reload of the configuration behind it stops a whole node, so every
//! wait of the shim ends by a limit from here. All but [`LAST_WORD`] are measured on the monotonic clock from the start
//! of the process.

use std::time::Duration;

/// The limits of one verb.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the socket to be there, over all tries; also for an agent that says it is not ready yet.
    pub wait: Duration,
    /// For the first call that was sent; a repeated one may use what is left.
    pub first_call: Duration,
    /// When the last call ends, since the start.
    pub calls_end: Duration,
    /// When everything ends, since the start. The time after `calls_end` is kept for taking an ADD back, and for the one
    /// try after a DEL was spooled.
    pub total: Duration,
}

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// ADD: an agent that restarts, a block that must be claimed, and one repetition of a lost call fit in.
pub const ADD: Limits =
    Limits { wait: seconds(10), first_call: seconds(6), calls_end: seconds(18), total: seconds(20) };

/// DEL waits for nobody: what cannot be delivered is spooled.
pub const DEL: Limits = Limits { wait: seconds(0), first_call: seconds(8), calls_end: seconds(8), total: seconds(9) };

/// CHECK waits a little, because CRI-O takes a failed one for a broken pod.
pub const CHECK: Limits = Limits { wait: seconds(2), first_call: seconds(3), calls_end: seconds(5), total: seconds(5) };

/// STATUS is asked by the kubelet's own loop.
pub const STATUS: Limits = Limits {
    wait: seconds(0),
    first_call: Duration::from_millis(1500),
    calls_end: Duration::from_millis(1500),
    total: Duration::from_millis(1500),
};

/// GC looks at every attachment of a network.
pub const GC: Limits =
    Limits { wait: seconds(10), first_call: seconds(20), calls_end: seconds(30), total: seconds(30) };

/// For the error, or what is not asked of the agent, to be written, whenever that is.
pub const LAST_WORD: Duration = seconds(1);

/// Before the second look for the socket; doubles up to [`LONGEST_PAUSE`].
pub const SHORTEST_PAUSE: Duration = Duration::from_millis(10);

/// Between two looks for the socket.
pub const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// How long STATUS trusts the agent's last sign of health.
pub const GRACE: Duration = seconds(120);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wait_and_first_call_end_before_the_calls_do() {
        for limits in [ADD, DEL, CHECK, STATUS, GC] {
            assert!(limits.wait + limits.first_call <= limits.calls_end, "{limits:?}");
            assert!(limits.calls_end <= limits.total, "{limits:?}");
        }
    }

    #[test]
    fn an_add_keeps_two_seconds_for_its_retry_and_two_for_its_release() {
        assert_eq!(ADD.calls_end - ADD.wait - ADD.first_call, seconds(2));
        assert_eq!(ADD.total - ADD.calls_end, seconds(2));
        assert_eq!(ADD.total, seconds(20));
    }

    #[test]
    fn no_verb_takes_longer_than_its_callers_bear() {
        assert!(DEL.total <= seconds(10));
        assert!(CHECK.total <= seconds(5));
        assert!(STATUS.total <= Duration::from_millis(1500));
        assert!(GC.total <= seconds(30));
    }
}
