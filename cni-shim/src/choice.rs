//! What an ADD asks for: pools by name, addresses, or neither.
//!
//! Both may be said in several places. The runtime's word replaces that of the configuration's `args`, which replaces that
//! of `CNI_ARGS` and of the `ipam` section; an empty list counts as not said.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::args::CniArgs;
use crate::conf::Conf;
use crate::error::Error;
use crate::reason::Reason;
use crate::suggest::did_you_mean;

const IPAM_KEYS: [&str; 3] = ["type", "socket", "pools"];
const POD_ANNOTATIONS: &str = "io.kubernetes.cri.pod-annotations";
const ANNOTATION_PREFIX: &str = "croft.io/";
const POOLS_ANNOTATION: &str = "croft.io/pools";

/// What one pod wants. Both lists may be empty: the agent's rules choose.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Names of pools, in the order to try them.
    pub pools: Vec<String>,
    /// Addresses, at most one of a family, without prefix lengths.
    pub addresses: Vec<String>,
}

impl Choice {
    /// Reads the choice and refuses every key of `ipam` and every `croft.io/` annotation that is not known: a misspelt wish
    /// must not end in an address of another pool.
    pub fn read(conf: &Conf, args: &CniArgs) -> Result<Choice, Error> {
        let ipam = match conf.value("ipam")? {
            Some(Value::Object(ipam)) => ipam,
            None => return Err(invalid("IPAM config missing 'ipam' key")),
            Some(_) => return Err(invalid("ipam is not an object")),
        };
        if let Some(unknown) = ipam.keys().find(|key| !IPAM_KEYS.contains(&key.as_str())) {
            let text = format!("ipam has the key {unknown:?}{}", did_you_mean(unknown, &IPAM_KEYS));
            return Err(Error::own(Reason::UnknownKey, text));
        }
        let runtime = conf.value("runtimeConfig")?.unwrap_or_default();
        let cni = conf.value("args")?.and_then(|mut args| args.get_mut("cni").map(Value::take)).unwrap_or_default();
        let annotated = annotated_pools(&runtime)?;
        let pools = first_said([
            strings(runtime.get("pools"), "runtimeConfig.pools")?,
            annotated,
            strings(cni.get("pools"), "args.cni.pools")?,
            strings(ipam.get("pools"), "ipam.pools")?,
        ]);
        let wanted = first_said([
            strings(runtime.get("ips"), "runtimeConfig.ips")?,
            strings(cni.get("ips"), "args.cni.ips")?,
            args.ips.clone(),
        ]);
        if let Some(empty) = pools.iter().position(String::is_empty) {
            return Err(invalid(format!("name {empty} of the wanted pools is empty")));
        }
        Ok(Choice { pools, addresses: addresses(&wanted)? })
    }
}

fn invalid(text: impl Into<String>) -> Error {
    Error::own(Reason::InvalidConf, text)
}

fn first_said<const N: usize>(places: [Vec<String>; N]) -> Vec<String> {
    places.into_iter().find(|list| !list.is_empty()).unwrap_or_default()
}

fn strings(value: Option<&Value>, place: &str) -> Result<Vec<String>, Error> {
    let expected = || invalid(format!("{place} is not a list of strings"));
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => {
            list.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(expected)).collect()
        }
        Some(_) => Err(expected()),
    }
}

/// The pools that the pod's own annotation names; they count as the runtime's word, because the runtime passed them.
fn annotated_pools(runtime: &Value) -> Result<Vec<String>, Error> {
    let none = Map::new();
    let annotations = match runtime.get(POD_ANNOTATIONS) {
        None | Some(Value::Null) => &none,
        Some(Value::Object(annotations)) => annotations,
        Some(_) => return Err(invalid(format!("runtimeConfig[{POD_ANNOTATIONS:?}] is not an object"))),
    };
    let unknown = annotations.keys().find(|key| key.starts_with(ANNOTATION_PREFIX) && *key != POOLS_ANNOTATION);
    if let Some(unknown) = unknown {
        let text = format!("annotation {unknown:?}{}", did_you_mean(unknown, &[POOLS_ANNOTATION]));
        return Err(Error::own(Reason::UnknownAnnotation, text));
    }
    match annotations.get(POOLS_ANNOTATION) {
        None => Ok(Vec::new()),
        Some(Value::String(list)) if list.trim().is_empty() => Ok(Vec::new()),
        Some(Value::String(list)) => Ok(list.split(',').map(|name| name.trim().to_owned()).collect()),
        Some(_) => Err(invalid(format!("annotation {POOLS_ANNOTATION:?} is not a text"))),
    }
}

/// Checks each address and its prefix length, drops the latter, and allows one address of a family.
fn addresses(wanted: &[String]) -> Result<Vec<String>, Error> {
    let mut addresses: Vec<IpAddr> = Vec::new();
    for text in wanted {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text.as_str(), None),
        };
        let Ok(address) = address.parse::<IpAddr>() else {
            return Err(invalid(format!("requested address {text:?} is not an IP address")));
        };
        // Go's parser, and so every caller, takes ::ffff:10.0.0.1 for 10.0.0.1.
        let address = address.to_canonical();
        let longest = if address.is_ipv4() { 32 } else { 128 };
        if length.is_some_and(|length| !length.parse::<u8>().is_ok_and(|length| length <= longest)) {
            return Err(invalid(format!("requested address {text:?} has a bad prefix length")));
        }
        // podman's network reload names an address twice: the one that the container had, and the one that it asked for.
        if addresses.contains(&address) {
            continue;
        }
        if let Some(other) = addresses.iter().find(|other| other.is_ipv4() == address.is_ipv4()) {
            return Err(invalid(format!("requested addresses {other} and {address} are of one family")));
        }
        addresses.push(address);
    }
    Ok(addresses.iter().map(IpAddr::to_string).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(conf: &str, args: &str) -> Result<Choice, Error> {
        let text = format!(r#"{{"name":"a",{conf}}}"#);
        Choice::read(&Conf::parse(text.as_bytes()).unwrap(), &CniArgs::parse(args).unwrap())
    }

    fn refusal(conf: &str) -> String {
        let error = choice(conf, "").unwrap_err();
        assert_eq!(error.code(None), 7);
        format!("{error:?}")
    }

    #[test]
    fn a_plain_configuration_leaves_the_choice_to_the_agent() {
        assert_eq!(choice(r#""ipam":{"type":"croft"}"#, "").unwrap(), Choice::default());
    }

    #[test]
    fn the_runtime_goes_before_args_and_args_before_the_rest() {
        let ipam = r#""ipam":{"type":"croft","pools":["d"]}"#;
        let args = r#""args":{"cni":{"pools":["c"],"ips":["10.0.0.3/24"],"x":1}}"#;
        let runtime = r#""runtimeConfig":{"pools":["a"],"ips":["10.0.0.2"],"io.kubernetes.cri.pod-annotations":{"croft.io/pools":"b"}}"#;
        let annotated =
            r#""runtimeConfig":{"pools":[],"io.kubernetes.cri.pod-annotations":{"x/y":"z","croft.io/pools":" b , e"}}"#;
        let wish = |conf: &str| choice(conf, "IP=10.0.0.4").unwrap();
        assert_eq!(wish(ipam).pools, ["d"]);
        assert_eq!(wish(ipam).addresses, ["10.0.0.4"]);
        assert_eq!(wish(&format!("{ipam},{args}")).pools, ["c"]);
        assert_eq!(wish(&format!("{ipam},{args}")).addresses, ["10.0.0.3"]);
        assert_eq!(wish(&format!("{ipam},{args},{annotated}")).pools, ["b", "e"]);
        assert_eq!(wish(&format!("{ipam},{args},{annotated}")).addresses, ["10.0.0.3"]);
        assert_eq!(wish(&format!("{ipam},{args},{runtime}")).pools, ["a"]);
        assert_eq!(wish(&format!("{ipam},{args},{runtime}")).addresses, ["10.0.0.2"]);
    }

    #[test]
    fn unknown_keys_of_ipam_are_refused_with_a_suggestion() {
        let text = refusal(r#""ipam":{"type":"croft","pool":["a"]}"#);
        assert!(text.contains("UnknownKey") && text.contains("did you mean") && text.contains("pools"), "{text}");
        assert!(refusal(r#""ipam":{"type":"croft","subnet":"10.0.0.0/8"}"#).contains("subnet"));
    }

    #[test]
    fn unknown_annotations_of_croft_are_refused_and_others_are_not() {
        let annotations =
            |text: &str| format!(r#""ipam":{{}},"runtimeConfig":{{"io.kubernetes.cri.pod-annotations":{text}}}"#);
        let text = refusal(&annotations(r#"{"croft.io/pool":"a"}"#));
        assert!(text.contains("UnknownAnnotation") && text.contains("croft.io/pools"), "{text}");
        refusal(&annotations(r#"{"croft.io/pools":7}"#));
        refusal(&annotations(r#"{"croft.io/pools":"a,,b"}"#));
        refusal(&annotations("7"));
        assert_eq!(
            choice(&annotations(r#"{"example.com/pools":"a","croft.io/pools":""}"#), "").unwrap().pools.len(),
            0
        );
    }

    #[test]
    fn a_missing_or_odd_ipam_section_is_refused() {
        assert!(refusal(r#""x":1"#).contains("missing 'ipam' key"));
        refusal(r#""ipam":7"#);
        refusal(r#""ipam":{"pools":"a"}"#);
        refusal(r#""ipam":{"pools":[7]}"#);
        refusal(r#""ipam":{},"runtimeConfig":{"ips":"10.0.0.1"}"#);
    }

    #[test]
    fn requested_addresses_are_one_of_a_family_and_lose_their_prefix_length() {
        let ips = |text: &str| choice(&format!(r#""ipam":{{}},"runtimeConfig":{{"ips":{text}}}"#), "");
        assert_eq!(ips(r#"["10.0.0.2/24","FD00:0::2/64"]"#).unwrap().addresses, ["10.0.0.2", "fd00::2"]);
        assert_eq!(ips(r#"["::ffff:10.0.0.2"]"#).unwrap().addresses, ["10.0.0.2"]);
        assert_eq!(ips(r#"["10.0.0.2","fd00::2","10.0.0.2/24"]"#).unwrap().addresses, ["10.0.0.2", "fd00::2"]);
        for bad in [
            r#"["10.0.0.2","10.0.0.3"]"#,
            r#"["fd00::1","fd00::2"]"#,
            r#"["10.0.0"]"#,
            r#"["10.0.0.1/33"]"#,
            r#"["fd00::/129"]"#,
            r#"["10.0.0.1/"]"#,
            r#"["10.0.0.0/24/1"]"#,
            r#"["x"]"#,
        ] {
            assert_eq!(ips(bad).unwrap_err().code(None), 7, "{bad}");
        }
    }
}
