//! One call, the same for both plugins but for the `ipam` section.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde_json::{Map, Value};

/// Where a wished address is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    RuntimeConfig,
    Args,
    CniArgs,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    pub verb: &'static str,
    /// `cniVersion` as JSON; empty for none.
    pub version: &'static str,
    pub env: BTreeMap<String, String>,
    /// Top-level keys besides the version, the name and `ipam`.
    pub keys: Map<String, Value>,
    /// Keys of `ipam` besides those of the plugin.
    pub ipam_keys: Map<String, Value>,
    /// Instead of the plugin's `ipam`; null for none.
    pub ipam: Option<Value>,
    /// Instead of the configuration.
    pub bytes: Option<Vec<u8>>,
    /// Addresses that must be the pod's.
    pub wished: Vec<IpAddr>,
    /// What is odd about it, for the decisions.
    pub odd: Vec<&'static str>,
}

impl Call {
    /// A sound call for an interface of a container.
    pub fn new(verb: &'static str, version: &'static str, container: &str, interface: &str) -> Call {
        let env = [
            ("CNI_COMMAND", verb),
            ("CNI_CONTAINERID", container),
            ("CNI_NETNS", "/proc/self/ns/ipc"),
            ("CNI_IFNAME", interface),
            ("CNI_PATH", "/opt/cni/bin"),
        ];
        Call {
            verb,
            version,
            env: env.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            keys: Map::new(),
            ipam_keys: Map::new(),
            ipam: None,
            bytes: None,
            wished: Vec::new(),
            odd: Vec::new(),
        }
    }

    pub fn is(&self, odd: &str) -> bool {
        self.odd.contains(&odd)
    }

    pub fn key(&self) -> (String, String) {
        let value = |name: &str| self.env.get(name).cloned().unwrap_or_default();
        (value("CNI_CONTAINERID"), value("CNI_IFNAME"))
    }

    /// Names an address in one more place.
    pub fn wish(&mut self, place: Place, text: &str) {
        match place {
            Place::CniArgs => {
                let args = self.env.entry("CNI_ARGS".into()).or_default();
                let separator = if args.is_empty() { "" } else { ";" };
                *args = format!("{args}{separator}IP={text}");
            }
            Place::Args => {
                let ips = &mut self.keys.entry("args").or_insert_with(|| serde_json::json!({"cni": {"ips": []}}))["cni"]
                    ["ips"];
                ips.as_array_mut().unwrap().push(text.into());
            }
            Place::RuntimeConfig => {
                let ips =
                    &mut self.keys.entry("runtimeConfig").or_insert_with(|| serde_json::json!({"ips": []}))["ips"];
                ips.as_array_mut().unwrap().push(text.into());
            }
        }
    }

    /// The bytes for stdin, with the plugin's own section.
    pub fn stdin(&self, network: &str, ipam: &Value) -> Vec<u8> {
        if let Some(bytes) = &self.bytes {
            return bytes.clone();
        }
        let mut conf = self.keys.clone();
        if !self.version.is_empty() {
            conf.insert("cniVersion".into(), serde_json::from_str(self.version).unwrap());
        }
        conf.entry("name").or_insert_with(|| network.into());
        conf.entry("type").or_insert_with(|| "bridge".into());
        let mut ipam = self.ipam.clone().unwrap_or_else(|| ipam.clone());
        if let Some(section) = ipam.as_object_mut() {
            section.extend(self.ipam_keys.clone());
        }
        if !ipam.is_null() {
            conf.insert("ipam".into(), ipam);
        }
        Value::Object(conf).to_string().into_bytes()
    }
}
