//! What befalls the way between an agent and etcd.

use std::io::Write;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};

use super::{Effect, Result};
use crate::Failure;
use crate::clock::{eventually, pause};
use crate::etcd::Etcd;
use crate::history::Event;
use crate::lab::Lab;
use crate::node::Node;
use crate::plan::Kind;
use crate::program::run;
use crate::random::Random;
use crate::runtime::new_pod;
use crate::shim::{Death, call};

/// Which packets are lost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// All.
    Both,
    /// Those from etcd.
    Answers,
}

/// Loses packets between a machine and those endpoints, until `mend`.
pub fn cut(node: &Node, endpoints: &[(Ipv4Addr, u16)], way: Way) -> std::result::Result<(), Failure> {
    let mut rules = String::from("table ip fault {\n chain in { type filter hook input priority 0;\n");
    for (ip, port) in endpoints {
        rules.push_str(&format!("  ip saddr {ip} tcp sport {port} counter drop\n"));
    }
    rules.push_str(" }\n chain out { type filter hook output priority 0;\n");
    if way == Way::Both {
        for (ip, port) in endpoints {
            rules.push_str(&format!("  ip daddr {ip} tcp dport {port} counter drop\n"));
        }
    }
    rules.push_str(" }\n}\n");
    let mut nft = Command::new("nsenter")
        .arg(format!("--net={}", node.netns.display()))
        .args(["--", "nft", "-f", "-"])
        .stdin(Stdio::piped())
        .spawn()?;
    if let Some(mut stdin) = nft.stdin.take() {
        stdin.write_all(rules.as_bytes())?;
    }
    if nft.wait()?.success() { Ok(()) } else { Err("nft refused".into()) }
}

fn nft(node: &Node, words: &[&str]) -> std::result::Result<String, Failure> {
    let netns = format!("--net={}", node.netns.display());
    let mut all = vec!["nsenter", &netns, "--", "nft"];
    all.extend(words);
    run(10, &all, &[])?.expect()
}

/// Packets that were lost so far.
fn lost(node: &Node) -> u64 {
    let listed = nft(node, &["list", "table", "ip", "fault"]).unwrap_or_default();
    let words: Vec<&str> = listed.split_whitespace().collect();
    words.windows(2).filter(|pair| pair[0] == "packets").filter_map(|pair| pair[1].parse::<u64>().ok()).sum()
}

/// Loses no more packets.
pub fn mend(node: &Node) -> std::result::Result<(), Failure> {
    nft(node, &["delete", "table", "ip", "fault"]).map(drop)
}

/// A connection can be made from that machine.
fn reaches(node: &Node, (ip, port): (Ipv4Addr, u16)) -> bool {
    let (netns, line) = (format!("--net={}", node.netns.display()), format!("exec 3<>/dev/tcp/{ip}/{port}"));
    run(1, &["nsenter", &netns, "--", "bash", "-c", &line], &[]).is_ok_and(|said| said.exit == 0)
}

/// From all members, from the leader only, or one way only.
pub fn partition(node: &Node, kind: Kind, random: &mut Random) -> Result {
    let (endpoints, way) = match kind {
        Kind::PartitionLeader => {
            let Some(leader) = Etcd::leader() else { return Ok(Effect(false, "nobody leads".to_owned())) };
            (vec![node.endpoints[leader]], Way::Both)
        }
        Kind::PartitionOneWay => (node.endpoints.clone(), Way::Answers),
        _ => (node.endpoints.clone(), Way::Both),
    };
    let millis = random.between(5000, 40_000);
    cut(node, &endpoints, way)?;
    pause(millis);
    let apart = !reaches(node, endpoints[0]);
    let lost = lost(node);
    mend(node)?;
    // A member may be down for a reason of its own.
    let mended = eventually(20, || endpoints.iter().any(|endpoint| reaches(node, *endpoint)));
    Ok(Effect(apart && mended && lost > 0, format!("{millis} ms, {lost} packets lost, mended: {mended}")))
}

/// A pod that wants an exact address, and its end.
fn claim(lab: &Lab, node: &Node, random: &mut Random) {
    let Some(mut pod) = new_pod(lab, node, node.boot(), vec!["exact".to_owned()]) else { return };
    pod.exact = Some(format!("10.66.{}.{}", random.below(4), random.below(256)));
    for verb in ["ADD", "DEL"] {
        node.history.add(Event::Called(call(node, verb, &pod, Death::None).call));
    }
    node.gone(&pod);
    node.pods.forget(&pod);
}

/// The next claim or return is carried out, and its answer is lost with the connection.
pub fn reply_lost(lab: &Lab, node: &Node, random: &mut Random) -> Result {
    let Some(proxy) = &node.proxy else { return Err("no proxy".into()) };
    let (cuts, bytes) = proxy.told();
    let wanted = random.between(1, 3);
    for turn in 1..=wanted {
        proxy.arm();
        // An address of a block that the node hardly has: the claim is on its way at once.
        for _ in 0..3 {
            claim(lab, node, random);
            if eventually(10, || proxy.told().0 >= cuts + turn) {
                break;
            }
        }
    }
    proxy.disarm();
    let (more, dropped) = (proxy.told().0 - cuts, proxy.told().1 - bytes);
    Ok(Effect(more > 0 && dropped > 0, format!("{more} answers cut off, {dropped} bytes")))
}
