//! The identity of a network namespace: what its path leads to now.

use rustix::fs::stat;
use rustix::io::Errno;

/// What a look at a path showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// There is this.
    There(Identity),
    /// There is nothing.
    Absent,
    /// It could not be seen.
    Unknown,
}

/// Device and inode, which belong to a namespace as long as it exists; its path may be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `st_dev`.
    pub device: u64,
    /// `st_ino`.
    pub inode: u64,
}

/// Looks at a path, following links.
pub fn look(path: &str) -> Look {
    match stat(path) {
        Ok(stat) => Look::There(Identity { device: stat.st_dev, inode: stat.st_ino }),
        Err(Errno::NOENT | Errno::NOTDIR) => Look::Absent,
        Err(_) => Look::Unknown,
    }
}

/// The network namespace of this process itself.
pub fn own() -> Look {
    look("/proc/self/ns/net")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_shows_what_it_leads_to() {
        assert_eq!(look("/proc/thread-self/ns/net"), own());
        assert!(matches!(own(), Look::There(identity) if identity.inode != 0));
        assert_ne!(look("/proc/self/ns/ipc"), own());
    }

    #[test]
    fn an_absent_path_is_absent_and_an_odd_one_unknown() {
        assert_eq!(look("/run/netns/there/is/none"), Look::Absent);
        assert_eq!(look("/proc/version/x"), Look::Absent);
        assert_eq!(look(&"x".repeat(5000)), Look::Unknown);
    }
}
