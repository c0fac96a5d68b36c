//! The journal finds no room for what gives.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::PathBuf;

use super::agent::check_some;
use super::members::anchor;
use super::{Effect, Result, end};
use crate::Failure;
use crate::clock::{now, pause};
use crate::history::{Event, Outcome};
use crate::lab::Lab;
use crate::node::Node;
use crate::random::Random;
use crate::runtime::new_pod;
use crate::shim::{Death, call};

/// Bytes of a segment that are kept for what frees (`docs/design.md` 4).
const RESERVE: u64 = 512 << 10;

/// A segment has 4 MiB: less than that is free for the next one.
const TOO_LITTLE: u64 = 1 << 20;

/// The disk has no room for another segment, and the one in use ends soon: its zeros are cut short, for a run writes less than a
/// segment. ADDs are refused, DELs are not; and when there is room again, all goes on without a restart.
pub fn journal_full(lab: &Lab, node: &Node, random: &mut Random) -> Result {
    let Some(anchor) = anchor(lab, node) else { return Ok(Effect(false, "it has no spare block".to_owned())) };
    let filler = node.dir.join("state/filler");
    let mut agent = node.agent();
    node.kill(&mut agent);
    let cut = shorten(node, random.between(1024, 6144))?;
    let written = fill(&filler, random.chance(50))?;
    let started = node.start(&mut agent);
    drop(agent);
    let looked = started.and_then(|()| look_for_a_while(lab, node, random));
    if looked.is_err() {
        fs::remove_file(&filler)?;
    }
    let seen = looked?;
    // A release comes from the reserve, too.
    let mut freed = false;
    if seen.refused > 0 {
        node.pods.know(&anchor, false);
        let del = call(node, "DEL", &anchor, Death::None);
        freed = del.is_done();
        node.history.add(Event::Called(del.call));
        let check = call(node, "CHECK", &anchor, Death::None);
        freed &= matches!(&check.call.outcome, Outcome::Refused(reason, _) if reason == "NOT_ALLOCATED");
        node.history.add(Event::Called(check.call));
    }
    fs::remove_file(&filler)?;
    let back = node.is_serving_within(90);
    if !freed {
        node.pods.know(&anchor, false);
        node.history.add(Event::Called(call(node, "DEL", &anchor, Death::None).call));
    }
    node.gone(&anchor);
    node.pods.forget(&anchor);
    check_some(node, random);
    let told = format!(
        "{cut} bytes cut off, {written} filled, {} ADDs answered, then {} JOURNAL_FULL, {} otherwise; a DEL freed: {freed}; serves \
         afterwards: {back}",
        seen.answered, seen.refused, seen.other
    );
    Ok(Effect(seen.refused > 0 && freed && back, told))
}

/// ADDs until some were refused, and maybe a restart after that.
fn look_for_a_while(lab: &Lab, node: &Node, random: &mut Random) -> std::result::Result<Seen, Failure> {
    let mut seen = Seen::default();
    let end = now() + random.between(15, 30) * 1_000_000_000;
    let mut restart = random.chance(50);
    while now() < end || (seen.refused == 0 && now() < end + 30_000_000_000) {
        seen.look(lab, node);
        if restart && seen.refused > 0 {
            // What a start writes comes from the reserve.
            restart = false;
            let mut agent = node.agent();
            node.kill(&mut agent);
            node.start(&mut agent)?;
        }
    }
    Ok(seen)
}

/// Answers of ADDs that have a free address of their own.
#[derive(Default)]
struct Seen {
    answered: u64,
    refused: u64,
    other: u64,
}

impl Seen {
    fn look(&mut self, lab: &Lab, node: &Node) {
        let Some(pod) = new_pod(lab, node, node.boot(), vec!["spare".to_owned()]) else { return };
        let add = call(node, "ADD", &pod, Death::None);
        match &add.call.outcome {
            Outcome::Done(_) => self.answered += 1,
            Outcome::Refused(reason, _) if reason == "JOURNAL_FULL" => self.refused += 1,
            _ => self.other += 1,
        }
        node.history.add(Event::Called(add.call));
        end(node, &pod);
        pause(500);
    }
}

/// Leaves the segment in use, beside its reserve, only that many of the zeros behind its records. How many it lost.
fn shorten(node: &Node, left: u64) -> std::result::Result<u64, Failure> {
    let mut segments: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(node.dir.join("state/journal"))? {
        let path = entry?.path();
        // A spare one has another ending, and no agent goes on with that of another.
        if path.extension().is_none_or(|end| end != "tmp") {
            segments.push(path);
        }
    }
    segments.sort();
    let path = segments.pop().ok_or("there is no journal")?;
    let mut bytes = Vec::new();
    File::open(&path)?.read_to_end(&mut bytes)?;
    let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1);
    let (size, wanted) = (bytes.len() as u64, used + RESERVE + left);
    if wanted < size {
        let file = OpenOptions::new().write(true).open(&path)?;
        file.set_len(wanted)?;
        file.sync_all()?;
    }
    Ok(size.saturating_sub(wanted))
}

/// Fills the disk: to the last byte, or so that small files have room and a segment has not.
fn fill(filler: &PathBuf, whole: bool) -> std::result::Result<u64, Failure> {
    // What a killed agent prepared would be used by the next one, or deleted and so be free.
    let spare = filler.with_file_name("journal").join("spare.tmp");
    if spare.exists() {
        fs::remove_file(spare)?;
    }
    let mut file = File::create(filler)?;
    let (bytes, mut written) = (vec![1u8; 16_384], 0);
    while let Ok(length) = file.write(&bytes) {
        written += length as u64;
    }
    if !whole {
        written = written.saturating_sub(TOO_LITTLE);
        file.set_len(written)?;
    }
    Ok(written)
}
