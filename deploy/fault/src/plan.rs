//! Which fault happens when, decided by the seed.

use crate::random::Random;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    AgentKilled,
    AgentStopped,
    MemberKilled,
    MemberStopped,
    PartitionAll,
    PartitionLeader,
    PartitionOneWay,
    ReplyLost,
    ClockJumped,
    DiskFull,
    DiskReadOnly,
    JournalDeleted,
    JournalBitFlipped,
    Rebooted,
    Reimaged,
    SandboxesGone,
    PoweredOff,
    SecondAgent,
    MachineCopied,
    AgentUpdated,
    Compacted,
    NoSpace,
    AllMembersDown,
    Restored,
    RestoredBumped,
    /// A control: with it the run must fail. In no plan, unless it is asked for.
    OperatorLied,
}

use Kind::{
    AgentKilled, AgentStopped, AgentUpdated, AllMembersDown, ClockJumped, Compacted, DiskFull, DiskReadOnly,
    JournalBitFlipped, JournalDeleted, MachineCopied, MemberKilled, MemberStopped, NoSpace, OperatorLied, PartitionAll,
    PartitionLeader, PartitionOneWay, PoweredOff, Rebooted, Reimaged, ReplyLost, Restored, RestoredBumped,
    SandboxesGone, SecondAgent,
};

/// Each kind, how often in 15 minutes, and for how many seconds the longest of it may last.
const DENSITY: [(Kind, u64, u64); 26] = [
    (AgentKilled, 34, 10),
    (AgentStopped, 3, 60),
    (MemberKilled, 11, 15),
    (MemberStopped, 3, 20),
    (PartitionAll, 4, 45),
    (PartitionLeader, 4, 45),
    (PartitionOneWay, 4, 45),
    (ReplyLost, 3, 60),
    (ClockJumped, 2, 30),
    (DiskFull, 2, 40),
    (DiskReadOnly, 2, 30),
    (JournalDeleted, 1, 110),
    (JournalBitFlipped, 2, 110),
    (Rebooted, 1, 80),
    (Reimaged, 1, 80),
    (SandboxesGone, 1, 15),
    (PoweredOff, 1, 170),
    (SecondAgent, 1, 40),
    (MachineCopied, 1, 40),
    (AgentUpdated, 3, 20),
    (Compacted, 2, 10),
    (NoSpace, 1, 60),
    (AllMembersDown, 1, 90),
    (Restored, 1, 200),
    (RestoredBumped, 1, 200),
    (OperatorLied, 0, 200),
];

/// Whom it befalls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// The machine of that index.
    Node(usize),
    /// Etcd's members.
    Members,
    /// Everything; nothing else goes on meanwhile.
    All,
}

/// One fault to come.
#[derive(Clone, Copy, Debug)]
pub struct Planned {
    /// What.
    pub kind: Kind,
    /// Who.
    pub lane: Lane,
    /// Not before so many milliseconds of the run.
    pub at: u64,
}

/// What the machines are like.
pub struct Machines {
    /// Those whose answers can be lost.
    pub behind_proxy: Vec<usize>,
    /// Those whose wall clock can be set.
    pub with_clock: Vec<usize>,
    /// How many there are.
    pub count: usize,
    /// Etcd can restore with a bumped revision.
    pub can_bump: bool,
}

/// How often a kind is planned in so many minutes.
pub fn times(kind: Kind, minutes: u64) -> u64 {
    let often = DENSITY.iter().find(|(known, ..)| *known == kind).map_or(0, |(_, often, _)| *often);
    (often * minutes).div_ceil(15)
}

/// It may last for a minute and more.
pub fn is_long(kind: Kind) -> bool {
    DENSITY.iter().any(|(known, _, lasts)| *known == kind && *lasts >= 60)
}

/// All kinds.
pub fn kinds() -> impl Iterator<Item = Kind> {
    DENSITY.iter().map(|(kind, ..)| *kind)
}

/// The faults of a run, by time. `only`: of those kinds alone.
pub fn plan(minutes: u64, only: &[String], machines: &Machines, random: &mut Random) -> Vec<Planned> {
    let whole = minutes * 60_000;
    let mut planned = Vec::new();
    let mut alone = Vec::new();
    let mut load = vec![0; machines.count];
    // Each goes to the least laden that can have it.
    let mut place = |among: &[usize], lasts: u64, random: &mut Random| {
        let least = among.iter().map(|index| load[*index]).min().unwrap_or_default();
        let free: Vec<usize> = among.iter().copied().filter(|index| load[*index] <= least + 5).collect();
        let index = free[random.index(free.len())];
        load[index] += lasts;
        Lane::Node(index)
    };
    let all: Vec<usize> = (0..machines.count).collect();
    for (kind, _, lasts) in DENSITY {
        let wanted = only.contains(&format!("{kind:?}"));
        let unwanted = !only.is_empty() && !wanted;
        if unwanted || (kind == RestoredBumped && !machines.can_bump) {
            continue;
        }
        for _ in 0..times(kind, minutes).max(u64::from(wanted)) {
            let lane = match kind {
                AllMembersDown | Restored | RestoredBumped => {
                    alone.push(kind);
                    continue;
                }
                MemberKilled | MemberStopped | Compacted | NoSpace => Lane::Members,
                ReplyLost => place(&machines.behind_proxy, lasts, random),
                ClockJumped => place(&machines.with_clock, lasts, random),
                _ => place(&all, lasts, random),
            };
            let latest = whole.saturating_sub(lasts * 1000).max(20_000);
            planned.push(Planned { kind, lane, at: random.between(10_000, latest) });
        }
    }
    // What stops everything else is spread evenly, in any order.
    random.shuffle(&mut alone);
    let parts = alone.len() as u64 + 1;
    for (turn, kind) in alone.into_iter().enumerate() {
        planned.push(Planned { kind, lane: Lane::All, at: whole * (turn as u64 + 1) / parts - whole / parts / 2 });
    }
    planned.sort_by_key(|fault| fault.at);
    planned
}

#[cfg(test)]
mod tests {
    use super::{Machines, kinds, plan, times};
    use crate::random::Random;

    #[test]
    fn a_seed_plans_every_kind_as_often_as_promised() {
        let machines = Machines { behind_proxy: vec![0, 1], with_clock: vec![2], count: 5, can_bump: true };
        let one = plan(15, &[], &machines, &mut Random::new(7));
        let again = plan(15, &[], &machines, &mut Random::new(7));
        assert_eq!(format!("{one:?}"), format!("{again:?}"));
        for kind in kinds() {
            let found = one.iter().filter(|fault| fault.kind == kind).count() as u64;
            assert_eq!(found, times(kind, 15), "{kind:?}");
        }
    }
}
