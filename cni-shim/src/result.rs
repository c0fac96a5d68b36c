//! The result of an ADD, in the shape of each CNI version.
//!
//! An IPAM plugin's result has no interfaces, and Croft never gives DNS settings. What is absent is left out: a `routes`
//! that is there but empty keeps Weave from adding its own.

use std::net::IpAddr;

use serde::Serialize;

use crate::proto::v1::{AllocatedAddress, Allocation};
use crate::version::{Shape, shape};

#[derive(Serialize)]
struct Route<'a> {
    dst: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    gw: &'a str,
}

#[derive(Serialize)]
struct Ip<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'static str>,
    address: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    gateway: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListResult<'a> {
    cni_version: &'a str,
    ips: Vec<Ip<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    routes: Vec<Route<'a>>,
}

#[derive(Serialize)]
struct Family<'a> {
    ip: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    gateway: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    routes: Vec<Route<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FamilyResult<'a> {
    cni_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip4: Option<Family<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip6: Option<Family<'a>>,
}

/// The document to print, or what makes the allocation one that no caller could use.
pub fn encode(version: &str, allocation: &Allocation) -> Result<Vec<u8>, String> {
    check(allocation)?;
    let json = match shape(version) {
        Shape::PerFamily => serde_json::to_vec(&per_family(version, allocation)),
        Shape::ListWithFamily => serde_json::to_vec(&list(version, allocation, true)),
        Shape::List => serde_json::to_vec(&list(version, allocation, false)),
    };
    let mut json = json.map_err(|error| error.to_string())?;
    json.push(b'\n');
    Ok(json)
}

fn list<'a>(version: &'a str, allocation: &'a Allocation, with_family: bool) -> ListResult<'a> {
    let ip = |address: &'a AllocatedAddress| Ip {
        version: with_family.then(|| if is_v4(&address.address) { "4" } else { "6" }),
        address: cidr(address),
        gateway: &address.gateway,
    };
    let ips = allocation.addresses.iter().map(ip).collect();
    ListResult { cni_version: version, ips, routes: allocation.addresses.iter().flat_map(routes).collect() }
}

fn per_family<'a>(version: &'a str, allocation: &'a Allocation) -> FamilyResult<'a> {
    let family = |v4: bool| {
        let address = allocation.addresses.iter().find(|address| is_v4(&address.address) == v4)?;
        let all = allocation.addresses.iter().flat_map(routes);
        let routes = all.filter(|route| is_v4(route.dst) == v4).collect();
        Some(Family { ip: cidr(address), gateway: &address.gateway, routes })
    };
    FamilyResult { cni_version: version, ip4: family(true), ip6: family(false) }
}

fn routes(address: &AllocatedAddress) -> impl Iterator<Item = Route<'_>> {
    address.routes.iter().map(|route| Route { dst: &route.destination, gw: &route.gateway })
}

fn cidr(address: &AllocatedAddress) -> String {
    format!("{}/{}", address.address, address.prefix_length)
}

fn is_v4(text: &str) -> bool {
    !text.contains(':')
}

/// One or two addresses of different families, each text of which the caller can parse.
fn check(allocation: &Allocation) -> Result<(), String> {
    let addresses = &allocation.addresses;
    if addresses.is_empty() {
        return Err("it has no address".to_owned());
    }
    for (at, address) in addresses.iter().enumerate() {
        let Ok(ip) = address.address.parse::<IpAddr>() else {
            return Err(format!("address {:?}", address.address));
        };
        if !fits(&ip, address.prefix_length) {
            return Err(format!("prefix length {} of {ip}", address.prefix_length));
        }
        if addresses[..at].iter().any(|other| is_v4(&other.address) == ip.is_ipv4()) {
            return Err("it has two addresses of one family".to_owned());
        }
        let gateways = address.routes.iter().map(|route| &route.gateway).chain([&address.gateway]);
        for gateway in gateways.filter(|gateway| !gateway.is_empty()) {
            if gateway.parse::<IpAddr>().is_err() {
                return Err(format!("gateway {gateway:?}"));
            }
        }
        for route in &address.routes {
            let parts = route.destination.split_once('/');
            let parsed = parts.and_then(|(ip, length)| Some((ip.parse().ok()?, length.parse().ok()?)));
            if !parsed.is_some_and(|(ip, length)| fits(&ip, length)) {
                return Err(format!("route {:?}", route.destination));
            }
        }
    }
    Ok(())
}

fn fits(ip: &IpAddr, length: i32) -> bool {
    (0..=if ip.is_ipv4() { 32 } else { 128 }).contains(&length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::v1;
    use crate::version::SUPPORTED;

    fn address(ip: &str, length: i32, gateway: &str, routes: &[(&str, &str)]) -> AllocatedAddress {
        let route = |(dst, gw): &(&str, &str)| v1::Route { destination: (*dst).into(), gateway: (*gw).into() };
        AllocatedAddress {
            address: ip.into(),
            prefix_length: length,
            gateway: gateway.into(),
            routes: routes.iter().map(route).collect(),
            pool: "p".into(),
        }
    }

    fn v4() -> AllocatedAddress {
        address("10.1.2.2", 24, "10.1.2.1", &[("0.0.0.0/0", "10.1.2.1"), ("192.168.0.0/16", "")])
    }

    fn v6() -> AllocatedAddress {
        address("2001:db8:1::2", 64, "2001:db8:1::1", &[("::/0", "2001:db8:1::1")])
    }

    fn text(version: &str, addresses: &[AllocatedAddress]) -> Result<String, String> {
        let allocation = Allocation { addresses: addresses.to_vec(), ..Default::default() };
        encode(version, &allocation).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn the_first_versions_have_an_object_for_each_family() {
        for version in ["0.1.0", "0.2.0"] {
            let expected = format!(
                "{{\"cniVersion\":\"{version}\",\
                 \"ip4\":{{\"ip\":\"10.1.2.2/24\",\"gateway\":\"10.1.2.1\",\"routes\":[{{\"dst\":\"0.0.0.0/0\",\
                 \"gw\":\"10.1.2.1\"}},{{\"dst\":\"192.168.0.0/16\"}}]}},\
                 \"ip6\":{{\"ip\":\"2001:db8:1::2/64\",\"gateway\":\"2001:db8:1::1\",\"routes\":[{{\"dst\":\"::/0\",\
                 \"gw\":\"2001:db8:1::1\"}}]}}}}\n"
            );
            assert_eq!(text(version, &[v4(), v6()]), Ok(expected));
        }
    }

    #[test]
    fn versions_0_3_and_0_4_name_the_family_of_each_entry() {
        for version in ["0.3.0", "0.3.1", "0.4.0"] {
            let expected = format!(
                "{{\"cniVersion\":\"{version}\",\
                 \"ips\":[{{\"version\":\"4\",\"address\":\"10.1.2.2/24\",\"gateway\":\"10.1.2.1\"}},\
                 {{\"version\":\"6\",\"address\":\"2001:db8:1::2/64\",\"gateway\":\"2001:db8:1::1\"}}],\
                 \"routes\":[{{\"dst\":\"0.0.0.0/0\",\"gw\":\"10.1.2.1\"}},{{\"dst\":\"192.168.0.0/16\"}},\
                 {{\"dst\":\"::/0\",\"gw\":\"2001:db8:1::1\"}}]}}\n"
            );
            assert_eq!(text(version, &[v4(), v6()]), Ok(expected));
        }
    }

    #[test]
    fn versions_from_1_0_do_not_name_the_family() {
        for version in ["1.0.0", "1.1.0"] {
            let expected = format!(
                "{{\"cniVersion\":\"{version}\",\
                 \"ips\":[{{\"address\":\"10.1.2.2/24\",\"gateway\":\"10.1.2.1\"}},\
                 {{\"address\":\"2001:db8:1::2/64\",\"gateway\":\"2001:db8:1::1\"}}],\
                 \"routes\":[{{\"dst\":\"0.0.0.0/0\",\"gw\":\"10.1.2.1\"}},{{\"dst\":\"192.168.0.0/16\"}},\
                 {{\"dst\":\"::/0\",\"gw\":\"2001:db8:1::1\"}}]}}\n"
            );
            assert_eq!(text(version, &[v4(), v6()]), Ok(expected));
        }
    }

    #[test]
    fn what_a_pool_does_not_give_is_left_out_at_every_version() {
        for version in SUPPORTED {
            let one = text(version, &[address("10.1.2.2", 32, "", &[])]).unwrap();
            assert!(one.contains("\"10.1.2.2/32\""), "{one}");
            for absent in ["gateway", "routes", "ip6", "interface", "dns", "pool", "\"gw\""] {
                assert!(!one.contains(absent), "{one}");
            }
            let six = text(version, &[address("fd00::2", 128, "", &[])]).unwrap();
            assert!(six.contains("\"fd00::2/128\"") && !six.contains("ip4"), "{six}");
        }
    }

    #[test]
    fn a_family_of_its_own_is_never_named_where_the_version_has_none() {
        for version in SUPPORTED {
            let named = text(version, &[v4()]).unwrap().contains("\"version\":");
            assert_eq!(named, ("0.3.0"..="0.4.0").contains(&version), "{version}");
        }
    }

    #[test]
    fn an_allocation_that_no_caller_could_use_is_refused() {
        for (bad, why) in [
            (vec![], "no address"),
            (vec![address("10.1.2", 24, "", &[])], "address"),
            (vec![address("10.1.2.2", 33, "", &[])], "prefix length"),
            (vec![address("10.1.2.2", -1, "", &[])], "prefix length"),
            (vec![address("10.1.2.2", 24, "x", &[])], "gateway"),
            (vec![address("10.1.2.2", 24, "", &[("0.0.0.0", "")])], "route"),
            (vec![address("10.1.2.2", 24, "", &[("0.0.0.0/0", "y")])], "gateway"),
            (vec![v4(), v4()], "one family"),
        ] {
            let error = text("1.1.0", &bad).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
