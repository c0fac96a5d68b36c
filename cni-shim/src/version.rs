//! The versions of the CNI protocol.

/// All versions that are spoken, oldest first.
pub const SUPPORTED: [&str; 7] = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];

/// What VERSION answers in, and errors of calls whose own version is not known.
pub const NEWEST: &str = "1.1.0";

/// How a result of some version is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// 0.1.0 and 0.2.0: one object per family.
    PerFamily,
    /// 0.3.0 to 0.4.0: a list whose entries name their family.
    ListWithFamily,
    /// From 1.0.0: a list.
    List,
}

/// The shape of a supported version's results.
pub fn shape(version: &str) -> Shape {
    match version {
        "0.1.0" | "0.2.0" => Shape::PerFamily,
        "0.3.0" | "0.3.1" | "0.4.0" => Shape::ListWithFamily,
        _ => Shape::List,
    }
}
