//! The network configuration that came over stdin.
//!
//! Only the top level is taken apart, and only what a verb asks for is parsed further: a chain's configuration holds the
//! settings of other plugins and, on CHECK and DEL, a whole previous result, and none of that may get in the way.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::error::Error;
use crate::invocation::is_identifier;
use crate::reason::Reason;

/// Where the agent listens unless the configuration says otherwise.
pub const DEFAULT_SOCKET: &str = "/run/croft/cni.sock";

/// The longest path that fits into a Unix socket's address.
const LONGEST_SOCKET: usize = 107;

/// The keys of one configuration, each unparsed. Of two equal keys the last counts.
#[derive(Debug)]
pub struct Conf<'a> {
    keys: BTreeMap<String, &'a RawValue>,
    name: String,
}

/// One interface in the list of a GC.
#[derive(Debug, Deserialize, PartialEq, Eq)]
pub struct ValidInterface {
    /// The container's id.
    #[serde(rename = "containerID")]
    pub container_id: String,
    /// The interface's name.
    pub ifname: String,
}

impl<'a> Conf<'a> {
    /// Reads a configuration and checks what every verb needs: that it is JSON, and that it names its network.
    pub fn parse(bytes: &'a [u8]) -> Result<Conf<'a>, Error> {
        let undecodable = |error: &dyn std::fmt::Display| {
            Error::reference(Reason::ConfUndecodable, format!("error unmarshall network config: {error}"), "")
        };
        let keys: BTreeMap<String, &RawValue> = serde_json::from_slice(bytes).map_err(|error| undecodable(&error))?;
        let mut conf = Conf { keys, name: String::new() };
        let name: Option<String> = conf.get("name").map_err(|error| undecodable(&error))?;
        conf.name = name.unwrap_or_default();
        if conf.name.is_empty() {
            return Err(Error::reference(Reason::InvalidConf, "missing network name", ""));
        }
        if !is_identifier(&conf.name) {
            return Err(Error::reference(Reason::InvalidConf, "invalid characters found in network name", &conf.name));
        }
        Ok(conf)
    }

    /// The network's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version to answer in; a configuration without one is of the first version.
    pub fn version(&self) -> Result<String, Error> {
        let version: Option<String> = self.get("cniVersion").map_err(|error| {
            Error::reference(Reason::ConfUndecodable, format!("decoding version from network config: {error}"), "")
        })?;
        Ok(version.filter(|version| !version.is_empty()).unwrap_or_else(|| "0.1.0".to_owned()))
    }

    /// The type of the plugin that called; empty when it does not say. A bridge that is a gateway takes the first address
    /// of a network that names none, without asking, so it has a name of its own.
    pub fn plugin(&self) -> String {
        let plugin: String = self.get("type").ok().flatten().unwrap_or_default();
        // The plugin reads its keys whatever their case.
        let is = |wanted: &str| {
            self.keys.iter().any(|(key, value)| key.eq_ignore_ascii_case(wanted) && value.get() == "true")
        };
        if plugin == "bridge" && (is("isGateway") || is("isDefaultGateway")) {
            "bridge with isGateway".to_owned()
        } else {
            plugin
        }
    }

    /// A key's value in any form. None for an absent or null one.
    pub fn value(&self, key: &str) -> Result<Option<Value>, Error> {
        self.get(key).map_err(|error| Error::own(Reason::InvalidConf, format!("{key}: {error}")))
    }

    /// Where the agent listens: `ipam.socket`, else the default.
    pub fn socket(&self) -> Result<String, Error> {
        let ipam = self.value("ipam")?;
        let Some(socket) = ipam.as_ref().and_then(|ipam| ipam.get("socket")).filter(|socket| !socket.is_null()) else {
            return Ok(DEFAULT_SOCKET.to_owned());
        };
        match socket.as_str() {
            Some(path) if path.starts_with('/') && path.len() <= LONGEST_SOCKET && !path.contains('\0') => {
                Ok(path.to_owned())
            }
            _ => {
                let text =
                    format!("ipam.socket is {socket}, expected an absolute path of at most {LONGEST_SOCKET} bytes");
                Err(Error::own(Reason::InvalidConf, text))
            }
        }
    }

    /// The addresses of the previous result. None without one.
    pub fn previous_addresses(&self) -> Result<Option<Vec<String>>, Error> {
        #[derive(Deserialize)]
        struct Ip {
            address: String,
        }
        #[derive(Deserialize)]
        struct Previous {
            #[serde(default)]
            ips: Option<Vec<Ip>>,
        }
        let previous: Option<Previous> = self
            .get("prevResult")
            .map_err(|error| Error::own(Reason::ConfUndecodable, format!("prevResult: {error}")))?;
        Ok(previous.map(|previous| previous.ips.unwrap_or_default().into_iter().map(|ip| ip.address).collect()))
    }

    /// The interfaces that a GC must leave alone. A null list is an empty one, as CRI-O sends it; no list at all is refused,
    /// because it does not say that nothing is in use.
    pub fn valid_interfaces(&self) -> Result<Vec<ValidInterface>, Error> {
        for key in ["cni.dev/valid-attachments", "cni.dev/attachments"] {
            if self.keys.contains_key(key) {
                let list: Result<Option<Vec<ValidInterface>>, _> = self.get(key);
                return list
                    .map(Option::unwrap_or_default)
                    .map_err(|error| Error::own(Reason::InvalidConf, format!("{key}: {error}")));
            }
        }
        let text = "GC without cni.dev/valid-attachments; an empty list means that none is in use";
        Err(Error::own(Reason::InvalidConf, text))
    }

    fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, serde_json::Error> {
        match self.keys.get(key) {
            Some(raw) => serde_json::from_str(raw.get()),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> (u32, String) {
        match Conf::parse(bytes) {
            Err(Error::Reference { reason, text, .. }) => (reason.code(), text),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_not_an_object_is_undecodable() {
        for bytes in
            [&b""[..], b"{", b"[]", b"7", b"{\"name\":\"a\"} x", b"{\"name\":7}", b"{\"name\":\"\xff\"}", b"\xff"]
        {
            let (code, text) = refusal(bytes);
            assert_eq!(code, 6, "{text}");
            assert!(text.starts_with("error unmarshall network config: "), "{text}");
        }
    }

    #[test]
    fn a_network_has_a_name_of_plain_characters() {
        assert_eq!(refusal(b"{}"), (7, "missing network name".into()));
        assert_eq!(refusal(b"{\"name\":null}"), (7, "missing network name".into()));
        assert_eq!(refusal(b"{\"name\":\"a b\"}"), (7, "invalid characters found in network name".into()));
    }

    #[test]
    fn a_bridge_that_is_a_gateway_says_so() {
        for (rest, plugin) in [
            (r#""type":"bridge""#, "bridge"),
            (r#""type":"bridge","isGateway":true"#, "bridge with isGateway"),
            (r#""type":"bridge","isDefaultGateway":true"#, "bridge with isGateway"),
            (r#""type":"bridge","ISGATEWAY":true"#, "bridge with isGateway"),
            (r#""type":"bridge","isGateway":false,"isDefaultGateway":null"#, "bridge"),
            (r#""type":"bridge","isGateway":"yes""#, "bridge"),
            (r#""type":"ptp","isGateway":true"#, "ptp"),
            (r#""isGateway":true"#, ""),
        ] {
            let text = format!(r#"{{"name":"a",{rest}}}"#);
            let conf = Conf::parse(text.as_bytes()).unwrap();
            assert_eq!(conf.plugin(), plugin, "{rest}");
        }
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        let conf = Conf::parse(br#"{"name":"a","name":"b","cniVersion":"0.4.0","cniVersion":"1.0.0"}"#).unwrap();
        assert_eq!((conf.name(), conf.version().unwrap().as_str()), ("b", "1.0.0"));
    }

    #[test]
    fn deep_nesting_in_keys_of_others_does_no_harm() {
        let deep = format!(r#"{{"name":"a","x":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Conf::parse(deep.as_bytes()).unwrap().name(), "a");
        let deep = format!(r#"{{"name":"a","ipam":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(Conf::parse(deep.as_bytes()).unwrap().socket().unwrap_err().code(None), 7);
    }

    #[test]
    fn a_configuration_without_a_version_is_of_the_first() {
        for text in [r#"{"name":"a"}"#, r#"{"name":"a","cniVersion":""}"#, r#"{"name":"a","cniVersion":null}"#] {
            assert_eq!(Conf::parse(text.as_bytes()).unwrap().version().unwrap(), "0.1.0");
        }
        let odd = Conf::parse(br#"{"name":"a","cniVersion":1}"#).unwrap().version();
        assert_eq!(odd.unwrap_err().code(None), 6);
    }

    #[test]
    fn the_socket_is_an_absolute_path_or_the_default() {
        let socket = |ipam: &str| Conf::parse(format!(r#"{{"name":"a","ipam":{ipam}}}"#).as_bytes()).unwrap().socket();
        assert_eq!(socket("{}").unwrap(), DEFAULT_SOCKET);
        assert_eq!(socket("null").unwrap(), DEFAULT_SOCKET);
        assert_eq!(socket(r#"{"socket":"/run/x.sock"}"#).unwrap(), "/run/x.sock");
        for bad in [r#""x.sock""#, "7", r#""""#, &format!("\"/{}\"", "x".repeat(107))] {
            assert_eq!(socket(&format!(r#"{{"socket":{bad}}}"#)).unwrap_err().code(None), 7, "{bad}");
        }
    }

    #[test]
    fn the_previous_result_gives_its_addresses() {
        let previous = |text: &str| {
            Conf::parse(format!(r#"{{"name":"a","prevResult":{text}}}"#).as_bytes()).unwrap().previous_addresses()
        };
        let ips = r#"{"ips":[{"version":"4","address":"10.0.0.2/24","interface":1},{"address":"fd00::2/64"}]}"#;
        assert_eq!(previous(ips).unwrap().unwrap(), ["10.0.0.2/24", "fd00::2/64"]);
        assert_eq!(previous("{}").unwrap().unwrap(), Vec::<String>::new());
        assert_eq!(previous("null").unwrap(), None);
        assert_eq!(previous(r#"{"ips":7}"#).unwrap_err().code(None), 6);
    }

    #[test]
    fn a_gc_wants_a_list_and_takes_null_for_an_empty_one() {
        let list = |text: &str| {
            Conf::parse(format!(r#"{{"name":"a"{text}}}"#).as_bytes())
                .unwrap()
                .valid_interfaces()
                .map(|list| list.len())
        };
        assert_eq!(list(r#","cni.dev/valid-attachments":null"#), Ok(0));
        assert_eq!(list(r#","cni.dev/valid-attachments":[]"#), Ok(0));
        let one = r#"[{"containerID":"9f2c","ifname":"eth0"}]"#;
        assert_eq!(list(&format!(r#","cni.dev/attachments":{one}"#)), Ok(1));
        assert_eq!(list(&format!(r#","cni.dev/attachments":{one},"cni.dev/valid-attachments":null"#)), Ok(0));
        assert_eq!(list("").unwrap_err().code(None), 7);
        assert_eq!(list(r#","cni.dev/valid-attachments":[{"containerID":"9f2c"}]"#).unwrap_err().code(None), 7);
    }
}
