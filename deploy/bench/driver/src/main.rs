//! Runs real processes and measures them from outside; `deploy/bench/run` calls it. Each part prints Markdown.

mod agent;
mod arguments;
mod beside;
mod call;
mod exec;
mod handover;
mod start;
mod times;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let part = words.next().unwrap_or_default();
    let arguments = arguments::Arguments::read(words);
    let result = match part.as_str() {
        "exec" => exec::measure(&arguments),
        "at-once" => exec::measure_at_once(&arguments),
        "beside" => beside::measure(&arguments),
        "start" => start::measure(&arguments),
        "handover" => handover::measure(&arguments),
        _ => Err(format!("no part {part:?}: exec, at-once, beside, start or handover").into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("croft-bench: {part}: {failure}");
            ExitCode::FAILURE
        }
    }
}
