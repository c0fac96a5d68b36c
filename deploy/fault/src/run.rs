//! One run, from the wire to the report.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;

use serde_json::Value;

use crate::Failure;
use crate::clock::{now, pause};
use crate::faults::{self, restore::audit};
use crate::history::{Event, write};
use crate::judge::judge;
use crate::lab::Lab;
use crate::plan::draw;
use crate::program;
use crate::random::Random;
use crate::report::{Report, Run};
use crate::runtime;
use crate::shim::{Death, call};

/// What is run.
#[derive(Default)]
pub struct Settings {
    /// Of faults.
    pub minutes: u64,
    /// Decides everything that can be decided.
    pub seed: u64,
    /// What `./dev build` made.
    pub dist: PathBuf,
    /// Directory of etcd's programs.
    pub etcd: PathBuf,
    /// Of the sources.
    pub commit: String,
    /// Where the report goes; none: standard output.
    pub report: Option<PathBuf>,
    /// Where the history goes, for `croft-fault judge`.
    pub history: Option<PathBuf>,
    /// Faults of these kinds only.
    pub only: Vec<String>,
}

/// Exit code: 0, 1 with a violation, 2 when the run is worth nothing.
pub fn run(settings: &Settings) -> Result<u8, Failure> {
    let mut random = Random::new(settings.seed);
    let version = program::run(10, &[&settings.etcd.join("etcd").display().to_string(), "--version"], &[])?.expect()?;
    // Of 3.6 or later: it can restore with a bumped revision.
    let can_bump = settings.etcd.join("etcdutl").exists();
    let (machines, planned) = draw(settings.minutes, &settings.only, can_bump, &mut random);
    let lab = Arc::new(Lab::build(Path::new("/run/lab"), &settings.dist, &settings.etcd, &machines)?);
    let over = Arc::new(AtomicBool::new(false));
    for node in &lab.nodes {
        let (node, over) = (Arc::clone(node), Arc::clone(&over));
        thread::spawn(move || {
            while !over.load(SeqCst) {
                node.supervise();
                pause(200);
            }
        });
    }
    let workers = runtime::start(&lab, &mut random);
    let began = now();
    let end = began + settings.minutes * 60_000_000_000;
    faults::carry_out(&lab, &planned, began, end, &mut random);
    while now() < end {
        pause(100);
    }
    if let Err(failure) = finish(&lab, workers) {
        lab.broken(&failure.to_string());
    }
    over.store(true, SeqCst);
    conclude(settings, &lab, version.lines().next().unwrap_or_default())
}

/// Nothing happens any more; after a quiet minute everything is compared.
fn finish(lab: &Lab, workers: Vec<thread::JoinHandle<()>>) -> Result<(), Failure> {
    lab.ending.store(true, SeqCst);
    let deadline = now() + 240_000_000_000;
    for node in &lab.nodes {
        if !node.is_serving_within(deadline.saturating_sub(now()) / 1_000_000_000)
            && let Some(status) = node.status()
        {
            lab.broken(&format!("{} does not serve after everything healed: {status}", node.name));
        }
    }
    for worker in workers {
        worker.join().map_err(|_| "a worker panicked")?;
    }
    for _ in 0..2 {
        pause(30_000);
        lab.nodes.iter().for_each(|node| runtime::collect(node));
    }
    pause(2000);
    let mut living = Vec::new();
    for node in &lab.nodes {
        for pod in node.pods.holding() {
            for verb in ["CHECK", "ADD"] {
                lab.history.add(Event::Called(call(node, verb, &pod, Death::None).call));
            }
            living.push((node.name.clone(), pod.container));
        }
    }
    for node in &lab.nodes {
        let said: Value = serde_json::from_str(&node.croft(30, &["ip", "list", "-o", "json"])?.expect()?)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let entries = said.as_array().into_iter().flatten();
        let held = entries.map(|entry| (text(&entry["attachment"]["containerId"]), text(&entry["address"]))).collect();
        lab.history.add(Event::Listed { node: node.name.clone(), held });
    }
    audit(lab, true)?;
    lab.history.add(Event::Living { pods: living });
    Ok(())
}

fn conclude(settings: &Settings, lab: &Lab, version: &str) -> Result<u8, Failure> {
    let events = lab.history.events();
    if let Some(file) = &settings.history {
        write(&events, file)?;
    }
    let run = Run {
        commit: settings.commit.clone(),
        seed: settings.seed,
        minutes: settings.minutes,
        etcd: version.to_owned(),
        only: settings.only.clone(),
        agents_killed: lab.nodes.iter().map(|node| node.kills.load(SeqCst)).sum(),
        members_killed: lab.etcd.kills(),
    };
    let report = Report::of(run, &events, judge(&events), alarms(lab));
    let json = serde_json::to_string_pretty(&report)?;
    match &settings.report {
        Some(file) => fs::write(file, json)?,
        None => println!("{json}"),
    }
    if report.exit() != 0
        && let Some(file) = &settings.report
    {
        keep_logs(lab, file)?;
    }
    eprint!("{}", report.summary());
    Ok(report.exit())
}

/// Warnings and errors of the agents, by event.
fn alarms(lab: &Lab) -> BTreeMap<String, u64> {
    let mut alarms = BTreeMap::new();
    for node in &lab.nodes {
        for line in fs::read_to_string(node.dir.join("agent.log")).unwrap_or_default().lines() {
            let mut words = line.split(' ').skip(1);
            if let (Some(level @ ("warn" | "error")), Some(event)) = (words.next(), words.next()) {
                *alarms.entry(format!("{level} {event}")).or_default() += 1;
            }
        }
    }
    alarms
}

/// The logs of a run that did not pass, beside its report.
fn keep_logs(lab: &Lab, report: &Path) -> Result<(), Failure> {
    let dir = report.with_extension("logs");
    fs::create_dir_all(&dir)?;
    for node in &lab.nodes {
        fs::copy(node.dir.join("agent.log"), dir.join(format!("{}.log", node.name)))?;
    }
    for entry in fs::read_dir(&lab.dir)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("etcd-") && name.ends_with(".log") {
            fs::copy(entry.path(), dir.join(name))?;
        }
    }
    write(&lab.history.events(), &dir.join("history.jsonl"))
}
