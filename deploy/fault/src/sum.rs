//! Adds reports up, as a table for `docs/reliability.md`.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::Failure;

/// Prints a row for each report, and the sums of those that are valid.
pub fn print(files: &[String]) -> Result<(), Failure> {
    let mut reports = Vec::new();
    for file in files {
        reports.push(serde_json::from_str::<Value>(&fs::read_to_string(file)?)?);
    }
    reports.sort_by_key(|report| number(&report["seed"]));
    println!(
        "| seed | commit | etcd | minutes | ADDs answered | refused or unknown | DELs | SIGKILLs of agents, members | faults with effect | verdict |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let mut kinds: BTreeMap<&str, [u64; 3]> = BTreeMap::new();
    let mut sums = [0; 6];
    for report in &reports {
        let add = calls(report, "ADD");
        let faults = report["faults"].as_object().into_iter().flatten();
        let effective: u64 = faults.map(|(_, faults)| number(&faults["effective"])).sum();
        let row = [
            number(&report["minutes"]),
            add.0,
            add.1,
            calls(report, "DEL").0,
            number(&report["agents_killed"]),
            number(&report["members_killed"]),
        ];
        println!(
            "| {} | {} | {} | {} | {} | {} | {} | {}, {} | {effective} | {} |",
            report["seed"],
            text(&report["commit"]),
            text(&report["etcd"]).trim_start_matches("etcd Version: "),
            row[0],
            row[1],
            row[2],
            row[3],
            row[4],
            row[5],
            verdict(report),
        );
        if report["verdict"] == "INVALID" {
            continue;
        }
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
        for (kind, faults) in report["faults"].as_object().into_iter().flatten() {
            let sum = kinds.entry(kind).or_default();
            for (place, what) in ["planned", "carried_out", "effective"].iter().enumerate() {
                sum[place] += number(&faults[what]);
            }
        }
    }
    println!(
        "\nValid runs: {} min, {} ADDs answered, {} not, {} DELs; SIGKILLs: {} of agents, {} of members.\n",
        sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]
    );
    println!("| fault | planned | carried out | with effect |\n|---|---|---|---|");
    for (kind, [planned, carried_out, effective]) in kinds {
        println!("| {kind} | {planned} | {carried_out} | {effective} |");
    }
    Ok(())
}

fn verdict(report: &Value) -> String {
    let violations = report["violations"].as_array().map_or(0, Vec::len);
    let said = text(&report["verdict"]).to_lowercase();
    if violations > 0 { format!("{said}: {violations}") } else { said }
}

/// Calls of a verb that were done, and all others.
fn calls(report: &Value, verb: &str) -> (u64, u64) {
    let (mut done, mut other) = (0, 0);
    for (outcome, count) in report["calls"][verb].as_object().into_iter().flatten() {
        *(if outcome == "done" { &mut done } else { &mut other }) += number(count);
    }
    (done, other)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}
