//! The three times the shim uses: the boot clock that orders its requests, the monotonic clock of its limits, and the name
//! of the boot.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// When this process began, on both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// CLOCK_BOOTTIME in nanoseconds. Orders this call among all others of its attachment.
    pub boot_nanos: u64,
    instant: Instant,
}

impl Start {
    /// Now; to be called first in the process.
    pub fn now() -> Self {
        Start { boot_nanos: boot_nanos(), instant: Instant::now() }
    }

    /// The instant at which a time since the start has passed.
    pub fn after(&self, time: Duration) -> Instant {
        self.instant + time
    }

    /// The boot clock's reading in the form of the API.
    pub fn stamp(&self) -> prost_types::Duration {
        let nanos = (self.boot_nanos % 1_000_000_000) as i32;
        prost_types::Duration { seconds: (self.boot_nanos / 1_000_000_000) as i64, nanos }
    }
}

/// CLOCK_BOOTTIME, which goes on while the machine sleeps and cannot be set.
pub fn boot_nanos() -> u64 {
    let now = clock_gettime(ClockId::Boottime);
    now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
}

/// The kernel's name for this boot. None where `/proc` does not show it.
pub fn boot_id() -> Option<String> {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let id = text.trim();
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_is_the_boot_clock_in_seconds_and_nanoseconds() {
        let start = Start { boot_nanos: 12_000_000_034, instant: Instant::now() };
        assert_eq!(start.stamp(), prost_types::Duration { seconds: 12, nanos: 34 });
    }

    #[test]
    fn the_boot_has_a_name_and_its_clock_runs() {
        assert_eq!(boot_id().map(|id| id.len()), Some(36));
        assert!(boot_nanos() > 0);
    }
}
