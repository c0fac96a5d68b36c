//! What befalls the disk of a journal.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::atomic::Ordering::SeqCst;

use super::{Effect, Result, agent::check_some, machine};
use crate::Failure;
use crate::clock::{eventually, now, pause};
use crate::history::{Event, Outcome};
use crate::node::Node;
use crate::program::shell;
use crate::random::Random;

/// Seconds within which the sign of life of a former install lapses, so that another has the name: 45, but each new leader of
/// etcd's members gives all leases their whole time again.
pub const LAPSES_WITHIN: u64 = 240;

/// No byte is free on it for a while.
pub fn full(node: &Node, random: &mut Random) -> Result {
    let filler = node.dir.join("state/filler");
    let since = now();
    let mut file = File::create(&filler)?;
    let bytes = vec![1u8; 65_536];
    let mut written = 0u64;
    let began = now();
    let end = began + random.between(12, 30) * 1_000_000_000;
    let mut restart = random.chance(60);
    // What is freed meanwhile is filled, too.
    while now() < end {
        if restart && now() > began + 3_000_000_000 {
            // The next one finds no room for what it writes at its start.
            restart = false;
            let mut agent = node.agent();
            node.kill(&mut agent);
            node.start(&mut agent)?;
        }
        match file.write(&bytes) {
            Ok(length) => written += length as u64,
            Err(_) => pause(50),
        }
    }
    let probe = fs::write(node.dir.join("state/probe"), [1u8; 8192]).is_err();
    let _ = fs::remove_file(node.dir.join("state/probe"));
    drop(file);
    fs::remove_file(&filler)?;
    let refused = refusals(node, since, "JOURNAL_FULL");
    let back = node.is_serving_within(90);
    check_some(node, random);
    let told =
        format!("{written} bytes, no byte free: {probe}, {refused} times JOURNAL_FULL, serves afterwards: {back}");
    Ok(Effect(probe && back, told))
}

fn refusals(node: &Node, since: u64, reason: &str) -> usize {
    let is = |event: &Event| {
        matches!(event, Event::Called(call) if call.node == node.name && call.ended > since
            && matches!(&call.outcome, Outcome::Refused(said, _) if said == reason))
    };
    node.history.events().iter().filter(|event| is(event)).count()
}

/// It can only be read when the agent starts.
pub fn read_only(node: &Node, random: &mut Random) -> Result {
    let state = node.dir.join("state").display().to_string();
    let mut agent = node.agent();
    node.kill(&mut agent);
    shell(&format!("mount -o remount,ro {state}"))?;
    let ends = node.ends.load(SeqCst);
    node.start(&mut agent)?;
    drop(agent);
    pause(random.between(4000, 12_000));
    let (ended, serves) = (node.ends.load(SeqCst) - ends, node.serves());
    shell(&format!("mount -o remount,rw {state}"))?;
    let back = node.is_serving_within(120);
    check_some(node, random);
    let told = format!("the agent ended {ended} times, serves meanwhile: {serves}, afterwards: {back}");
    Ok(Effect(ended > 0 && back, told))
}

/// The journal is deleted, or one bit of it flipped, while its pods live. Later the machine is booted, as the runbook says.
pub fn lost(node: &Node, random: &mut Random, flip: bool) -> Result {
    let mut agent = node.agent();
    // A running agent finds out by itself that its directory was emptied.
    let running = !flip && random.chance(50);
    if !running {
        node.kill(&mut agent);
    }
    let aside = set_aside(node);
    let install = installed(node);
    let ends = node.ends.load(SeqCst);
    let how = if flip { flip_bit(node, random)? } else { empty(node)? };
    let at = if running {
        drop(agent);
        eventually(20, || node.ends.load(SeqCst) > ends);
        // What was answered until it found out is lost too.
        now()
    } else {
        let at = now();
        node.start(&mut agent)?;
        drop(agent);
        at
    };
    let back = node.is_serving_within(90);
    let lost = !flip || set_aside(node) > aside;
    if lost {
        node.history.add(Event::JournalLost { node: node.name.clone(), at });
    }
    let changed = lost && eventually(LAPSES_WITHIN, || installed(node) != install);
    check_some(node, random);
    pause(random.between(8000, 25_000));
    let told = format!("{how}; under a running agent: {running}; serves: {back}; another install: {changed}");
    if lost {
        machine::rebooted(node, random)?;
    }
    // A flipped bit may lie where it does no harm; then nothing may be lost.
    Ok(Effect(back && (changed || !lost), told))
}

/// Journals that agents put aside because they could not be trusted.
fn set_aside(node: &Node) -> usize {
    let entries = fs::read_dir(node.dir.join("state")).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("journal.set-aside")).count()
}

/// The install that etcd leads the node's name to.
pub fn installed(node: &Node) -> Option<String> {
    crate::etcd::Etcd::get(&format!("/croft/v1/{}/nodes/{}", crate::options::CLUSTER, node.name))
        .ok()
        .flatten()
        .and_then(|record| serde_json::from_str::<serde_json::Value>(&record).ok())
        .and_then(|record| record["installId"].as_str().map(str::to_owned))
}

/// Deletes all of the state directory.
pub fn empty(node: &Node) -> std::result::Result<String, Failure> {
    let mut gone = 0;
    for entry in fs::read_dir(node.dir.join("state"))? {
        let path = entry?.path();
        gone += 1;
        if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
    }
    Ok(format!("{gone} entries of the state directory deleted"))
}

/// Among the bytes that were written, not among the zeros behind them.
fn flip_bit(node: &Node, random: &mut Random) -> std::result::Result<String, Failure> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(node.dir.join("state/journal"))? {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    // A segment that is prepared for later has only zeros.
    let mut written = Vec::new();
    for path in files {
        let mut bytes = Vec::new();
        File::open(&path)?.read_to_end(&mut bytes)?;
        if let Some(last) = bytes.iter().rposition(|byte| *byte != 0) {
            written.push((path, bytes, last + 1));
        }
    }
    if written.is_empty() {
        return Err("nothing was written".into());
    }
    let (path, bytes, used) = &written[random.index(written.len())];
    let used = *used;
    // The last record as often as all others together: there a bad one is easily taken for one that was cut off.
    let least = if random.chance(50) { used.saturating_sub(60) } else { 0 };
    let at = least + random.index(used - least);
    let bit = 1u8 << random.below(8);
    let mut file = fs::OpenOptions::new().write(true).open(path)?;
    file.seek(SeekFrom::Start(at as u64))?;
    file.write_all(&[bytes[at] ^ bit])?;
    Ok(format!("bit {bit:#04x} of byte {at} of {used} flipped in {}", path.display()))
}
