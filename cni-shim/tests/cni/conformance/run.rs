//! Runs the cases of a table.

use std::sync::Mutex;

use croft_shim::proto::v1;

use super::expect::Expect;
use crate::agent::{Answer, FakeAgent, answer};
use crate::fixture::{allocated, v4, v6};
use crate::shim::Shim;

/// One call and how it must end.
pub struct Case {
    /// Which row, verb and version.
    pub name: String,
    /// The call.
    pub shim: Shim,
    /// Its end.
    pub expect: Expect,
}

/// The addresses that a pod gets.
pub const FAMILIES: [&str; 3] = ["v4", "v6", "dual"];

/// An agent that says yes to everything, and gives addresses of those families.
pub fn friendly(families: &str) -> FakeAgent {
    let addresses = match families {
        "v4" => vec![v4()],
        "v6" => vec![v6()],
        _ => vec![v4(), v6()],
    };
    FakeAgent::start(move |seen| match seen.method.as_str() {
        "Allocate" => answer(allocated(&addresses)),
        "GetStatus" => answer(v1::GetStatusResponse { serving: true, ..Default::default() }),
        _ => Answer::Message(Vec::new()),
    })
}

/// Runs all cases, that many at a time, and tells how many there were. All that end otherwise are told together.
pub fn run(table: &str, cases: Vec<Case>, at_once: usize) {
    let count = cases.len();
    assert!(count > 0, "{table}: no case");
    let left = Mutex::new(cases);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let Some(case) = left.lock().unwrap().pop() else {
                        return;
                    };
                    if let Some(difference) = case.expect.differs(&case.shim.run()) {
                        wrong.lock().unwrap().push(format!("{}: {difference}", case.name));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    let some: Vec<_> = wrong.iter().take(10).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{table}: {} of {count} cases\n{}", wrong.len(), some.join("\n"));
    println!("conformance: {count} cases of {table}");
}
