//! The bytes between a non-blocking socket and the HTTP/2 library, and the loop that drives one future to its end.
//!
//! The library reads and writes buffers. Only when its future cannot go on are the written bytes sent, all in one call, and
//! then the next ones awaited. So a request leaves in the first write, together with the preface, and what acknowledges the
//! peer's settings is never sent when the answer came with them.

use std::cell::RefCell;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake as WakeTask, Waker};
use std::time::Instant;

use rustix::event::PollFlags;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::parent::{Parent, Wake};

/// Bytes read at once: an answer and what comes before it fit in.
const CHUNK: usize = 16 * 1024;

#[derive(Debug, Default)]
struct Buffers {
    inbound: Vec<u8>,
    taken: usize,
    outbound: Vec<u8>,
    ended: bool,
}

/// The library's end of the wire.
#[derive(Debug)]
pub struct Pipe(Rc<RefCell<Buffers>>);

/// The socket's end of the wire.
#[derive(Debug)]
pub struct Wire {
    socket: OwnedFd,
    buffers: Rc<RefCell<Buffers>>,
}

/// Why a future was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// The deadline passed.
    TimedOut,
    /// The watched parent is gone.
    ParentGone,
}

impl Wire {
    /// A wire over a connected, non-blocking socket, and the end of it that the library takes.
    pub fn new(socket: OwnedFd) -> (Wire, Pipe) {
        let buffers = Rc::new(RefCell::new(Buffers::default()));
        (Wire { socket, buffers: buffers.clone() }, Pipe(buffers))
    }

    /// Drives a future that uses the other end. The end of the connection is an end of file to it, not an interrupt.
    pub fn drive<F: Future>(&self, future: F, deadline: Instant, parent: &Parent) -> Result<F::Output, Interrupt> {
        let mut future = pin!(future);
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = Waker::from(flag.clone());
        let mut context = Context::from_waker(&waker);
        let mut chunk = [0; CHUNK];
        loop {
            while flag.0.swap(false, Ordering::Relaxed) {
                if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                    return Ok(output);
                }
            }
            let mut events = PollFlags::IN;
            if !self.send_all() {
                events |= PollFlags::OUT;
            }
            match parent.wait(Some((self.socket.as_fd(), events)), deadline) {
                Wake::Ready => self.receive(&mut chunk),
                Wake::TimedOut => return Err(Interrupt::TimedOut),
                Wake::ParentGone => return Err(Interrupt::ParentGone),
            }
            flag.0.store(true, Ordering::Relaxed);
        }
    }

    /// Sends what can be sent; false when some is left. A broken connection may still hold an answer, so what cannot be sent
    /// any more is forgotten and reading tells the end.
    fn send_all(&self) -> bool {
        let mut buffers = self.buffers.borrow_mut();
        while !buffers.outbound.is_empty() {
            match send(&self.socket, &buffers.outbound, SendFlags::NOSIGNAL) {
                Ok(sent) => drop(buffers.outbound.drain(..sent)),
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return false,
                Err(_) => buffers.outbound.clear(),
            }
        }
        true
    }

    fn receive(&self, chunk: &mut [u8; CHUNK]) {
        let mut buffers = self.buffers.borrow_mut();
        match recv(&self.socket, &mut chunk[..], RecvFlags::empty()) {
            Ok((0, _)) => buffers.ended = true,
            Ok((read, _)) => buffers.inbound.extend_from_slice(&chunk[..read]),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => buffers.ended = true,
        }
    }
}

impl AsyncRead for Pipe {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut buffers = self.0.borrow_mut();
        let there = buffers.inbound.len() - buffers.taken;
        if there == 0 {
            // No waker is kept: the loop polls again after each read.
            return if buffers.ended { Poll::Ready(Ok(())) } else { Poll::Pending };
        }
        let count = there.min(to.remaining());
        to.put_slice(&buffers.inbound[buffers.taken..buffers.taken + count]);
        buffers.taken += count;
        if buffers.taken == buffers.inbound.len() {
            buffers.inbound.clear();
            buffers.taken = 0;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.borrow_mut().outbound.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

struct Flag(AtomicBool);

impl WakeTask for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    fn pair() -> (Wire, Pipe, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let (wire, pipe) = Wire::new(ours.into());
        (wire, pipe, theirs)
    }

    async fn read_to_end(pipe: &mut Pipe) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let mut space = [0; 7];
            let mut buffer = ReadBuf::new(&mut space);
            poll_fn(|context| Pin::new(&mut *pipe).poll_read(context, &mut buffer)).await.unwrap();
            if buffer.filled().is_empty() {
                return all;
            }
            all.extend_from_slice(buffer.filled());
        }
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    #[test]
    fn all_that_was_written_leaves_in_one_piece_before_the_first_read() {
        let (wire, mut pipe, theirs) = pair();
        theirs.set_nonblocking(true).unwrap();
        let future = async {
            for part in ["a", "b", "c"] {
                let bytes = part.as_bytes();
                poll_fn(|context| Pin::new(&mut pipe).poll_write(context, bytes)).await.unwrap();
                assert!((&theirs).read(&mut [0; 8]).is_err());
            }
            poll_fn::<(), _>(|_| Poll::Pending).await;
        };
        let deadline = Instant::now() + Duration::from_millis(5);
        assert_eq!(wire.drive(future, deadline, &Parent::unwatched()), Err(Interrupt::TimedOut));
        let mut bytes = [0; 8];
        assert_eq!((&theirs).read(&mut bytes).unwrap(), 3);
        assert_eq!(&bytes[..3], b"abc");
    }

    #[test]
    fn an_answer_before_the_end_of_the_connection_is_read_whole() {
        let (wire, mut pipe, mut theirs) = pair();
        let text = vec![b'x'; 3 * CHUNK + 5];
        theirs.write_all(&text).unwrap();
        drop(theirs);
        assert_eq!(wire.drive(read_to_end(&mut pipe), soon(), &Parent::unwatched()), Ok(text));
    }

    #[test]
    fn more_than_the_socket_holds_is_sent_as_the_peer_reads() {
        let (wire, mut pipe, mut theirs) = pair();
        let text = vec![b'y'; 4 << 20];
        let future = async {
            poll_fn(|context| Pin::new(&mut pipe).poll_write(context, &text)).await.unwrap();
            read_to_end(&mut pipe).await
        };
        let length = text.len();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let mut all = vec![0; length];
                theirs.read_exact(&mut all).unwrap();
                theirs.write_all(b"done").unwrap();
            });
            assert_eq!(wire.drive(future, soon(), &Parent::unwatched()), Ok(b"done".to_vec()));
        });
    }
}
