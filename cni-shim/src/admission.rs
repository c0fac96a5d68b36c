//! Which verb goes with which version of the CNI protocol.

use crate::error::Error;
use crate::reason::Reason;
use crate::verb::Verb;
use crate::version::{NEWEST, SUPPORTED};

/// Lets a call through whose configuration has a version that allows its verb and is spoken here.
pub fn admit(verb: Verb, version: &str) -> Result<(), Error> {
    let since = match verb {
        Verb::Check => Some((0, 4, 0)),
        Verb::Gc | Verb::Status => Some((1, 1, 0)),
        Verb::Add | Verb::Del | Verb::Version => None,
    };
    if let Some(since) = since {
        let wanted = parse(version)?;
        let refuse = |who: &str| {
            let text = format!("{who} version does not allow {}", verb.name());
            Err(Error::reference(Reason::VersionUnsupported, text, ""))
        };
        if wanted < since {
            return refuse("config");
        }
        if wanted > parse(NEWEST)? {
            return refuse("plugin");
        }
    }
    if SUPPORTED.contains(&version) {
        return Ok(());
    }
    let spoken = SUPPORTED.map(|version| format!("{version:?}")).join(" ");
    let details = format!("config is {version:?}, plugin supports [{spoken}]");
    Err(Error::reference(Reason::VersionUnsupported, "incompatible CNI versions", details))
}

/// One to three numbers with points between them; what is left out is 0.
fn parse(version: &str) -> Result<(u32, u32, u32), Error> {
    let refuse = |text: String| Err(Error::reference(Reason::ConfUndecodable, text, ""));
    let mut numbers = [0; 3];
    for (at, part) in version.split('.').enumerate() {
        if at == numbers.len() {
            return refuse(format!("invalid version {version:?}: too many parts"));
        }
        match part.parse() {
            Ok(number) => numbers[at] = number,
            Err(_) => {
                let which = ["major", "minor", "micro"][at];
                return refuse(format!("failed to convert {which} version part {part:?}"));
            }
        }
    }
    Ok(numbers.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(verb: Verb, version: &str) -> (u32, String) {
        match admit(verb, version) {
            Err(Error::Reference { reason, text, .. }) => (reason.code(), text),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_spoken_version_may_add_and_delete() {
        for version in SUPPORTED {
            assert_eq!(admit(Verb::Add, version), Ok(()));
            assert_eq!(admit(Verb::Del, version), Ok(()));
        }
    }

    #[test]
    fn check_needs_0_4_0_and_gc_and_status_need_1_1_0() {
        for version in SUPPORTED {
            assert_eq!(admit(Verb::Check, version).is_ok(), version >= "0.4.0", "{version}");
            assert_eq!(admit(Verb::Gc, version).is_ok(), version == "1.1.0", "{version}");
            assert_eq!(admit(Verb::Status, version).is_ok(), version == "1.1.0", "{version}");
        }
        assert_eq!(refusal(Verb::Check, "0.3.1"), (1, "config version does not allow CHECK".into()));
        assert_eq!(refusal(Verb::Gc, "1.0.0"), (1, "config version does not allow GC".into()));
        assert_eq!(refusal(Verb::Status, "1.0.0"), (1, "config version does not allow STATUS".into()));
    }

    #[test]
    fn a_newer_version_than_any_spoken_is_refused_by_the_words_of_its_verb() {
        assert_eq!(refusal(Verb::Check, "9.9.9"), (1, "plugin version does not allow CHECK".into()));
        let details = "config is \"9.9.9\", plugin supports [\"0.1.0\" \"0.2.0\" \"0.3.0\" \"0.3.1\" \"0.4.0\" \"1.0.0\" \"1.1.0\"]";
        let expected = Error::reference(Reason::VersionUnsupported, "incompatible CNI versions", details);
        assert_eq!(admit(Verb::Add, "9.9.9"), Err(expected));
    }

    #[test]
    fn a_version_that_is_no_version_is_undecodable_where_it_is_compared() {
        assert_eq!(refusal(Verb::Check, "adsf").0, 6);
        assert_eq!(refusal(Verb::Gc, "1.1.0.0").0, 6);
        assert_eq!(refusal(Verb::Status, "1.x").0, 6);
        assert_eq!(refusal(Verb::Add, "adsf").0, 1);
        assert_eq!(refusal(Verb::Del, "1.1.0.0").0, 1);
    }

    #[test]
    fn versions_are_matched_as_texts() {
        assert_eq!(refusal(Verb::Check, "1.0").0, 1);
        assert_eq!(refusal(Verb::Add, "1.0").0, 1);
    }
}
