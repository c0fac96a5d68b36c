//! The real plugin, called as runtimes call it, against a fake agent.

mod add;
mod add_lost;
mod agent;
mod conformance;
mod del;
mod fixture;
mod fuzz;
mod hostile;
mod mutate;
mod outputs;
mod queries;
mod reasons;
mod shim;
mod skel;
