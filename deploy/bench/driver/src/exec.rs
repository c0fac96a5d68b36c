//! Exec to exit, the contenders in turn in one run.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use crate::arguments::{Arguments, Failure};
use crate::call::{Plugin, pod};
use crate::times::{Times, ratio};

const VERBS: [&str; 2] = ["ADD", "DEL"];

/// One after the other: ADD and DEL of a pod by each contender, then of the next pod. With `--held N` both stores hold
/// that many addresses meanwhile.
pub fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let contenders = contenders(arguments)?;
    let (runs, held) = (arguments.count("runs")?, arguments.count("held")?);
    for plugin in &contenders[2..] {
        for number in 0..held {
            plugin.call("ADD", &pod("c", number))?;
        }
    }
    let mut times = contenders
        .clone()
        .map(|_| VERBS.map(|_| Vec::with_capacity(runs)));
    let warm = runs / 10;
    for run in 0..warm + runs {
        let id = pod(if held > 0 { "a" } else { "b" }, run);
        for (plugin, times) in contenders.iter().zip(&mut times) {
            for (verb, times) in VERBS.into_iter().zip(times) {
                let took = plugin.call(verb, &id)?;
                if run >= warm {
                    times.push(took);
                }
            }
        }
    }
    for plugin in &contenders[2..] {
        for number in 0..held {
            plugin.call("DEL", &pod("c", number))?;
        }
    }
    let times = times.map(|of| of.map(Times::of));
    println!("{held} addresses held, {runs} calls of each, one at a time:\n");
    println!("| call | p50 µs | p95 µs | p99 µs | p50 : croft | p99 : croft |");
    println!("|---|---|---|---|---|---|");
    for (at, verb) in VERBS.into_iter().enumerate() {
        for (plugin, of) in contenders.iter().zip(&times) {
            let [p50, p95, p99] = [50, 95, 99].map(|percent| of[at].percentile(percent));
            let croft = &times[2][at];
            println!(
                "| {} {verb} | {} | {} | {} | {:.2} | {:.2} |",
                plugin.name,
                p50.as_micros(),
                p95.as_micros(),
                p99.as_micros(),
                ratio(p50, croft.percentile(50)),
                ratio(p99, croft.percentile(99))
            );
        }
    }
    println!();
    Ok(())
}

/// Many at once: all ADDs together, then all DELs, contender by contender, again and again.
pub fn measure_at_once(arguments: &Arguments) -> Result<(), Failure> {
    let contenders = contenders(arguments)?;
    let (rounds, width) = (arguments.count("rounds")?, arguments.count("width")?);
    let mut total = contenders.clone().map(|_| VERBS.map(|_| Duration::ZERO));
    for round in 0..rounds {
        for (plugin, total) in contenders.iter().zip(&mut total) {
            for (verb, total) in VERBS.into_iter().zip(total) {
                *total += together(plugin, verb, round, width)?;
            }
        }
    }
    println!("{width} at once, {rounds} rounds:\n");
    println!("| | ADD/s | DEL/s | croft's ADD/s : its | croft's DEL/s : its |");
    println!("|---|---|---|---|---|");
    let calls = (rounds * width) as f64;
    let croft = total[2];
    for (plugin, [add, del]) in contenders.iter().zip(total) {
        println!(
            "| {} | {:.0} | {:.0} | {:.2} | {:.2} |",
            plugin.name,
            calls / add.as_secs_f64(),
            calls / del.as_secs_f64(),
            ratio(add, croft[0]),
            ratio(del, croft[1])
        );
    }
    println!();
    Ok(())
}

/// From the first start to the last exit.
fn together(plugin: &Plugin, verb: &str, round: usize, width: usize) -> Result<Duration, Failure> {
    let ready = Barrier::new(width + 1);
    thread::scope(|scope| {
        let calls: Vec<_> = (0..width)
            .map(|each| {
                let (ready, id) = (&ready, pod(&format!("d{width:02x}"), round * width + each));
                scope.spawn(move || {
                    ready.wait();
                    plugin.call(verb, &id)
                })
            })
            .collect();
        ready.wait();
        let start = Instant::now();
        for call in calls {
            call.join().map_err(|_| "a caller died")??;
        }
        Ok(start.elapsed())
    })
}

/// What a process costs at all, then the two to compare.
fn contenders(arguments: &Arguments) -> Result<[Plugin; 4], Failure> {
    let netns = arguments.text("netns")?;
    let store = format!(
        r#"{{"type":"host-local","dataDir":"{}","ranges":[[{{"subnet":"10.99.0.0/16"}}]]}}"#,
        arguments.text("host-local-dir")?
    );
    Ok([
        Plugin::ipam(
            "no-op, musl static",
            arguments.text("no-op-musl")?,
            "{}",
            netns,
        ),
        Plugin::ipam(
            "no-op, glibc static",
            arguments.text("no-op-glibc")?,
            "{}",
            netns,
        ),
        Plugin::shim(arguments.text("shim")?, arguments.text("run-dir")?, netns),
        Plugin::ipam("host-local", arguments.text("host-local")?, &store, netns),
    ])
}
