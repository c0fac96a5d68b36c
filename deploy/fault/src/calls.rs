//! The plugin's processes of a node, so that a machine that goes down takes them along.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::clock::now;

/// How long a plugin can live on without the one who called it, with something to spare.
const ORPHAN: u64 = 30_000_000_000;

/// Process groups of calls that are under way, each with the time of its end, or none.
#[derive(Default)]
pub struct Calls(Mutex<HashMap<u32, Option<u64>>>);

impl Calls {
    /// A call began, in a process group of that id.
    pub fn begin(&self, pid: u32) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(pid, None);
    }

    /// Its caller is done with it; its process may live on if it was orphaned.
    pub fn end(&self, pid: u32, orphaned: bool) {
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now();
        groups.retain(|_, until| until.is_none_or(|end| end > now));
        if orphaned {
            groups.insert(pid, Some(now + ORPHAN));
        } else {
            groups.remove(&pid);
        }
    }

    /// SIGKILL to all of them.
    pub fn kill(&self) {
        for pid in self.0.lock().unwrap_or_else(PoisonError::into_inner).keys() {
            let _ = killpg(Pid::from_raw(i32::try_from(*pid).unwrap_or_default()), Signal::SIGKILL);
        }
    }
}
