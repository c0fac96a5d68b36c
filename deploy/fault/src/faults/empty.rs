//! An empty etcd stands in the place of the cluster's.

use std::sync::Arc;

use super::members::{anchor, check_and_delete, expect_adds};
use super::{Effect, Result};
use crate::Failure;
use crate::clock::{eventually, now, patiently};
use crate::etcd::{Etcd, MEMBERS};
use crate::lab::Lab;
use crate::node::Node;
use crate::options::CLUSTER;
use crate::random::Random;
use crate::shim::Pod;

/// For a while agents find an empty etcd behind their endpoints, at times one in which somebody made a store of the same name
/// by mistake. They serve from their own blocks and take nothing there; then the right one comes back.
pub fn emptied(lab: &Arc<Lab>, random: &mut Random) -> Result {
    let _alone = lab.turns.alone();
    let ready: Vec<(&Node, Pod)> = lab.nodes.iter().filter_map(|node| Some((&**node, anchor(lab, node)?))).collect();
    if ready.is_empty() {
        return Ok(Effect(false, "no machine had a spare block".to_owned()));
    }
    lab.recorder.stop();
    let killed = (0..MEMBERS).filter(|member| lab.etcd.kill(*member)).count();
    let token = lab.etcd.put_aside(&format!("empty-{}", lab.number()))?;
    let began = now();
    let made = random.chance(50);
    let mut spare = Vec::new();
    let meanwhile = serve(lab, made, &ready, &mut spare, random);
    let killed = killed + (0..MEMBERS).filter(|member| lab.etcd.kill(*member)).count();
    lab.etcd.put_back(token)?;
    for member in 0..MEMBERS {
        lab.etcd.start(member)?;
    }
    let back = Etcd::answers(60);
    lab.recorder.go_on();
    let seconds = (now() - began) / 1_000_000_000;
    let answered = spare.len();
    for (node, pod) in spare.into_iter().chain(ready) {
        check_and_delete(node, &pod);
    }
    let Meanwhile { refused, taken } = meanwhile?;
    if taken > 0 {
        lab.broken(&format!("agents wrote {taken} blocks and installs to an empty etcd"));
    }
    let told = format!(
        "for {seconds} s, with a store made by mistake: {made}, {refused} agents refused it, {answered} ADDs answered, etcd back: {back}"
    );
    Ok(Effect(killed == 2 * MEMBERS && refused > 0 && back && answered > 0, told))
}

/// What agents made of it.
struct Meanwhile {
    /// So many say that it is not theirs.
    refused: usize,
    /// Keys of blocks and installs that they wrote.
    taken: u64,
}

fn serve<'a>(
    lab: &Lab,
    made: bool,
    ready: &[(&'a Node, Pod)],
    spare: &mut Vec<(&'a Node, Pod)>,
    random: &mut Random,
) -> std::result::Result<Meanwhile, Failure> {
    for member in 0..MEMBERS {
        lab.etcd.start(member)?;
    }
    if !Etcd::answers(60) {
        return Err("the empty etcd does not answer".into());
    }
    if made {
        lab.store(20, &["store", "init"])?.expect()?;
    }
    expect_adds(lab, ready, "etcd is empty and the node has free addresses", 40, spare, random)?;
    let refuses = |node: &Node| node.croft(20, &["status"]).is_ok_and(|said| said.out.contains("STORE_UNUSABLE"));
    let one = eventually(60, || refuses(&lab.nodes[0]));
    let refused = usize::from(one) + lab.nodes[1..].iter().filter(|node| refuses(node)).count();
    let key = |kind: &str| (format!("/croft/v1/{CLUSTER}/{kind}/"), format!("/croft/v1/{CLUSTER}/{kind}0"));
    let count = |kind: &str| patiently(20, || Etcd::count(&key(kind).0, &key(kind).1));
    Ok(Meanwhile { refused, taken: count("blocks")? + count("installs")? })
}
