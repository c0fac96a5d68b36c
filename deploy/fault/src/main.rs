//! Runs Croft's real processes (agents, plugins, etcd) under a seeded schedule of faults, and judges the run by what the
//! plugins answered, by the sandboxes that there were, and by etcd's own history. `deploy/fault/run` calls it, in
//! namespaces of its own.

mod calls;
mod clock;
mod etcd;
mod faults;
mod history;
mod http;
mod judge;
mod lab;
mod machine;
mod node;
mod options;
mod plan;
mod pods;
mod program;
mod proxy;
mod random;
mod recorder;
mod report;
mod run;
mod runtime;
mod sandbox;
mod shim;
mod sum;
mod turns;

use std::path::PathBuf;
use std::process::ExitCode;

/// Why something could not be done.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

const USAGE: &str = "croft-fault run --minutes M --seed N --dist DIR --etcd DIR --commit ID [--report FILE] [--history FILE] [--only KIND,...]
croft-fault plan MINUTES SEED...
croft-fault judge HISTORY
croft-fault sum REPORT...";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let result = match words.first().map(String::as_str) {
        Some("run") => settings(&words[1..]).and_then(|settings| run::run(&settings)),
        Some("plan") if words.len() > 2 => print_plan(&words[1..]),
        Some("judge") if words.len() == 2 => judge_file(&words[1]),
        Some("sum") => sum::print(&words[1..]).map(|()| 0),
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(exit) => ExitCode::from(exit),
        Err(failure) => {
            eprintln!("fault: {failure}");
            ExitCode::from(2)
        }
    }
}

fn settings(words: &[String]) -> Result<run::Settings, Failure> {
    let mut settings = run::Settings::default();
    let mut words = words.iter();
    while let Some(option) = words.next() {
        let value = words.next().ok_or(USAGE)?;
        match option.as_str() {
            "--minutes" => settings.minutes = value.parse()?,
            "--seed" => settings.seed = value.parse()?,
            "--dist" => settings.dist = PathBuf::from(value),
            "--etcd" => settings.etcd = PathBuf::from(value),
            "--commit" => settings.commit.clone_from(value),
            "--report" => settings.report = Some(PathBuf::from(value)),
            "--history" => settings.history = Some(PathBuf::from(value)),
            "--only" => settings.only = value.split(',').map(str::to_owned).collect(),
            _ => return Err(USAGE.into()),
        }
    }
    Ok(settings)
}

fn print_plan(words: &[String]) -> Result<u8, Failure> {
    let numbers = words.iter().map(|word| word.parse()).collect::<Result<Vec<u64>, _>>()?;
    print!("{}", plan::table(numbers[0], &numbers[1..]));
    Ok(0)
}

fn judge_file(file: &str) -> Result<u8, Failure> {
    let found = judge::judge(&history::read(file.as_ref())?);
    for violation in &found {
        println!("{}: {}", violation.rule, violation.facts);
    }
    Ok(u8::from(!found.is_empty()))
}
