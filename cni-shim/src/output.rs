//! The one document that goes to stdout.

use std::os::fd::BorrowedFd;
use std::time::Instant;

use rustix::event::PollFlags;
use rustix::io::{Errno, write};

use crate::parent::{Parent, Wake};

/// Why a document did not get out whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritten {
    /// Nobody reads, or not in time.
    Closed,
    /// The caller died.
    ParentGone,
}

/// Writes all bytes. A caller that died before the first of them has not seen any.
pub fn write_all(output: BorrowedFd<'_>, bytes: &[u8], deadline: Instant, parent: &Parent) -> Result<(), Unwritten> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match parent.wait(Some((output, PollFlags::OUT)), deadline) {
            Wake::Ready => {}
            Wake::TimedOut => return Err(Unwritten::Closed),
            Wake::ParentGone => return Err(Unwritten::ParentGone),
        }
        match write(output, rest) {
            Ok(count) => rest = &rest[count..],
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return Err(Unwritten::Closed),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::fd::AsFd;
    use std::time::Duration;

    #[test]
    fn all_bytes_get_out() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        assert_eq!(write_all(writer.as_fd(), b"{}\n", deadline, &Parent::unwatched()), Ok(()));
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "{}\n");
    }

    #[test]
    fn a_closed_or_stuck_reader_is_told() {
        let (reader, writer) = std::io::pipe().unwrap();
        rustix::io::ioctl_fionbio(&writer, true).unwrap();
        let soon = Instant::now() + Duration::from_millis(20);
        assert_eq!(write_all(writer.as_fd(), &[0; 1 << 20], soon, &Parent::unwatched()), Err(Unwritten::Closed));
        drop(reader);
        let deadline = Instant::now() + Duration::from_secs(5);
        assert_eq!(write_all(writer.as_fd(), b"x", deadline, &Parent::unwatched()), Err(Unwritten::Closed));
    }
}
