//! Who owned which block when, by etcd's own history; owners change only in the ways that the design has.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{Facts, Violation};
use crate::history::Event;

/// A block's record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Who owns it; empty: a tombstone.
    pub install: String,
    /// That one's node.
    pub node: String,
    /// Generation and epoch, which rise.
    pub token: (u64, u64),
    /// Tells tokens of the same epoch apart.
    pub nonce: String,
}

/// An install's record: node, hardware, boot.
type Install = (String, String, String);

/// What etcd shows at one revision.
#[derive(Clone, Default)]
pub struct Store {
    /// By their keys.
    pub blocks: BTreeMap<String, Record>,
    installs: HashMap<String, Install>,
    /// The current install of each node name.
    pub nodes: HashMap<String, String>,
    frozen: bool,
}

/// A change of a block's record, with what was there before.
pub struct Change {
    /// The block's key.
    pub block: String,
    /// What it says now.
    pub now: Record,
    /// Era of etcd, revision in it, and when it was seen.
    pub era: u64,
    /// See above.
    pub revision: u64,
    /// See above.
    pub at: u64,
    /// A restored store shows it again; the owner of a moment ago may still act on what was lost.
    pub put_back: bool,
    /// In a freeze; then who owned it says so again.
    pub frozen: bool,
}

/// Everything that changed in blocks, and the store at the end. Broken rules go to `found`.
pub fn replay(facts: &Facts, found: &mut Vec<Violation>) -> (Vec<Change>, Store) {
    let mut restores: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    let mut puts: Vec<(u64, u64, usize)> = Vec::new();
    for (index, event) in facts.events.iter().enumerate() {
        match event {
            Event::Put { era, revision, .. } => puts.push((*era, *revision, index)),
            Event::Restored { era, base, at } => {
                restores.insert(*era, (*base, *at));
            }
            _ => {}
        }
    }
    puts.sort_unstable();
    let (mut store, mut backup, mut current) = (Store::default(), None, 0);
    let mut changes = Vec::new();
    for (era, revision, index) in puts {
        while current < era {
            current += 1;
            store = backup.take().unwrap_or(store);
            let at = restores.get(&current).map_or(0, |restore| restore.1);
            for (block, now) in &store.blocks {
                changes.push(Change {
                    block: block.clone(),
                    now: now.clone(),
                    era: current,
                    revision: 0,
                    at,
                    put_back: true,
                    frozen: false,
                });
            }
        }
        // What the next era goes on from is the store before the first change that its backup lacks.
        if backup.is_none() && restores.get(&(current + 1)).is_some_and(|(base, _)| revision > *base) {
            backup = Some(store.clone());
        }
        let Event::Put { key, value, at, .. } = &facts.events[index] else { continue };
        if let Some((block, now)) = store.put(facts, *at, key, value.as_deref(), found) {
            let frozen = store.frozen;
            changes.push(Change { block: block.to_owned(), now, era, revision, at: *at, put_back: false, frozen });
        }
    }
    (changes, store)
}

/// Owners change only by tombstone, re-assertion, inheritance or reclaim.
pub fn judge(facts: &Facts) -> Vec<Violation> {
    let mut found = Vec::new();
    replay(facts, &mut found);
    found
}

impl Store {
    fn put<'a>(
        &mut self,
        facts: &Facts,
        at: u64,
        key: &'a str,
        value: Option<&str>,
        found: &mut Vec<Violation>,
    ) -> Option<(&'a str, Record)> {
        let json: Value = value.and_then(|value| serde_json::from_str(value).ok()).unwrap_or_default();
        let mut parts = key.trim_start_matches("/croft/v1/").splitn(3, '/').skip(1);
        let (kind, rest) = (parts.next()?, parts.next().unwrap_or_default());
        match kind {
            "meta" => self.frozen = json["frozen"] == Value::Bool(true),
            "nodes" => {
                self.nodes.insert(rest.to_owned(), text(&json["installId"]));
            }
            "installs" if value.is_some() => {
                let install = (text(&json["node"]), text(&json["hardwareId"]), text(&json["bootId"]));
                self.installs.insert(rest.to_owned(), install);
            }
            "blocks" => {
                let now = Record {
                    install: text(&json["installId"]),
                    node: text(&json["node"]),
                    token: (number(&json["token"]["generation"]), number(&json["token"]["epoch"])),
                    nonce: text(&json["token"]["nonce"]),
                };
                let before = self.blocks.get(rest).cloned();
                if value.is_none() {
                    found.push(violation(format!("the record of {rest} was deleted")));
                } else if let Some(wrong) = self.wrong(facts, at, before.as_ref(), &now) {
                    found.push(violation(format!("{rest}: {wrong}: {before:?} became {now:?}")));
                }
                self.blocks.insert(rest.to_owned(), now.clone());
                return Some((rest, now));
            }
            _ => {}
        }
        None
    }

    fn wrong(&self, facts: &Facts, at: u64, before: Option<&Record>, now: &Record) -> Option<&'static str> {
        let Some(before) = before else { return now.install.is_empty().then_some("a tombstone of nothing") };
        if before == now {
            return None;
        }
        if now.token < before.token {
            return Some("the token went back");
        }
        if before.install == now.install {
            // A restored store may show a block as its owner's that gave it back meanwhile: it is claimed anew.
            return (now.token == before.token && now.nonce != before.nonce).then_some("two tokens of one epoch");
        }
        if now.install.is_empty() {
            return None;
        }
        if now.nonce == before.nonce {
            return Some("a token was used twice");
        }
        if before.install.is_empty() || self.frozen {
            return None;
        }
        let (Some(former), Some(heir)) = (self.installs.get(&before.install), self.installs.get(&now.install)) else {
            return Some("an owner changed whose install is not known");
        };
        let inherits = former.0 == heir.0 && former.1 == heir.1 && former.2 != heir.2;
        // Which tombstones, as a rule; a word that was given later is no excuse.
        let reclaimed = Facts::befell(&facts.reclaims, &former.0, 0, at);
        (!inherits && !reclaimed).then_some("an owner changed without tombstone, re-assertion, inheritance or reclaim")
    }
}

fn violation(facts: String) -> Violation {
    Violation { rule: "owners change only as the design has it", facts }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Proto JSON has 64-bit numbers as texts.
fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok())).unwrap_or_default()
}
