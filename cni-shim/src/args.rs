//! `CNI_ARGS`: who the pod is, and the addresses it asks for.

use crate::error::Error;
use crate::reason::Reason;

/// The pairs of `CNI_ARGS` that matter here. Runtimes outside Kubernetes send none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CniArgs {
    /// `K8S_POD_NAMESPACE`.
    pub namespace: String,
    /// `K8S_POD_NAME`.
    pub pod: String,
    /// `K8S_POD_UID`.
    pub uid: String,
    /// `IP`, a comma list.
    pub ips: Vec<String>,
}

impl CniArgs {
    /// Reads `KEY=VALUE` pairs with semicolons between them. Order, unknown keys, empty pairs and further '=' signs do no
    /// harm, since runtimes differ in all four; of two equal keys the last counts.
    pub fn parse(text: &str) -> Result<CniArgs, Error> {
        let mut args = CniArgs::default();
        for pair in text.split(';').filter(|pair| !pair.is_empty()) {
            let Some((key, value)) = pair.split_once('=') else {
                let text = format!("CNI_ARGS: invalid pair {pair:?}, expected KEY=VALUE");
                return Err(Error::own(Reason::EnvInvalid, text));
            };
            match key {
                "K8S_POD_NAMESPACE" => args.namespace = value.to_owned(),
                "K8S_POD_NAME" => args.pod = value.to_owned(),
                "K8S_POD_UID" => args.uid = value.to_owned(),
                "IP" => args.ips = value.split(',').filter(|ip| !ip.is_empty()).map(str::to_owned).collect(),
                _ => {}
            }
        }
        Ok(args)
    }

    /// The pod as people write it; podman names one without a namespace. None where none is named.
    pub fn pod_name(&self) -> Option<String> {
        let separator = if self.namespace.is_empty() { "" } else { "/" };
        (!self.pod.is_empty()).then(|| format!("{}{separator}{}", self.namespace, self.pod))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pairs_of_containerd_are_read_in_any_order() {
        let args = CniArgs::parse(
            "K8S_POD_UID=u-1;IgnoreUnknown=1;K8S_POD_NAME=web-0;K8S_POD_INFRA_CONTAINER_ID=9f2c;K8S_POD_NAMESPACE=team-a",
        )
        .unwrap();
        assert_eq!(args.pod_name().as_deref(), Some("team-a/web-0"));
        assert_eq!(args.uid, "u-1");
    }

    #[test]
    fn looser_forms_are_read_too() {
        let args = CniArgs::parse(";IgnoreUnknown=1;IgnoreUnknown=true;IP=10.0.0.1,fd00::1;X=a=b;Y=;").unwrap();
        assert_eq!(args.ips, ["10.0.0.1", "fd00::1"]);
        assert_eq!(CniArgs::parse("IP=10.0.0.1;IP=").unwrap().ips, Vec::<String>::new());
        assert_eq!(CniArgs::parse("").unwrap(), CniArgs::default());
        assert_eq!(CniArgs::default().pod_name(), None);
        assert_eq!(CniArgs::parse("K8S_POD_NAME=web").unwrap().pod_name().as_deref(), Some("web"));
    }

    #[test]
    fn keys_are_case_sensitive() {
        assert_eq!(CniArgs::parse("ip=10.0.0.1").unwrap(), CniArgs::default());
    }

    #[test]
    fn a_pair_without_a_value_is_refused_by_name() {
        match CniArgs::parse("IgnoreUnknown=1;oops") {
            Err(error @ Error::Own { .. }) => {
                assert_eq!(error.code(None), 4);
                assert!(format!("{error:?}").contains("CNI_ARGS: invalid pair"));
            }
            other => panic!("{other:?}"),
        }
    }
}
