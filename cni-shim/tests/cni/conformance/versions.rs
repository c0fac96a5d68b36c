//! Which version allows which verb, and the shape of the result in each.

use serde_json::{Value, json};

use super::expect::{Expect, Refused};
use super::run::{Case, FAMILIES, friendly, run};
use super::{ASKING, VERBS};
use crate::fixture::result;
use crate::shim::Shim;

/// The word of a version on a verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// It goes on.
    Yes,
    /// 1: the verb came later.
    TooOld,
    /// 1: nobody here speaks so new a version.
    TooNew,
    /// 1: not one of those that are spoken.
    Unknown,
    /// 6: it cannot be compared.
    NoNumber,
    /// 6: it is no text.
    NoText,
}
use Says::{NoNumber, NoText, TooNew, TooOld, Unknown, Yes};

/// A `cniVersion` of the configuration, as JSON, with nothing for an absent one; the version that counts; and what it says
/// to ADD and DEL, to CHECK, and to GC and STATUS.
pub struct Row(&'static str, pub &'static str, Says, Says, Says);

/// Spoken versions first.
pub const VERSIONS: [Row; 18] = [
    Row(r#""0.1.0""#, "0.1.0", Yes, TooOld, TooOld),
    Row(r#""0.2.0""#, "0.2.0", Yes, TooOld, TooOld),
    Row(r#""0.3.0""#, "0.3.0", Yes, TooOld, TooOld),
    Row(r#""0.3.1""#, "0.3.1", Yes, TooOld, TooOld),
    Row(r#""0.4.0""#, "0.4.0", Yes, Yes, TooOld),
    Row(r#""1.0.0""#, "1.0.0", Yes, Yes, TooOld),
    Row(r#""1.1.0""#, "1.1.0", Yes, Yes, Yes),
    Row("", "0.1.0", Yes, TooOld, TooOld),
    Row("null", "0.1.0", Yes, TooOld, TooOld),
    Row(r#""""#, "0.1.0", Yes, TooOld, TooOld),
    Row(r#""0.5.0""#, "0.5.0", Unknown, Unknown, TooOld),
    Row(r#""1.0""#, "1.0", Unknown, Unknown, TooOld),
    Row(r#""1.1""#, "1.1", Unknown, Unknown, Unknown),
    Row(r#""9.9.9""#, "9.9.9", Unknown, TooNew, TooNew),
    Row(r#""adsf""#, "adsf", Unknown, NoNumber, NoNumber),
    Row(r#""1.1.0.0""#, "1.1.0.0", Unknown, NoNumber, NoNumber),
    Row(r#""v1.1.0""#, "v1.1.0", Unknown, NoNumber, NoNumber),
    Row("1.1", "", NoText, NoText, NoText),
];

impl Row {
    /// The versions that are spoken.
    pub fn spoken() -> &'static [Row] {
        &VERSIONS[..7]
    }

    fn says(&self, verb: &str) -> Says {
        match verb {
            "CHECK" => self.3,
            "GC" | "STATUS" => self.4,
            _ => self.2,
        }
    }

    /// Whether a verb that reads a configuration goes on with this version.
    pub fn allows(&self, verb: &str) -> bool {
        ASKING.contains(&verb) && self.says(verb) == Yes
    }

    /// A call that would succeed with this version, if it allows the verb.
    pub fn call(&self, verb: &str, families: &str, socket: &std::path::Path) -> Shim {
        let mut shim = Shim::new(verb, socket).conf("cni.dev/valid-attachments", json!([]));
        if verb != "ADD" && self.1 >= "0.4.0" {
            shim = shim.conf("prevResult", result(self.1, families));
        }
        let conf = shim.conf.as_object_mut().unwrap();
        conf.remove("cniVersion");
        if !self.0.is_empty() {
            conf.insert("cniVersion".into(), serde_json::from_str(self.0).unwrap());
        }
        shim
    }

    /// How that call must end.
    pub fn expect(&self, verb: &str, families: &str) -> Expect {
        let refused = |code: u64, msg: &str, details: &str| {
            Expect::Error(Refused { version: "1.1.0".into(), code, msg: msg.into(), details: Some(details.into()) })
        };
        match verb {
            "" => return Expect::About,
            "VERSION" => return Expect::Document(supported()),
            "NOPE" => return refused(4, "unknown CNI_COMMAND: NOPE", ""),
            _ => {}
        }
        match self.says(verb) {
            Yes if verb == "ADD" => Expect::Document(result(self.1, families)),
            Yes => Expect::Silent,
            TooOld => refused(1, &format!("config version does not allow {verb}"), ""),
            TooNew => refused(1, &format!("plugin version does not allow {verb}"), ""),
            Unknown => {
                let all = r#"["0.1.0" "0.2.0" "0.3.0" "0.3.1" "0.4.0" "1.0.0" "1.1.0"]"#;
                refused(1, "incompatible CNI versions", &format!("config is {:?}, plugin supports {all}", self.1))
            }
            NoNumber if self.1 == "1.1.0.0" => refused(6, "invalid version \"1.1.0.0\": too many parts", ""),
            NoNumber => refused(6, "failed to convert major version part *", ""),
            NoText => refused(6, "decoding version from network config: *", ""),
        }
    }
}

fn supported() -> Value {
    let versions: Vec<_> = Row::spoken().iter().map(|row| row.1).collect();
    json!({"cniVersion": "1.1.0", "supportedVersions": versions})
}

#[test]
fn every_verb_with_every_version_and_family_ends_as_its_row_says() {
    let agents = FAMILIES.map(|families| (families, friendly(families)));
    let mut cases = Vec::new();
    for (families, agent) in &agents {
        for verb in VERBS {
            for row in &VERSIONS {
                cases.push(Case {
                    name: format!("{verb} of {families} with cniVersion {}", row.0),
                    shim: row.call(verb, families, &agent.socket()),
                    expect: row.expect(verb, families),
                });
            }
        }
    }
    run("versions", cases, 4);
}

/// Runtimes before libcni 1.2 take `cniVersion` and fail at 1.1.0; later ones take the highest of the list.
#[test]
fn the_conflists_that_are_shipped_work_with_older_runtimes() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/cni");
    let mut seen = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let conf: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(conf["cniVersion"], "1.0.0", "{}", path.display());
        assert_eq!(conf["cniVersions"], json!(["1.0.0", "1.1.0"]), "{}", path.display());
        seen += 1;
    }
    assert!(seen > 0);
}
