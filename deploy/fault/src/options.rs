//! How a machine's agent is started.

use std::path::Path;

use crate::node::Node;

/// Name of the cluster.
pub const CLUSTER: &str = "fault";

impl Node {
    /// Options of an agent on those directories.
    pub fn words(&self, dir: &Path, hardware: &str, more: &[&str]) -> Vec<String> {
        let store: Vec<String> = self.endpoints.iter().map(|(ip, port)| format!("http://{ip}:{port}")).collect();
        let path = |name: &str| dir.join(name).display().to_string();
        let mut words: Vec<String> = [
            &self.croft.display().to_string(),
            "agent",
            "--store",
            &store.join(","),
            "--cluster",
            CLUSTER,
            "--node",
            &self.name,
            "--state-dir",
            &path("state"),
            "--run-dir",
            &path("run"),
            "--hardware-id",
            hardware,
            "--boot-id-file",
            &path("boot-id"),
            "--machine-id-file",
            &path("machine-id"),
            "--metrics-address",
            "off",
        ]
        .map(str::to_owned)
        .to_vec();
        words.extend(more.iter().map(|word| (*word).to_owned()));
        words
    }

    /// Its environment.
    pub fn settings(&self) -> Vec<(String, String)> {
        let Some(clock) = &self.wall_clock else { return Vec::new() };
        let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
        [
            ("LD_PRELOAD", library),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            // Without it each timed wait of a JVM ends at once, and all its threads spin.
            ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
            ("FAKETIME_CACHE_DURATION", "1"),
            ("FAKETIME_TIMESTAMP_FILE", &clock.display().to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }
}
