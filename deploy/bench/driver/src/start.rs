//! From the spawn of an agent to the first answer through the shim.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::agent::Agent;
use crate::arguments::{Arguments, Failure};
use crate::call::{Plugin, pod};
use crate::times::{Times, millis};

/// Where a start's state directory comes from.
#[derive(Clone, Copy)]
enum State {
    /// A copy, so that all starts find the same.
    Copy,
    /// The directory itself: a shared store remembers each start of an install.
    Itself,
    /// An empty one, of another node each time.
    Empty,
}

/// Starts each of `--agents NAME=CROFT;…` in turn, `--runs` times, on a `--state`: `copy` of `--state-dir`, `itself` or
/// `empty`. A CROFT is a program and further options.
pub fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let work = arguments.text("work")?;
    let agents: Vec<(&str, &str)> = arguments
        .text("agents")?
        .split(';')
        .filter_map(|each| each.split_once('='))
        .collect();
    let state = match arguments.text("state")? {
        "copy" => State::Copy,
        "itself" => State::Itself,
        "empty" => State::Empty,
        other => return Err(format!("no state {other:?}").into()),
    };
    let runs = arguments.count("runs")?;
    let mut times: Vec<_> = agents.iter().map(|_| (Vec::new(), Vec::new())).collect();
    for run in 0..=runs {
        for ((name, croft), (bound, answered)) in agents.iter().zip(&mut times) {
            let place = format!("{work}/start-{run}-{}", name.len());
            let (at, reply) = once(arguments, croft, &place, state)?;
            // The first start fills the page cache.
            if run > 0 {
                bound.push(at);
                answered.push(reply);
            }
        }
    }
    println!(
        "{}, {runs} starts of each, in turn:\n",
        arguments.text("what")?
    );
    println!("| agent | socket, p50 ms | first ADD answered, p50 ms | longest ms |");
    println!("|---|---|---|---|");
    for ((name, _), (bound, answered)) in agents.iter().zip(times) {
        let (bound, answered) = (Times::of(bound), Times::of(answered));
        println!(
            "| {name} | {} | {} | {} |",
            millis(bound.percentile(50)),
            millis(answered.percentile(50)),
            millis(answered.longest())
        );
    }
    println!();
    Ok(())
}

fn once(
    arguments: &Arguments,
    croft: &str,
    place: &str,
    from: State,
) -> Result<(Duration, Duration), Failure> {
    let run = format!("{place}/run");
    fs::create_dir_all(place)?;
    let (state, node) = match from {
        State::Itself => (arguments.text("state-dir")?.to_owned(), "bench".to_owned()),
        State::Empty => (
            format!("{place}/state"),
            place.rsplit('/').next().unwrap_or(place).to_owned(),
        ),
        State::Copy => {
            let state = format!("{place}/state");
            let copied = Command::new("cp")
                .args(["-a", arguments.text("state-dir")?, &state])
                .status()?;
            if !copied.success() {
                return Err("the state directory could not be copied".into());
            }
            (state, "bench".to_owned())
        }
    };
    // What the copy left to be written is not the agent's.
    Command::new("sync").status()?;
    let shim = Plugin::shim(arguments.text("shim")?, &run, arguments.text("netns")?);
    let mut words = croft.split(' ');
    let program = words.next().unwrap_or_default();
    let options: Vec<&str> = words.collect();
    let mut agent = Agent::spawn(
        program,
        &node,
        &state,
        &run,
        &format!("{place}/log"),
        &options,
    )?;
    let socket = format!("{run}/cni.sock");
    let end = Instant::now() + Duration::from_secs(30);
    while !Path::new(&socket).exists() && Instant::now() < end {
        sleep(Duration::from_millis(1));
    }
    let bound = agent.spawned.elapsed();
    shim.call("ADD", &pod("e", 1))
        .map_err(|failure| format!("{failure}; see {place}/log"))?;
    let answered = agent.spawned.elapsed();
    agent.await_event("ready")?;
    agent.ask_to_end()?;
    agent.await_end()?;
    fs::remove_dir_all(place)?;
    Ok((bound, answered))
}
