//! What the caller put into the environment, checked as the CNI reference library checks it.

use crate::error::Error;
use crate::reason::Reason;
use crate::verb::Verb;

/// The longest container id that the agent takes.
pub const LONGEST_CONTAINER_ID: usize = 128;

/// The longest interface name of Linux.
const LONGEST_INTERFACE: usize = 15;

/// The variables of one call. Texts that the verb does not require may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// `CNI_COMMAND`.
    pub command: String,
    /// `CNI_CONTAINERID`.
    pub container_id: String,
    /// `CNI_NETNS`.
    pub netns: String,
    /// `CNI_IFNAME`.
    pub interface: String,
    /// `CNI_ARGS`.
    pub args: String,
    /// `CNI_NETNS_OVERRIDE`.
    pub netns_override: String,
}

impl Invocation {
    /// The verb. None for an unknown one.
    pub fn verb(&self) -> Option<Verb> {
        Verb::parse(&self.command)
    }

    /// Reads the variables through a look-up. A text that is not UTF-8 is read with marks in place of what is not, which no
    /// identifier may have.
    ///
    /// The first invalid one is refused; otherwise all that are missing at once, in the order of the specification.
    pub fn read(look_up: impl Fn(&str) -> Option<String>) -> Result<Invocation, Error> {
        let text = |name: &str| look_up(name).unwrap_or_default();
        let invocation = Invocation {
            command: text("CNI_COMMAND"),
            container_id: text("CNI_CONTAINERID"),
            netns: text("CNI_NETNS"),
            interface: text("CNI_IFNAME"),
            args: text("CNI_ARGS"),
            netns_override: text("CNI_NETNS_OVERRIDE"),
        };
        let verb = invocation.verb();
        let of_pod = matches!(verb, Some(Verb::Add | Verb::Del | Verb::Check));
        let mut missing = Vec::new();
        let mut require = |name: &'static str, value: &str| {
            if value.is_empty() {
                missing.push(name);
            }
        };
        require("CNI_COMMAND", &invocation.command);
        if of_pod {
            require("CNI_CONTAINERID", &invocation.container_id);
            check_container_id(&invocation.container_id)?;
            if verb != Some(Verb::Del) {
                require("CNI_NETNS", &invocation.netns);
            }
            require("CNI_IFNAME", &invocation.interface);
            check_interface(&invocation.interface)?;
        }
        if of_pod || matches!(verb, Some(Verb::Gc | Verb::Status)) {
            require("CNI_PATH", &text("CNI_PATH"));
        }
        if missing.is_empty() {
            return Ok(invocation);
        }
        let text = format!("required env variables [{}] missing", missing.join(","));
        Err(Error::reference(Reason::EnvMissing, text, ""))
    }

    /// Whether the caller allows the plugin's own network namespace as the pod's.
    pub fn allows_own_netns(&self) -> bool {
        self.netns_override == "1" || self.netns_override.eq_ignore_ascii_case("true")
    }
}

/// Whether a text may be a container id or a network's name.
pub fn is_identifier(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

fn check_container_id(id: &str) -> Result<(), Error> {
    if id.is_empty() || is_identifier(id) {
        return Ok(());
    }
    Err(Error::reference(Reason::EnvInvalid, "invalid characters in containerID", id))
}

fn check_interface(name: &str) -> Result<(), Error> {
    let refuse = |text: &str, details: &str| Err(Error::reference(Reason::EnvInvalid, text, details));
    if name.len() > LONGEST_INTERFACE {
        return refuse("interface name is too long", "interface name should be less than 16 characters");
    }
    if name == "." || name == ".." {
        return refuse("interface name is . or ..", "");
    }
    if name.chars().any(|c| c == '/' || c == ':' || c.is_whitespace()) {
        return refuse("interface name contains / or : or whitespace characters", "");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: [(&str, &str); 5] = [
        ("CNI_CONTAINERID", "9f2c"),
        ("CNI_NETNS", "/run/netns/a"),
        ("CNI_IFNAME", "eth0"),
        ("CNI_ARGS", "K8S_POD_NAME=a"),
        ("CNI_PATH", "/opt/cni/bin"),
    ];

    fn read(command: &str, change: &[(&str, &str)]) -> Result<Invocation, Error> {
        Invocation::read(|name| {
            let changed = change.iter().find(|(key, _)| *key == name);
            let full = FULL.iter().find(|(key, _)| *key == name);
            match name {
                "CNI_COMMAND" => Some(command.to_owned()),
                _ => changed.or(full).map(|(_, value)| (*value).to_owned()),
            }
        })
    }

    fn text(result: Result<Invocation, Error>) -> String {
        match result {
            Err(Error::Reference { reason, text, .. }) if reason.code() == 4 => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_verb_requires_its_own_variables() {
        let names = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME", "CNI_ARGS", "CNI_PATH"];
        for (verb, required) in [
            ("ADD", &names[..3]),
            ("CHECK", &names[..3]),
            ("DEL", &["CNI_CONTAINERID", "CNI_IFNAME"][..]),
            ("GC", &[]),
            ("STATUS", &[]),
            ("VERSION", &[]),
        ] {
            for name in names {
                let needed = required.contains(&name) || (name == "CNI_PATH" && verb != "VERSION");
                assert_eq!(read(verb, &[(name, "")]).is_err(), needed, "{verb} {name}");
            }
        }
    }

    #[test]
    fn all_missing_variables_are_named_at_once() {
        let none = FULL.map(|(name, _)| (name, ""));
        assert_eq!(
            text(read("ADD", &none)),
            "required env variables [CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH] missing"
        );
        assert_eq!(text(read("DEL", &none)), "required env variables [CNI_CONTAINERID,CNI_IFNAME,CNI_PATH] missing");
        assert_eq!(text(read("", &[])), "required env variables [CNI_COMMAND] missing");
    }

    #[test]
    fn a_container_id_has_letters_digits_and_few_others() {
        for good in ["a", "9", "a_b.c-d", "A0"] {
            assert!(read("ADD", &[("CNI_CONTAINERID", good)]).is_ok(), "{good}");
        }
        for bad in ["-a", ".a", "_a", "a b", "a/b", "a\u{e9}", "%%%", "a\n", "\u{fffd}"] {
            let expected = Error::reference(Reason::EnvInvalid, "invalid characters in containerID", bad);
            assert_eq!(read("ADD", &[("CNI_CONTAINERID", bad)]), Err(expected));
        }
    }

    #[test]
    fn an_interface_name_is_one_that_linux_takes() {
        let long = "interface name is too long";
        let dots = "interface name is . or ..";
        let chars = "interface name contains / or : or whitespace characters";
        for (name, expected) in [
            ("1234567890123456", long),
            (".", dots),
            ("..", dots),
            ("a/b", chars),
            ("a:b", chars),
            ("a b", chars),
            ("a\u{a0}b", chars),
            ("a\tb", chars),
        ] {
            assert_eq!(text(read("ADD", &[("CNI_IFNAME", name)])), expected, "{name}");
        }
        assert!(read("ADD", &[("CNI_IFNAME", "123456789012345")]).is_ok());
    }

    #[test]
    fn identifiers_are_checked_only_where_they_are_required() {
        for verb in ["GC", "STATUS", "VERSION", "NOPE"] {
            assert!(read(verb, &[("CNI_CONTAINERID", "%%%"), ("CNI_IFNAME", "a/b")]).is_ok(), "{verb}");
        }
    }

    #[test]
    fn an_override_is_1_or_true_in_any_case() {
        for (value, expected) in
            [("1", true), ("TRUE", true), ("true", true), ("0", false), ("", false), ("yes", false)]
        {
            assert_eq!(read("ADD", &[("CNI_NETNS_OVERRIDE", value)]).unwrap().allows_own_netns(), expected, "{value}");
        }
    }
}
