//! How long ADDs go unanswered when one agent takes over from another.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use crate::agent::Agent;
use crate::arguments::{Arguments, Failure};
use crate::call::{Plugin, pod};
use crate::times::{Times, millis};

/// An ADD that was answered: when, and after how long.
type Answered = (Instant, Duration);

/// What the callers saw.
#[derive(Default)]
struct Log {
    adds: Mutex<Vec<Answered>>,
    statuses: AtomicUsize,
    failures: Mutex<Vec<String>>,
}

/// `--rate` pods a second come and go, each a second after the last one of its caller, and a runtime asks for STATUS,
/// while agents take over `--times` times.
pub fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let (run_dir, work) = (arguments.text("run-dir")?, arguments.text("work")?);
    let shim = Plugin::shim(arguments.text("shim")?, run_dir, arguments.text("netns")?);
    let log = Log::default();
    let over = AtomicBool::new(false);
    let rate = arguments.count("rate")?;
    let (moments, mut last) = thread::scope(|scope| {
        for caller in 0..rate {
            let (shim, log, over) = (&shim, &log, &over);
            scope.spawn(move || {
                sleep(Duration::from_secs(1) * caller as u32 / rate as u32);
                attach_and_detach(shim, caller, log, over);
            });
        }
        scope.spawn(|| ask_status(&shim, &log, &over));
        let taken = take_over(arguments, run_dir, work);
        over.store(true, Ordering::Relaxed);
        // The last agent serves until the last caller is back.
        taken
    })?;
    last.ask_to_end()?;
    last.await_end()?;
    report(&moments, log, rate)
}

fn attach_and_detach(shim: &Plugin, caller: usize, log: &Log, over: &AtomicBool) {
    for number in 0.. {
        let start = Instant::now();
        if over.load(Ordering::Relaxed) {
            return;
        }
        let id = pod("f", caller << 20 | number);
        match shim.call("ADD", &id) {
            Ok(took) => log.adds.lock().unwrap().push((Instant::now(), took)),
            Err(failure) => log.failures.lock().unwrap().push(failure.to_string()),
        }
        if let Err(failure) = shim.call("DEL", &id) {
            log.failures.lock().unwrap().push(failure.to_string());
        }
        sleep(Duration::from_secs(1).saturating_sub(start.elapsed()));
    }
}

/// As often as the shim answers, with a pause.
fn ask_status(shim: &Plugin, log: &Log, over: &AtomicBool) {
    // Of this version on.
    let shim = Plugin {
        conf: shim.conf.replace("1.0.0", "1.1.0"),
        ..shim.clone()
    };
    while !over.load(Ordering::Relaxed) {
        match shim.call("STATUS", "") {
            Ok(_) => {
                log.statuses.fetch_add(1, Ordering::Relaxed);
            }
            Err(failure) => log.failures.lock().unwrap().push(failure.to_string()),
        }
        sleep(Duration::from_millis(100));
    }
}

/// The moments at which the former agent was asked to end, and the last one.
fn take_over(
    arguments: &Arguments,
    run_dir: &str,
    work: &str,
) -> Result<(Vec<Instant>, Agent), Failure> {
    let (croft, state_dir) = (arguments.text("croft")?, arguments.text("state-dir")?);
    let spawn = |number: usize| {
        let log = format!("{work}/handover-{number}.log");
        Agent::spawn(
            croft,
            "bench",
            state_dir,
            run_dir,
            &log,
            &["--single-node", "--wait-for-lock"],
        )
    };
    let mut moments = Vec::new();
    let mut present = spawn(0)?;
    present.await_event("ready")?;
    for number in 1..=arguments.count("times")? {
        let mut next = spawn(number)?;
        next.await_event("waiting")?;
        sleep(Duration::from_secs(1));
        moments.push(Instant::now());
        present.ask_to_end()?;
        next.await_event("ready")?;
        present.await_end()?;
        present = next;
        sleep(Duration::from_secs(2));
    }
    Ok((moments, present))
}

fn report(moments: &[Instant], log: Log, rate: usize) -> Result<(), Failure> {
    let mut adds = log.adds.into_inner()?;
    adds.sort_unstable();
    let mut gaps = vec![Duration::ZERO; moments.len()];
    let mut slowest = gaps.clone();
    for pair in adds.windows(2) {
        // The hand-over that lies in this gap, or began within two seconds before it.
        let (before, (after, took)) = (pair[0].0, pair[1]);
        if let Some(at) = moments
            .iter()
            .position(|m| *m < after && before < *m + Duration::from_secs(2))
        {
            gaps[at] = gaps[at].max(after - before);
            slowest[at] = slowest[at].max(took);
        }
    }
    let failures = log.failures.into_inner()?;
    let (gaps, slowest) = (Times::of(gaps), Times::of(slowest));
    let statuses = log.statuses.load(Ordering::Relaxed);
    println!(
        "{} hand-overs under {rate} ADD and DEL a second, {} ADDs and {statuses} STATUS answered:\n",
        moments.len(),
        adds.len()
    );
    println!("| | p50 ms | longest ms |");
    println!("|---|---|---|");
    for (what, times) in [
        ("longest time without an answered ADD", gaps),
        ("slowest ADD", slowest),
    ] {
        println!(
            "| {what} | {} | {} |",
            millis(times.percentile(50)),
            millis(times.longest())
        );
    }
    println!("\nFailed calls: {}\n", failures.len());
    for failure in failures.iter().take(5) {
        println!("- {failure}");
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(format!("{} calls failed", failures.len()).into())
    }
}
