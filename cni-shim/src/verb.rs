//! The verbs of the CNI protocol.

/// What the caller wants, the text of `CNI_COMMAND`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Give this interface its addresses.
    Add,
    /// Take them back.
    Del,
    /// Does it still hold them?
    Check,
    /// Free what a network's vanished interfaces hold.
    Gc,
    /// Could an ADD be served?
    Status,
    /// Which protocol versions are spoken?
    Version,
}

impl Verb {
    /// The verb of that name. None for any other text: verbs are upper case.
    pub fn parse(text: &str) -> Option<Verb> {
        Some(match text {
            "ADD" => Verb::Add,
            "DEL" => Verb::Del,
            "CHECK" => Verb::Check,
            "GC" => Verb::Gc,
            "STATUS" => Verb::Status,
            "VERSION" => Verb::Version,
            _ => return None,
        })
    }

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Verb::Add => "ADD",
            Verb::Del => "DEL",
            Verb::Check => "CHECK",
            Verb::Gc => "GC",
            Verb::Status => "STATUS",
            Verb::Version => "VERSION",
        }
    }
}
