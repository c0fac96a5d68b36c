//! The same calls on several agents, in turn in one run.

use crate::arguments::{Arguments, Failure};
use crate::call::{Plugin, pod};
use crate::times::{Times, ratio};

const VERBS: [&str; 2] = ["ADD", "DEL"];

/// ADD and DEL of a pod on each of `--agents NAME=RUN_DIR;…`, then of the next pod, `--runs` times.
pub fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let (shim, netns) = (arguments.text("shim")?, arguments.text("netns")?);
    let agents: Vec<(&str, Plugin)> = arguments
        .text("agents")?
        .split(';')
        .filter_map(|each| each.split_once('='))
        .map(|(name, run_dir)| (name, Plugin::shim(shim, run_dir, netns)))
        .collect();
    let runs = arguments.count("runs")?;
    let mut times: Vec<_> = agents
        .iter()
        .map(|_| VERBS.map(|_| Vec::with_capacity(runs)))
        .collect();
    let warm = runs / 5;
    for run in 0..warm + runs {
        let id = pod("b", run);
        for ((_, plugin), times) in agents.iter().zip(&mut times) {
            for (verb, times) in VERBS.into_iter().zip(times) {
                let took = plugin.call(verb, &id)?;
                if run >= warm {
                    times.push(took);
                }
            }
        }
    }
    let times: Vec<_> = times.into_iter().map(|of| of.map(Times::of)).collect();
    println!("{runs} calls of each, one at a time, all succeeded:\n");
    println!("| call | p50 µs | p95 µs | p99 µs | longest µs | p50 : first | p99 : first |");
    println!("|---|---|---|---|---|---|---|");
    for (at, verb) in VERBS.into_iter().enumerate() {
        for ((name, _), of) in agents.iter().zip(&times) {
            let [p50, p95, p99] = [50, 95, 99].map(|percent| of[at].percentile(percent));
            let first = &times[0][at];
            println!(
                "| {verb}, {name} | {} | {} | {} | {} | {:.2} | {:.2} |",
                p50.as_micros(),
                p95.as_micros(),
                p99.as_micros(),
                of[at].longest().as_micros(),
                ratio(p50, first.percentile(50)),
                ratio(p99, first.percentile(99))
            );
        }
    }
    println!();
    Ok(())
}
