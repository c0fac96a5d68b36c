//! The process that called, and every wait of the shim, which ends when that process does.
//!
//! A runtime that gives up kills the main plugin, not the plugin that this one delegated to. An ADD that goes on alone would
//! take addresses that nobody will give back. Two signs tell of the death: the parent's pidfd, and a stdout that nobody
//! reads any more, which is also there when the parent died before this process could look at it.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, getppid, pidfd_open};

/// How often a parent without a pidfd is looked for.
const LOOK: Duration = Duration::from_millis(100);

/// The parent process, watched or not.
#[derive(Debug)]
pub struct Parent<'a> {
    pid: Option<Pid>,
    pidfd: Option<OwnedFd>,
    output: Option<BorrowedFd<'a>>,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The descriptor is ready, or in an error that the next call on it will tell.
    Ready,
    /// The deadline has passed.
    TimedOut,
    /// The watched parent is gone.
    ParentGone,
}

impl<'a> Parent<'a> {
    /// The parent of this process, to be watched from now on, who reads that output. A kernel without pidfds, or a parent in
    /// another PID namespace, is watched as well as it can be.
    pub fn watch(output: BorrowedFd<'a>) -> Parent<'a> {
        let pid = getppid();
        // A parent that dies between the two calls leaves a pidfd of another process, or none; the number tells then.
        let pidfd = pid.and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok());
        Parent { pid, pidfd, output: Some(output) }
    }

    /// For calls that are right to finish alone.
    pub fn unwatched() -> Parent<'static> {
        Parent { pid: None, pidfd: None, output: None }
    }

    /// Whether the watched parent is gone.
    pub fn is_gone(&self) -> bool {
        self.pid.is_some() && getppid() != self.pid
    }

    /// Waits until the deadline for a descriptor, or for time to pass.
    pub fn wait(&self, what: Option<(BorrowedFd<'_>, PollFlags)>, deadline: Instant) -> Wake {
        loop {
            let mut left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Wake::TimedOut;
            }
            if self.pid.is_some() && self.pidfd.is_none() {
                left = left.min(LOOK);
            }
            let mut fds = Vec::with_capacity(3);
            fds.extend(self.pidfd.as_ref().map(|pidfd| PollFd::from_borrowed_fd(pidfd.as_fd(), PollFlags::IN)));
            fds.extend(self.output.map(|output| PollFd::from_borrowed_fd(output, PollFlags::empty())));
            let signs = fds.len();
            fds.extend(what.map(|(fd, events)| PollFd::from_borrowed_fd(fd, events)));
            let timeout = Timespec { tv_sec: left.as_secs() as i64, tv_nsec: left.subsec_nanos().into() };
            let ready = poll(&mut fds, Some(&timeout)).unwrap_or(0);
            if self.is_gone() || ready > 0 && fds[..signs].iter().any(|fd| !fd.revents().is_empty()) {
                return Wake::ParentGone;
            }
            if ready > 0 {
                return Wake::Ready;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_living_parent_is_not_gone_and_time_passes() {
        let (_reader, writer) = std::io::pipe().unwrap();
        let without_pidfd = Parent { pid: getppid(), pidfd: None, output: None };
        for parent in [Parent::watch(writer.as_fd()), Parent::unwatched(), without_pidfd] {
            assert!(!parent.is_gone());
            assert_eq!(parent.wait(None, Instant::now() + Duration::from_millis(2)), Wake::TimedOut);
            assert_eq!(parent.wait(None, Instant::now()), Wake::TimedOut);
        }
    }

    #[test]
    fn a_parent_that_changed_is_gone() {
        let other = Parent { pid: Some(rustix::process::getpid()), pidfd: None, output: None };
        assert!(other.is_gone());
        assert_eq!(other.wait(None, Instant::now() + Duration::from_secs(5)), Wake::ParentGone);
    }

    #[test]
    fn a_pidfd_that_is_ready_ends_a_wait_at_once() {
        let mut child = std::process::Command::new("/bin/true").spawn().unwrap();
        let pid = Pid::from_child(&child);
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).ok();
        let parent = Parent { pid: getppid(), pidfd, output: None };
        assert_eq!(parent.wait(None, Instant::now() + Duration::from_secs(10)), Wake::ParentGone);
        child.wait().unwrap();
    }

    #[test]
    fn a_ready_descriptor_ends_a_wait() {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(writer);
        let (_other_reader, output) = std::io::pipe().unwrap();
        let parent = Parent::watch(output.as_fd());
        let wake = parent.wait(Some((reader.as_fd(), PollFlags::IN)), Instant::now() + Duration::from_secs(5));
        assert_eq!(wake, Wake::Ready);
    }

    #[test]
    fn an_output_that_nobody_reads_any_more_ends_a_wait_before_all_else() {
        let (reader, output) = std::io::pipe().unwrap();
        let parent = Parent::watch(output.as_fd());
        drop(reader);
        let wake = parent.wait(Some((output.as_fd(), PollFlags::OUT)), Instant::now() + Duration::from_secs(5));
        assert_eq!(wake, Wake::ParentGone);
    }
}
