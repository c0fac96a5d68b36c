//! Network namespaces of pods, kept by a mount as runtimes keep them.

use std::fs::{self, File};
use std::path::Path;
use std::thread;

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};

use crate::Failure;

/// Makes one at that path.
pub fn make(path: &Path) -> Result<(), Failure> {
    File::create_new(path)?;
    let target = path.to_owned();
    let made = thread::spawn(move || {
        unshare(CloneFlags::CLONE_NEWNET)?;
        mount(Some("/proc/thread-self/ns/net"), &target, None::<&str>, MsFlags::MS_BIND, None::<&str>)
    })
    .join()
    .map_err(|_| "the thread of a sandbox panicked")?;
    Ok(made?)
}

/// Removes it, if it is there.
pub fn remove(path: &Path) {
    let _ = umount2(path, MntFlags::MNT_DETACH);
    let _ = fs::remove_file(path);
}
