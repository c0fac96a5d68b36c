//! What comes over stdin, with a bound in size and in time.

use std::os::fd::BorrowedFd;
use std::time::Instant;

use rustix::event::PollFlags;
use rustix::io::{Errno, read};

use crate::error::Error;
use crate::parent::{Parent, Wake};
use crate::reason::Reason;

/// The longest configuration that is read.
pub const LONGEST: usize = 1 << 20;

/// All bytes up to the end of the input.
pub fn read_all(input: BorrowedFd<'_>, deadline: Instant, parent: &Parent) -> Result<Vec<u8>, Error> {
    let unreadable = |what: &dyn std::fmt::Display| {
        Error::reference(Reason::StdinUnreadable, format!("error reading from stdin: {what}"), "")
    };
    let mut all = vec![0; 8 * 1024];
    let mut length = 0;
    loop {
        match parent.wait(Some((input, PollFlags::IN)), deadline) {
            Wake::Ready => {}
            Wake::TimedOut => return Err(unreadable(&"it was not closed in time")),
            Wake::ParentGone => return Err(Error::own(Reason::Orphaned, "the caller is gone")),
        }
        match read(input, &mut all[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(errno) => return Err(unreadable(&errno)),
        }
        if length > LONGEST {
            let text = format!("error unmarshall network config: it is longer than {LONGEST} bytes");
            return Err(Error::reference(Reason::ConfUndecodable, text, ""));
        }
        if length == all.len() {
            all.resize(2 * length, 0);
        }
    }
    all.truncate(length);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::fd::AsFd;
    use std::time::Duration;

    fn read_after(write: impl FnOnce(std::io::PipeWriter) + Send) -> Result<Vec<u8>, Error> {
        let (reader, writer) = std::io::pipe().unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        std::thread::scope(|scope| {
            scope.spawn(|| write(writer));
            read_all(reader.as_fd(), deadline, &Parent::unwatched())
        })
    }

    #[test]
    fn everything_up_to_the_end_is_read() {
        assert_eq!(read_after(drop), Ok(Vec::new()));
        let text = vec![b'x'; LONGEST];
        assert_eq!(read_after(|mut writer| writer.write_all(&text).unwrap()), Ok(text.clone()));
    }

    #[test]
    fn more_than_the_bound_is_refused_before_it_is_read() {
        let text = vec![b'x'; LONGEST + 1];
        let error = read_after(|mut writer| drop(writer.write_all(&text))).unwrap_err();
        assert_eq!(error.code(None), 6);
    }

    #[test]
    fn an_input_that_stays_open_is_refused_in_time() {
        let (reader, _writer) = std::io::pipe().unwrap();
        let deadline = Instant::now() + Duration::from_millis(5);
        assert_eq!(read_all(reader.as_fd(), deadline, &Parent::unwatched()).unwrap_err().code(None), 5);
    }

    #[test]
    fn an_input_that_cannot_be_read_is_an_error_of_its_own() {
        let directory = std::fs::File::open("/").unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        assert_eq!(read_all(directory.as_fd(), deadline, &Parent::unwatched()).unwrap_err().code(None), 5);
    }
}
