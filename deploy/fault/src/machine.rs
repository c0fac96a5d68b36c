//! What a machine's programs see of the kernel: a mount namespace in which the boot id is the machine's own.

use std::fs::File;
use std::path::Path;
use std::thread;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, setns, unshare};

use crate::Failure;

/// The file by which the kernel tells its boot.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// Programs that are started in it see that boot id, and every mount that is made below `/run` afterwards.
pub struct View(File);

impl View {
    /// With that file as its boot id.
    pub fn new(boot_id: &Path) -> Result<Self, Failure> {
        let boot_id = boot_id.to_owned();
        let made = thread::spawn(move || -> Result<File, Failure> {
            unshare(CloneFlags::CLONE_NEWNS)?;
            let none = None::<&str>;
            mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_SLAVE, none)?;
            mount(Some(&boot_id), BOOT_ID, none, MsFlags::MS_BIND, none)?;
            Ok(File::open("/proc/thread-self/ns/mnt")?)
        });
        Ok(Self(made.join().map_err(|_| "the thread of a machine panicked")??))
    }

    /// What is started there sees it so.
    pub fn within<T: Send>(&self, start: impl FnOnce() -> std::io::Result<T> + Send) -> std::io::Result<T> {
        let entered = || {
            unshare(CloneFlags::CLONE_FS)?;
            setns(&self.0, CloneFlags::CLONE_NEWNS)?;
            start()
        };
        thread::scope(|scope| {
            let started = scope.spawn(entered).join();
            started.unwrap_or_else(|_| Err(std::io::Error::other("the thread of a machine panicked")))
        })
    }
}
