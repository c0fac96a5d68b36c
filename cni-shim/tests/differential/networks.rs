//! The networks: for host-local ranges in its configuration, for Croft pools in the agent.

use std::net::IpAddr;

use serde_json::{Value, json};

/// One range: its first part, prefix length, gateway, and how the agent's pool is made.
pub struct Range {
    pub first: &'static str,
    pub length: u32,
    pub gateway: &'static str,
    pub pool: &'static str,
    pub mode: &'static str,
    /// In the order of the result. The default route of mode gateway is the first.
    pub routes: &'static [(&'static str, &'static str)],
}

/// One network.
pub struct Network {
    pub name: &'static str,
    pub ranges: &'static [Range],
}

const fn gateway(
    first: &'static str,
    length: u32,
    gateway: &'static str,
    pool: &'static str,
    routes: &'static [(&str, &str)],
) -> Range {
    Range { first, length, gateway, pool, mode: "gateway", routes }
}

pub const NETWORKS: [Network; 6] = [
    Network { name: "four", ranges: &[gateway("10.64.0.0", 16, "10.64.0.1", "four4", &[("0.0.0.0/0", "10.64.0.1")])] },
    Network { name: "six", ranges: &[gateway("fd00:64::", 64, "fd00:64::1", "six6", &[("::/0", "fd00:64::1")])] },
    Network {
        name: "dual",
        ranges: &[
            gateway(
                "10.65.0.0",
                16,
                "10.65.255.254",
                "dual4",
                &[("0.0.0.0/0", "10.65.255.254"), ("192.168.0.0/16", "10.65.0.9"), ("172.16.0.0/12", "")],
            ),
            gateway("fd00:65::", 96, "fd00:65::1", "dual6", &[("::/0", "fd00:65::1"), ("fd00::/8", "fd00:65::9")]),
        ],
    },
    Network {
        name: "lan",
        ranges: &[Range {
            first: "10.66.0.0",
            length: 16,
            gateway: "10.66.0.7",
            pool: "lan4",
            mode: "l2",
            routes: &[("0.0.0.0/0", ""), ("192.168.0.0/16", "10.66.0.9")],
        }],
    },
    // So small that they run out.
    Network { name: "few", ranges: &[gateway("10.67.0.0", 28, "10.67.0.1", "few4", &[("0.0.0.0/0", "10.67.0.1")])] },
    Network {
        name: "fewdual",
        ranges: &[
            gateway("10.68.0.0", 27, "10.68.0.1", "fewdual4", &[("0.0.0.0/0", "10.68.0.1")]),
            gateway("fd00:68::", 123, "fd00:68::1", "fewdual6", &[("::/0", "fd00:68::1")]),
        ],
    },
];

impl Range {
    pub fn is_v4(&self) -> bool {
        !self.first.contains(':')
    }

    fn bits(&self) -> u32 {
        if self.is_v4() { 32 } else { 128 }
    }

    /// The address at an offset.
    pub fn at(&self, offset: u128) -> IpAddr {
        match self.first.parse().unwrap() {
            IpAddr::V4(first) => IpAddr::V4((u32::from(first) + offset as u32).into()),
            IpAddr::V6(first) => IpAddr::V6((u128::from(first) + offset).into()),
        }
    }

    /// Addresses in it.
    pub fn size(&self) -> u128 {
        1 << (self.bits() - self.length)
    }

    /// Whether a pod may get that address: not the network's, not the gateway's, not the broadcast of v4.
    pub fn gives(&self, address: IpAddr) -> bool {
        let number = |address: IpAddr| match address {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => address.into(),
        };
        if address.is_ipv4() != self.is_v4() || number(address) < number(self.at(0)) {
            return false;
        }
        let offset = number(address) - number(self.at(0));
        let broadcast = self.is_v4() && offset == self.size() - 1;
        offset != 0 && offset < self.size() && !broadcast && address != self.gateway.parse::<IpAddr>().unwrap()
    }

    /// How many addresses pods can get.
    pub fn capacity(&self) -> usize {
        (self.size() - if self.is_v4() { 3 } else { 2 }) as usize
    }

    /// The pool of the agent, for `croft pool apply`.
    pub fn pool(&self) -> Value {
        // Mode gateway adds its default route by itself.
        let own = usize::from(self.mode == "gateway");
        let routes: Vec<_> =
            self.routes[own..].iter().map(|(dst, gw)| json!({"destination": dst, "gateway": gw})).collect();
        json!({"name": self.pool, "cidr": format!("{}/{}", self.first, self.length), "mode": self.mode,
            "gateway": self.gateway, "routes": routes})
    }
}

impl Network {
    /// `ipam` for host-local.
    pub fn host_local(&self, data: &str) -> Value {
        let ranges: Vec<_> = self
            .ranges
            .iter()
            .map(|range| json!([{"subnet": format!("{}/{}", range.first, range.length), "gateway": range.gateway}]))
            .collect();
        let routes: Vec<_> = self
            .ranges
            .iter()
            .flat_map(|range| range.routes)
            .map(|(dst, gw)| if gw.is_empty() { json!({"dst": dst}) } else { json!({"dst": dst, "gw": gw}) })
            .collect();
        json!({"type": "host-local", "dataDir": data, "ranges": ranges, "routes": routes})
    }

    /// `ipam` for Croft.
    pub fn croft(&self, socket: &str) -> Value {
        let pools: Vec<_> = self.ranges.iter().map(|range| range.pool).collect();
        json!({"type": "croft", "socket": socket, "pools": pools})
    }
}
