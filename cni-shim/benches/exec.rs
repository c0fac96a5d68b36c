//! How long one call takes from exec to exit, against an agent that answers at once.
//!
//! `cargo bench` prints percentiles in microseconds. VERSION stands for the start of the process alone. The figures hold the
//! cost of spawning from this process and of the fake agent; `./dev bench` measures against the real one.

#![allow(missing_docs, reason = "shares the fake agent of the tests")]

use std::time::Instant;

use croft_shim::proto::v1::{GetStatusResponse, ReleaseResponse};

#[path = "../tests/cni/agent.rs"]
#[allow(dead_code)]
mod agent;
#[path = "../tests/cni/fixture.rs"]
#[allow(dead_code)]
mod fixture;
#[path = "../tests/cni/shim.rs"]
#[allow(dead_code)]
mod shim;

const WARM: usize = 100;
const RUNS: usize = 2000;

fn main() {
    let agent = agent::FakeAgent::start(|seen| match seen.method.as_str() {
        "Allocate" => agent::answer(fixture::allocated(&[fixture::v4(), fixture::v6()])),
        "GetStatus" => agent::answer(GetStatusResponse { serving: true, ..Default::default() }),
        _ => agent::answer(ReleaseResponse { released: true }),
    });
    let verbs = ["VERSION", "ADD", "DEL", "STATUS"];
    let shims = verbs.map(|verb| shim::Shim::new(verb, &agent.socket()));
    let mut times = verbs.map(|_| Vec::with_capacity(RUNS));
    for run in 0..WARM + RUNS {
        for (shim, times) in shims.iter().zip(&mut times) {
            let start = Instant::now();
            let outcome = shim.run();
            let took = start.elapsed();
            assert_eq!(outcome.exit, 0, "{outcome:?}");
            if run >= WARM {
                times.push(took.as_micros());
            }
        }
    }
    for (verb, mut times) in verbs.into_iter().zip(times) {
        times.sort_unstable();
        let [p50, p95, p99] = [50, 95, 99].map(|percent| times[RUNS * percent / 100]);
        println!("{verb:8} p50 {p50:5} µs   p95 {p95:5} µs   p99 {p99:5} µs");
    }
}
