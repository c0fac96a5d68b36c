//! The same calls to the plugin, with a real agent behind it, and to host-local of the reference plugins.
//!
//! Calls are made from a seed. Every difference must be one of [`decisions`], each of which `docs/conformance.md` explains;
//! one that is none fails the test, with the call and both answers. Needs `dist/` (`./dev build`, or CROFT_DIST) and
//! host-local (Debian's package containernetworking-plugins, or HOST_LOCAL).
//!
//! CROFT_DIFFERENTIAL is the number of calls, CROFT_DIFFERENTIAL_SEED repeats a run.

mod call;
mod chance;
mod controls;
mod decisions;
mod differ;
mod networks;
mod oddities;
#[path = "../cni/shim.rs"]
#[allow(dead_code, reason = "the tests of `cni` use more of it")]
mod shim;
mod sides;
mod walk;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::networks::NETWORKS;
use crate::sides::{Croft, HostLocal};
use crate::walk::Walk;

/// How many calls a build makes; `./dev conformance` makes more.
const SHARE: u64 = 600;

#[test]
fn every_difference_from_host_local_is_a_decision() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let fresh = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64 % 1_000_000;
    let seed = number("CROFT_DIFFERENTIAL_SEED").unwrap_or(fresh);
    let calls = number("CROFT_DIFFERENTIAL").unwrap_or(SHARE);
    let host_local = HostLocal::find();
    let croft = Croft::start();
    // Each network is a sequence of its own; they run side by side.
    let walks: Vec<Walk> = std::thread::scope(|scope| {
        let threads: Vec<_> = NETWORKS
            .iter()
            .enumerate()
            .map(|(at, network)| {
                let (host_local, croft) = (&host_local, &croft);
                let share = calls / NETWORKS.len() as u64 + u64::from((at as u64) < calls % NETWORKS.len() as u64);
                scope.spawn(move || {
                    let mut walk = Walk::new(network, host_local, croft, seed * 100 + at as u64);
                    for _ in 0..share {
                        walk.step();
                    }
                    walk
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a walk")).collect()
    });
    let made: u64 = walks.iter().map(|walk| walk.calls).sum();
    let alike: u64 = walks.iter().map(|walk| walk.alike).sum();
    let mut kinds = BTreeMap::new();
    for (name, count) in walks.iter().flat_map(|walk| &walk.kinds) {
        *kinds.entry(*name).or_insert(0) += count;
    }
    println!("differential: {made} inputs, seed {seed}, {}; {alike} without any difference", host_local.version());
    for (name, count) in &kinds {
        println!("differential: {count:6} {name}");
    }
    println!("differential: {} calls repeated, because the machine was slow", croft.repeated.load(Ordering::Relaxed));
    let unexplained: Vec<_> = walks.iter().flat_map(|walk| &walk.unexplained).collect();
    let some: Vec<_> = unexplained.iter().take(5).map(|text| text.as_str()).collect();
    assert!(
        unexplained.is_empty(),
        "{} unexplained differences in {made} inputs\n{}\nrepeat: CROFT_DIFFERENTIAL={calls} CROFT_DIFFERENTIAL_SEED={seed} \
         cargo test --target x86_64-unknown-linux-musl --test differential -- --nocapture",
        unexplained.len(),
        some.join("\n")
    );
    println!("differential: 0 unexplained");
}
