//! Takes down all that happens in etcd below `/croft/`, from the first revision on, and says at times how late it may be.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde_json::Value;

use crate::clock::{eventually, now, pause};
use crate::etcd::{Etcd, number};
use crate::history::{Event, History};
use crate::http::decode;

/// The key whose changes date those of others.
const MARK: &str = "/croft/mark";

/// One recorder for a run.
pub struct Recorder {
    etcd: Arc<Etcd>,
    history: Arc<History>,
    era: AtomicU64,
    seen: AtomicU64,
    paused: AtomicBool,
    watch: Mutex<Option<Child>>,
}

impl Recorder {
    /// Begins with revision 1.
    pub fn start(etcd: Arc<Etcd>, history: Arc<History>) -> Arc<Self> {
        let recorder = Arc::new(Self {
            etcd,
            history,
            era: AtomicU64::new(0),
            seen: AtomicU64::new(0),
            paused: AtomicBool::new(false),
            watch: Mutex::new(None),
        });
        let (watching, marking) = (Arc::clone(&recorder), Arc::clone(&recorder));
        thread::spawn(move || watching.record());
        thread::spawn(move || marking.mark());
        recorder
    }

    /// The last revision that it saw.
    pub fn seen(&self) -> u64 {
        self.seen.load(SeqCst)
    }

    /// It has seen that revision, or will not within these seconds.
    pub fn has_seen(&self, revision: u64, seconds: u64) -> bool {
        eventually(seconds, || self.seen() >= revision)
    }

    /// Before etcd is restored: its history so far is complete, what comes belongs to nobody until `resume`.
    pub fn stop(&self) {
        self.paused.store(true, SeqCst);
        if let Some(mut watch) = self.watch.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = watch.kill();
            let _ = watch.wait();
        }
        pause(200);
    }

    /// The same etcd as before is back.
    pub fn go_on(&self) {
        self.paused.store(false, SeqCst);
    }

    /// Of a restored etcd: `base` is what it was put back to, `from` the last revision before its new history.
    pub fn resume(&self, base: u64, from: u64) {
        let era = self.era.fetch_add(1, SeqCst) + 1;
        self.seen.store(from, SeqCst);
        self.history.add(Event::Restored { era, base, at: now() });
        self.paused.store(false, SeqCst);
    }

    fn record(&self) {
        loop {
            if self.paused.load(SeqCst) || self.watch_once().is_none() {
                pause(200);
            }
        }
    }

    fn watch_once(&self) -> Option<()> {
        let words = self.etcd.watch(self.seen() + 1, "/croft/");
        let era = self.era.load(SeqCst);
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let out = child.stdout.take()?;
        *self.watch.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
        for line in BufReader::new(out).lines() {
            let answer: Value = serde_json::from_str(&line.ok()?).ok()?;
            if self.paused.load(SeqCst) || self.era.load(SeqCst) != era {
                break;
            }
            if number(&answer["CompactRevision"]).is_ok_and(|compacted| compacted > 0) {
                self.history.add(Event::Gap { era, told: answer.to_string() });
                self.seen.store(number(&answer["CompactRevision"]).ok()?, SeqCst);
            }
            self.take(era, &answer);
        }
        if let Some(mut child) = self.watch.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        None
    }

    fn take(&self, era: u64, answer: &Value) {
        let at = now();
        for event in answer["Events"].as_array().into_iter().flatten() {
            let Ok(revision) = number(&event["kv"]["mod_revision"]) else { continue };
            let key = decode(event["kv"]["key"].as_str().unwrap_or_default());
            let deleted = number(&event["type"]).is_ok_and(|kind| kind == 1);
            // JSON of Go: an empty value is left out.
            let value = (!deleted).then(|| decode(event["kv"]["value"].as_str().unwrap_or_default()));
            // Who has which address as a copy, and signs of life, are not judged.
            if key != MARK && !key.contains("/mirror/") && !key.contains("/live/") {
                self.history.add(Event::Put { era, revision, key, value, at });
            }
            self.seen.store(revision, SeqCst);
        }
    }

    fn mark(&self) {
        for turn in 0u64.. {
            pause(1000);
            if self.paused.load(SeqCst) {
                continue;
            }
            let (era, asked) = (self.era.load(SeqCst), now());
            if let Ok(revision) = Etcd::put(MARK, turn.to_string().as_bytes())
                && self.era.load(SeqCst) == era
                && !self.paused.load(SeqCst)
            {
                self.history.add(Event::Mark { era, revision, asked });
            }
        }
    }
}
