//! Releases that could not be delivered, kept for the agent.
//!
//! # Format
//!
//! The directory `spool/` beside the agent's socket (mode 0700) holds one file for each release, mode 0600, named
//! `<began, 20 digits>-<request id, 16 hex digits>.json`, so that names sort by start stamp. The content is one JSON object:
//!
//! ```json
//! {"format":1,"boot_id":"5b0c…","began":81723455112233,
//!  "attachment":{"network":"podnet","container_id":"9f2c","interface_name":"eth0"},
//!  "undo":false,"request_id":"5f0c5f0c5f0c5f0c"}
//! ```
//!
//! `began` is CLOCK_BOOTTIME in nanoseconds when the shim started: the DEL's own, or with `undo` that of the ADD that is
//! taken back. An entry is the `Release` with these fields and no sequence.
//!
//! # Promises
//!
//! The shim writes an entry under a name that begins with a dot, syncs it, renames it and syncs the directory, and only then
//! tells its caller that the DEL succeeded. So every name without a dot is a whole entry; a name with one is unfinished or
//! was left by a killed shim, whose caller was told nothing, and may be removed after a minute.
//!
//! The agent binds its socket, then replays the entries oldest first, then decides requests, and looks again from time to
//! time. It drops entries of another boot and removes each entry that it has carried out. Since the shim tries the socket
//! once more after an entry is in place, no entry waits for the next look while an agent listens, unless that fails too; an
//! entry may be gone, or carried out twice, at any time.
//!
//! There is no lock. The directory holds [`MOST_ENTRIES`], or a few more when several shims count at the same instant.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::clock;
use crate::error::Error;
use crate::proto::v1::Attachment;
use crate::reason::Reason;

/// The most entries that a spool takes.
pub const MOST_ENTRIES: usize = 4096;

const FORMAT: u32 = 1;

/// One release to keep.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    format: u32,
    boot_id: &'a str,
    began: u64,
    attachment: Key<'a>,
    undo: bool,
    request_id: &'a str,
}

#[derive(Debug, Serialize)]
struct Key<'a> {
    network: &'a str,
    container_id: &'a str,
    interface_name: &'a str,
}

/// An entry in its place.
#[derive(Debug)]
pub struct Kept(PathBuf);

impl Kept {
    /// Takes the entry out again, because it was delivered after all. The agent may have done so already.
    pub fn remove(self) {
        let _ = fs::remove_file(self.0);
    }
}

/// Keeps a release beside that socket, for good: it survives the death of every process.
pub fn keep(socket: &str, attachment: &Attachment, began: u64, undo: bool, request_id: &str) -> Result<Kept, Error> {
    let run_dir = Path::new(socket).parent().unwrap_or(Path::new("/"));
    let dir = run_dir.join("spool");
    let unwritable = |what: &str| {
        let text = format!("the release cannot be kept in {}: {what}", dir.display());
        Error::own(Reason::SpoolUnwritable, text)
    };
    let boot_id = clock::boot_id().ok_or_else(|| unwritable("the kernel does not show its boot id"))?;
    let entry = Entry {
        format: FORMAT,
        boot_id: &boot_id,
        began,
        attachment: Key {
            network: &attachment.network,
            container_id: &attachment.container_id,
            interface_name: &attachment.interface_name,
        },
        undo,
        request_id,
    };
    let bytes = serde_json::to_vec(&entry).map_err(|error| unwritable(&error.to_string()))?;
    make_directory(run_dir).and_then(|()| make_directory(&dir)).map_err(|error| unwritable(&explain(&error)))?;
    let entries = count(&dir).map_err(|error| unwritable(&explain(&error)))?;
    if entries >= MOST_ENTRIES {
        let text = format!("{} holds {entries} of {MOST_ENTRIES} undelivered releases", dir.display());
        return Err(Error::own(Reason::SpoolFull, text));
    }
    let name = format!("{began:020}-{request_id}.json");
    write(&dir, &name, &bytes).map_err(|error| unwritable(&explain(&error)))?;
    Ok(Kept(dir.join(name)))
}

/// The kind only: the text of the system may hold words that callers take for a success.
fn explain(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "its parent directory is missing".to_owned(),
        kind => format!("{kind} (os error {})", error.raw_os_error().unwrap_or_default()),
    }
}

/// Makes one level, if it is missing, and makes that last.
fn make_directory(dir: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => dir.parent().map_or(Ok(()), sync),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

fn count(dir: &Path) -> io::Result<usize> {
    let mut entries = 0;
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let name = name.as_encoded_bytes();
        entries += usize::from(!name.starts_with(b".") && name.ends_with(b".json"));
    }
    Ok(entries)
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let unfinished = dir.join(format!(".{name}"));
    let written = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| fs::rename(&unfinished, dir.join(name)));
    if placed.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    placed.and_then(|()| sync(dir))
}

fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn attachment() -> Attachment {
        Attachment { network: "podnet".into(), container_id: "9f2c".into(), interface_name: "eth0".into() }
    }

    fn keep_in(dir: &Path, began: u64) -> Result<Kept, Error> {
        let socket = dir.join("cni.sock");
        keep(socket.to_str().unwrap(), &attachment(), began, false, "5f0c5f0c5f0c5f0c")
    }

    #[test]
    fn an_entry_is_json_of_the_documented_form() {
        let dir = tempfile::tempdir().unwrap();
        let Kept(path) = keep_in(dir.path(), 34).unwrap();
        assert_eq!(path, dir.path().join("spool/00000000000000000034-5f0c5f0c5f0c5f0c.json"));
        let boot = clock::boot_id().unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            format!(
                "{{\"format\":1,\"boot_id\":\"{boot}\",\"began\":34,\"attachment\":{{\"network\":\"podnet\",\
                 \"container_id\":\"9f2c\",\"interface_name\":\"eth0\"}},\"undo\":false,\
                 \"request_id\":\"5f0c5f0c5f0c5f0c\"}}"
            )
        );
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        Kept(path.clone()).remove();
        assert!(!path.exists());
        Kept(path).remove();
    }

    #[test]
    fn nothing_unfinished_is_left() {
        let dir = tempfile::tempdir().unwrap();
        keep_in(dir.path(), 1).unwrap();
        keep_in(dir.path(), 1).unwrap();
        let names: Vec<_> = fs::read_dir(dir.path().join("spool")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["00000000000000000001-5f0c5f0c5f0c5f0c.json"]);
    }

    #[test]
    fn a_missing_run_directory_is_made_one_level_deep() {
        let dir = tempfile::tempdir().unwrap();
        keep_in(&dir.path().join("croft"), 1).unwrap();
        assert_eq!(fs::metadata(dir.path().join("croft")).unwrap().permissions().mode() & 0o777, 0o700);
        let error = keep_in(&dir.path().join("a/b"), 1).unwrap_err();
        assert_eq!(error.code(None), 11);
        assert!(format!("{error:?}").contains("parent directory is missing"), "{error:?}");
    }

    #[test]
    fn a_full_spool_is_refused_and_unfinished_entries_do_not_count() {
        let dir = tempfile::tempdir().unwrap();
        let spool = dir.path().join("spool");
        fs::create_dir(&spool).unwrap();
        for at in 0..MOST_ENTRIES - 1 {
            File::create(spool.join(format!("{at:020}-0.json"))).unwrap();
            if at % 100 == 0 {
                File::create(spool.join(format!(".{at:020}-0.json"))).unwrap();
            }
        }
        keep_in(dir.path(), 1 << 40).unwrap();
        let error = keep_in(dir.path(), 1 << 41).unwrap_err();
        assert!(matches!(error, Error::Own { reason: Reason::SpoolFull, .. }), "{error:?}");
        assert_eq!(error.code(None), 11);
    }

    #[test]
    fn a_file_in_the_place_of_the_directory_is_told() {
        let dir = tempfile::tempdir().unwrap();
        File::create(dir.path().join("spool")).unwrap();
        let error = keep_in(dir.path(), 1).unwrap_err();
        assert!(matches!(error, Error::Own { reason: Reason::SpoolUnwritable, .. }), "{error:?}");
    }
}
