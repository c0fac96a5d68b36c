//! The boot clock: what the whole run is timed by.

use std::time::Duration;

use crate::Failure;
use nix::time::{ClockId, clock_gettime};

/// Nanoseconds since the machine's boot.
pub fn now() -> u64 {
    let time = clock_gettime(ClockId::CLOCK_BOOTTIME).expect("Linux has a boot clock");
    let seconds = u64::try_from(time.tv_sec()).unwrap_or_default();
    seconds * 1_000_000_000 + u64::try_from(time.tv_nsec()).unwrap_or_default()
}

/// In nanoseconds, as the history has it.
pub fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// Lets time pass.
pub fn pause(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}

/// Tries until it works, for so many seconds: etcd may elect a leader meanwhile.
pub fn patiently<T>(seconds: u64, mut attempt: impl FnMut() -> Result<T, Failure>) -> Result<T, Failure> {
    let end = now() + seconds * 1_000_000_000;
    loop {
        let result = attempt();
        if result.is_ok() || now() >= end {
            return result;
        }
        pause(500);
    }
}

/// Looks every 50 ms until it holds, for so many seconds.
pub fn eventually(seconds: u64, mut holds: impl FnMut() -> bool) -> bool {
    let end = now() + seconds * 1_000_000_000;
    loop {
        if holds() {
            return true;
        }
        if now() >= end {
            return false;
        }
        pause(50);
    }
}
