//! Stands between some agents and etcd, and can cut off an answer whose request was delivered.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use crate::Failure;
use crate::clock::pause;

/// For how long etcd may carry out a request before its connection breaks.
const CARRIED_OUT: u64 = 300;

/// What one agent's connections go through.
#[derive(Default)]
pub struct Proxy {
    armed: AtomicBool,
    /// Bytes of answers that were thrown away.
    dropped: AtomicU64,
    cuts: AtomicU64,
}

impl Proxy {
    /// Listens at that address for a member's clients.
    pub fn listen(self: &Arc<Self>, at: (Ipv4Addr, u16), member: SocketAddr) -> Result<(), Failure> {
        let listener = TcpListener::bind(at)?;
        let proxy = Arc::clone(self);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let proxy = Arc::clone(&proxy);
                thread::spawn(move || proxy.serve(client, member));
            }
        });
        Ok(())
    }

    /// The next transaction over a block loses its answer.
    pub fn arm(&self) {
        self.armed.store(true, SeqCst);
    }

    /// None does any more.
    pub fn disarm(&self) {
        self.armed.store(false, SeqCst);
    }

    /// Connections that were cut after such a request, and the bytes of answers that were thrown away.
    pub fn told(&self) -> (u64, u64) {
        (self.cuts.load(SeqCst), self.dropped.load(SeqCst))
    }

    fn serve(self: Arc<Self>, client: TcpStream, member: SocketAddr) {
        // One that cannot be reached refuses; its client sees the end of the connection.
        let Ok(server) = TcpStream::connect_timeout(&member, Duration::from_secs(2)) else { return };
        let _ = client.set_nodelay(true);
        let _ = server.set_nodelay(true);
        let cutting = Arc::new(AtomicBool::new(false));
        let (Ok(from_server), Ok(to_client)) = (server.try_clone(), client.try_clone()) else { return };
        let (answers, flag) = (Arc::clone(&self), Arc::clone(&cutting));
        thread::spawn(move || answers.pass_answers(from_server, to_client, &flag));
        self.pass_requests(client, server, &cutting);
    }

    fn pass_requests(&self, mut client: TcpStream, mut server: TcpStream, cutting: &AtomicBool) {
        let mut bytes = vec![0; 65_536];
        while let Ok(length @ 1..) = client.read(&mut bytes) {
            let part = &bytes[..length];
            // A transaction compares the install's record and changes the block's.
            let meant = contains(part, b"/blocks/") && contains(part, b"/installs/");
            if meant && self.armed.swap(false, SeqCst) {
                cutting.store(true, SeqCst);
                let _ = server.write_all(part);
                pause(CARRIED_OUT);
                self.cuts.fetch_add(1, SeqCst);
                break;
            }
            if server.write_all(part).is_err() {
                break;
            }
        }
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
    }

    fn pass_answers(&self, mut server: TcpStream, mut client: TcpStream, cutting: &AtomicBool) {
        let mut bytes = vec![0; 65_536];
        while let Ok(length @ 1..) = server.read(&mut bytes) {
            if cutting.load(SeqCst) {
                self.dropped.fetch_add(length as u64, SeqCst);
            } else if client.write_all(&bytes[..length]).is_err() {
                break;
            }
        }
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
    }
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}
