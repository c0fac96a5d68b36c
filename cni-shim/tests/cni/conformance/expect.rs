//! What a caller must see of one call.

use serde_json::{Value, json};

use crate::shim::Outcome;

/// How a call must end.
#[derive(Clone, Debug)]
pub enum Expect {
    /// With exit code 0 and nothing on stdout.
    Silent,
    /// With exit code 0 and exactly this document.
    Document(Value),
    /// With exit code 0, nothing on stdout, and a word for people on stderr.
    About,
    /// With exit code 1 and an error object.
    Error(Refused),
}

/// An error object. In the texts `*` stands for anything.
#[derive(Clone, Debug)]
pub struct Refused {
    /// The `cniVersion` that is echoed.
    pub version: String,
    /// The CNI error code.
    pub code: u64,
    /// The pattern of `msg`.
    pub msg: String,
    /// The pattern of `details`; without it, any.
    pub details: Option<String>,
}

impl Expect {
    /// Says how an outcome differs from this; nothing where it does not.
    pub fn differs(&self, outcome: &Outcome) -> Option<String> {
        let told = match self {
            Expect::About => outcome.stderr.starts_with("CNI plugin croft v"),
            _ => outcome.stderr.is_empty(),
        };
        let right = match self {
            Expect::Silent | Expect::About => outcome.exit == 0 && outcome.stdout.is_empty(),
            Expect::Document(document) => outcome.exit == 0 && only_document(outcome).as_ref() == Some(document),
            Expect::Error(refused) => {
                outcome.exit == 1 && only_document(outcome).is_some_and(|error| refused.fits(&error))
            }
        };
        (!told || !right).then(|| format!("expected {self:?}, got {outcome:?}"))
    }
}

impl Refused {
    fn fits(&self, error: &Value) -> bool {
        let text = |key: &str| error[key].as_str().unwrap_or_default();
        let object = error.as_object().is_some_and(|fields| {
            fields.iter().all(|(key, value)| match key.as_str() {
                "code" => value.is_u64(),
                "cniVersion" | "msg" | "details" => value.is_string(),
                _ => false,
            })
        });
        let all = format!("{} {}", text("msg"), text("details"));
        object
            && error["cniVersion"] == json!(self.version)
            && error["code"] == json!(self.code)
            && fits(&self.msg, text("msg"))
            && self.details.as_ref().is_none_or(|details| fits(details, text("details")))
            && !text("msg").is_empty()
            && text("msg").len() <= 300
            && !all.contains("not found")
            && !all.contains("no such file or directory")
    }
}

/// The document on stdout, if that is one line and nothing else.
fn only_document(outcome: &Outcome) -> Option<Value> {
    let line = outcome.stdout.strip_suffix('\n')?;
    if line.contains('\n') {
        return None;
    }
    serde_json::from_str(line).ok()
}

/// Whether a text is the pattern, in which `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut open = false;
    for part in parts {
        open = part.is_empty();
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    open || rest.is_empty()
}

#[test]
fn the_judge_of_the_tables_sees_every_kind_of_difference() {
    let outcome = |exit: i32, stdout: &str| Outcome { exit, stdout: stdout.into(), stderr: String::new() };
    let error = r#"{"cniVersion":"1.0.0","code":7,"msg":"A: b; request 5f","details":"d"}"#;
    let refused = Refused { version: "1.0.0".into(), code: 7, msg: "A: *; request *".into(), details: None };
    let expect = Expect::Error(refused.clone());
    assert_eq!(expect.differs(&outcome(1, &format!("{error}\n"))), None);
    for wrong in [
        error.replace(":7", ":11"),
        error.replace("1.0.0", "1.1.0"),
        error.replace("A:", "B:"),
        error.replace("5f", "").replace("; request ", ""),
        error.replace("b;", "not found;"),
        error.replace("\"d\"", "\"no such file or directory\""),
        error.replace("\"d\"", "7"),
        error.replace("details", "hint"),
        error.replace("b;", &format!("{};", "x".repeat(300))),
        format!("{error}{error}"),
        format!("{error}\n{error}"),
        String::new(),
    ] {
        assert!(expect.differs(&outcome(1, &format!("{wrong}\n"))).is_some(), "{wrong}");
    }
    assert!(expect.differs(&outcome(0, &format!("{error}\n"))).is_some());
    assert!(expect.differs(&outcome(1, error)).is_some());
    let detailed = Expect::Error(Refused { details: Some("e".into()), ..refused });
    assert!(detailed.differs(&outcome(1, &format!("{error}\n"))).is_some());
    assert_eq!(Expect::Silent.differs(&outcome(0, "")), None);
    assert!(Expect::Silent.differs(&outcome(0, "\n")).is_some());
    assert!(Expect::Silent.differs(&outcome(1, "")).is_some());
    let loud = Outcome { stderr: "a word".into(), ..outcome(0, "") };
    assert!(Expect::Silent.differs(&loud).is_some());
    assert!(Expect::About.differs(&loud).is_some());
    let document = Expect::Document(json!({"a": 1}));
    assert_eq!(document.differs(&outcome(0, "{\"a\":1}\n")), None);
    assert!(document.differs(&outcome(0, "{\"a\":2}\n")).is_some());
    assert!(document.differs(&outcome(0, "{\"a\":1}\n{\"a\":1}\n")).is_some());
}
