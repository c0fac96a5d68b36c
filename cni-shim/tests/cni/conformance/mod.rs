//! The contract of CNI, as tables: every verb, with every version, with every fault, and what a caller must see.
//!
//! Each table is data with a test below it that runs the plugin once for every row, verb and version. To add a case, add a
//! row. What each rule is and where it comes from stands in `docs/conformance.md`.

mod agent_answers;
mod configuration;
mod environment;
mod expect;
mod fault;
mod page;
mod run;
mod transport;
mod versions;

/// Every way to call the plugin; the last one is a call without a verb.
const VERBS: [&str; 8] = ["ADD", "CHECK", "DEL", "GC", "STATUS", "VERSION", "NOPE", ""];

/// The verbs that ask the agent.
const ASKING: [&str; 5] = ["ADD", "CHECK", "DEL", "GC", "STATUS"];

/// The verbs that read a configuration.
const READING: [&str; 6] = ["ADD", "CHECK", "DEL", "GC", "STATUS", "NOPE"];
