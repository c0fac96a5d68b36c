//! The one document that goes to stdout.

use std::os::fd::BorrowedFd;
use std::time::Instant;

use rustix::event::PollFlags;
use rustix::fs::{FileType, OFlags, fcntl_getfl, fstat, major, minor};
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

/// The most bytes of one write: what a pipe with any room at all takes without a wait, so that no reader can hold a writer
/// beyond its deadline.
const LONGEST_WRITE: usize = 4096;

/// Whether the caller gave no such descriptor at all. Rust's runtime has then put the null device in its place, open for
/// reading too; shells and Go open it for writing only. What a daemon opened for both counts as missing too: nobody reads that.
pub fn is_missing(output: BorrowedFd<'_>) -> bool {
    let is_null = fstat(output).is_ok_and(|stat| {
        FileType::from_raw_mode(stat.st_mode) == FileType::CharacterDevice
            && (major(stat.st_rdev), minor(stat.st_rdev)) == (1, 3)
    });
    is_null && fcntl_getfl(output).is_ok_and(|flags| flags.contains(OFlags::RDWR))
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
        match write(output, &rest[..rest.len().min(LONGEST_WRITE)]) {
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

    #[test]
    fn a_blocking_pipe_that_nobody_empties_holds_nobody_beyond_the_deadline() {
        let (_reader, writer) = std::io::pipe().unwrap();
        let soon = Instant::now() + Duration::from_millis(20);
        assert_eq!(write_all(writer.as_fd(), &[0; 1 << 20], soon, &Parent::unwatched()), Err(Unwritten::Closed));
    }

    #[test]
    fn only_the_null_device_that_stands_for_nothing_is_missing() {
        let (_reader, writer) = std::io::pipe().unwrap();
        let open = |read, path| std::fs::OpenOptions::new().read(read).write(true).open(path).unwrap();
        assert!(is_missing(open(true, "/dev/null").as_fd()));
        assert!(!is_missing(open(false, "/dev/null").as_fd()));
        assert!(!is_missing(open(true, "/dev/full").as_fd()));
        assert!(!is_missing(writer.as_fd()));
    }
}
