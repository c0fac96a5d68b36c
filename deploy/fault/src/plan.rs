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
    JournalFull,
    Rebooted,
    Reimaged,
    MachineReplaced,
    SandboxesGone,
    PartialInventory,
    PoweredOff,
    SecondAgent,
    MachineCopied,
    AgentUpdated,
    PoolEdited,
    SecondCluster,
    Compacted,
    NoSpace,
    AllMembersDown,
    EmptyEtcd,
    Restored,
    RestoredBumped,
    /// A control: with it the run must fail. In no plan, unless it is asked for.
    OperatorLied,
}

use Kind::{
    AgentKilled, AgentStopped, AgentUpdated, AllMembersDown, ClockJumped, Compacted, DiskFull, DiskReadOnly, EmptyEtcd,
    JournalBitFlipped, JournalDeleted, JournalFull, MachineCopied, MachineReplaced, MemberKilled, MemberStopped,
    NoSpace, OperatorLied, PartialInventory, PartitionAll, PartitionLeader, PartitionOneWay, PoolEdited, PoweredOff,
    Rebooted, Reimaged, ReplyLost, Restored, RestoredBumped, SandboxesGone, SecondAgent, SecondCluster,
};

/// Each kind, how often in 15 minutes, and how many seconds of its lane one of it takes on a laden machine.
const DENSITY: [(Kind, u64, u64); 32] = [
    (AgentKilled, 18, 12),
    (AgentStopped, 3, 20),
    (MemberKilled, 11, 8),
    (MemberStopped, 3, 9),
    (PartitionAll, 5, 30),
    (PartitionLeader, 4, 30),
    (PartitionOneWay, 4, 30),
    (ReplyLost, 2, 25),
    (ClockJumped, 2, 12),
    (DiskFull, 2, 32),
    (DiskReadOnly, 2, 18),
    (JournalDeleted, 1, 150),
    (JournalBitFlipped, 2, 30),
    (JournalFull, 2, 45),
    (Rebooted, 2, 70),
    (Reimaged, 1, 80),
    (MachineReplaced, 1, 110),
    (SandboxesGone, 2, 10),
    (PartialInventory, 2, 10),
    (PoweredOff, 1, 125),
    (SecondAgent, 2, 30),
    (MachineCopied, 2, 30),
    (AgentUpdated, 3, 15),
    (PoolEdited, 1, 90),
    (SecondCluster, 2, 5),
    (Compacted, 2, 1),
    (NoSpace, 2, 45),
    (AllMembersDown, 1, 110),
    (EmptyEtcd, 1, 110),
    (Restored, 1, 200),
    (RestoredBumped, 1, 200),
    (OperatorLied, 0, 200),
];

/// How many machines there are.
pub const MACHINES: usize = 5;

/// What of a run belongs to the first fault of each kind, in percent; repetitions have the whole.
const FIRST_PART: u64 = 60;

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
    /// The first of its kind: it goes before repetitions that are due, and may still begin for four minutes after the end.
    pub first: bool,
}

/// What the machines are like.
#[derive(Clone, Debug)]
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

impl Machines {
    /// Of so many.
    fn draw(count: usize, can_bump: bool, random: &mut Random) -> Self {
        let mut order: Vec<usize> = (0..count).collect();
        random.shuffle(&mut order);
        Self { behind_proxy: order[..2].to_vec(), with_clock: order[2..3].to_vec(), count, can_bump }
    }
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

/// Seconds of its lane that one takes.
pub fn lasts(kind: Kind) -> u64 {
    DENSITY.iter().find(|(known, ..)| *known == kind).map_or(0, |(.., lasts)| *lasts)
}

/// All kinds.
pub fn kinds() -> impl Iterator<Item = Kind> {
    DENSITY.iter().map(|(kind, ..)| *kind)
}

/// Nothing else goes on meanwhile.
fn is_alone(kind: Kind) -> bool {
    matches!(kind, AllMembersDown | EmptyEtcd | Restored | RestoredBumped)
}

/// What the seed decides first: the machines, and the faults of a run.
pub fn draw(minutes: u64, only: &[String], can_bump: bool, random: &mut Random) -> (Machines, Vec<Planned>) {
    let machines = Machines::draw(MACHINES, can_bump, random);
    let planned = plan(minutes, only, &machines, &mut random.fork());
    (machines, planned)
}

/// The faults of a run, by time: a deck in which each kind comes once, in any order and in the first part of the run, and the
/// repetitions over all of it. `only`: of those kinds alone.
fn plan(minutes: u64, only: &[String], machines: &Machines, random: &mut Random) -> Vec<Planned> {
    let (whole, first) = (minutes * 60_000, minutes * 600 * FIRST_PART);
    let (mut deck, mut repeats, mut alone) = (Vec::new(), Vec::new(), Vec::new());
    for kind in kinds() {
        let wanted = only.contains(&format!("{kind:?}"));
        if (!only.is_empty() && !wanted) || (kind == RestoredBumped && !machines.can_bump) {
            continue;
        }
        for turn in 0..times(kind, minutes).max(u64::from(wanted)) {
            let of = if is_alone(kind) {
                &mut alone
            } else if turn == 0 {
                &mut deck
            } else {
                &mut repeats
            };
            of.push((kind, turn == 0));
        }
    }
    random.shuffle(&mut deck);
    random.shuffle(&mut alone);
    let mut planned = Vec::new();
    let mut load = vec![0; machines.count];
    let cards = deck.len() as u64;
    for (card, (kind, is_first)) in deck.into_iter().chain(repeats).enumerate() {
        let at = if is_first {
            10_000 + first.saturating_sub(10_000) * card as u64 / cards
        } else {
            random.between(10_000, whole.saturating_sub(lasts(kind) * 1000).max(20_000))
        };
        let lane = match kind {
            MemberKilled | MemberStopped | SecondCluster | Compacted | NoSpace => Lane::Members,
            ReplyLost => place(&machines.behind_proxy, kind, &mut load, random),
            ClockJumped => place(&machines.with_clock, kind, &mut load, random),
            _ => place(&(0..machines.count).collect::<Vec<_>>(), kind, &mut load, random),
        };
        planned.push(Planned { kind, lane, at, first: is_first });
    }
    // What stops everything else is spread evenly.
    let parts = alone.len() as u64 + 1;
    for (turn, (kind, is_first)) in alone.into_iter().enumerate() {
        let at = whole * (turn as u64 + 1) / parts - whole / parts / 2;
        planned.push(Planned { kind, lane: Lane::All, at, first: is_first });
    }
    planned.sort_by_key(|fault| fault.at);
    planned
}

/// It goes to the least laden machine that can have it.
fn place(among: &[usize], kind: Kind, load: &mut [u64], random: &mut Random) -> Lane {
    let least = among.iter().map(|index| load[*index]).min().unwrap_or_default();
    let free: Vec<usize> = among.iter().copied().filter(|index| load[*index] <= least + 5).collect();
    let index = free[random.index(free.len())];
    load[index] += lasts(kind);
    Lane::Node(index)
}

/// What the runs of those seeds would do, as a table: how often each kind is planned, and how many seconds each lane is busy.
pub fn table(minutes: u64, seeds: &[u64]) -> String {
    let mut text =
        format!("{minutes} min each, seeds {seeds:?}\n\n| fault | planned | least in a run |\n|---|---|---|\n");
    let plans: Vec<Vec<Planned>> =
        seeds.iter().map(|seed| draw(minutes, &[], true, &mut Random::new(*seed)).1).collect();
    for kind in kinds().filter(|kind| times(*kind, minutes) > 0) {
        let counts = plans.iter().map(|plan| plan.iter().filter(|fault| fault.kind == kind).count());
        let (sum, least) = (counts.clone().sum::<usize>(), counts.min().unwrap_or_default());
        text.push_str(&format!("| {kind:?} | {sum} | {least} |\n"));
    }
    let lane =
        |plan: &[Planned], lane: Lane| plan.iter().filter(|fault| fault.lane == lane).map(|it| lasts(it.kind)).sum();
    for (seed, plan) in seeds.iter().zip(&plans) {
        let nodes: Vec<u64> = (0..MACHINES).map(|index| lane(plan, Lane::Node(index))).collect();
        let (members, all): (u64, u64) = (lane(plan, Lane::Members), lane(plan, Lane::All));
        text.push_str(&format!("seed {seed}: s of each machine {nodes:?}, of members {members}, of all {all}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{FIRST_PART, Lane, Planned, draw, is_alone, kinds, times};
    use crate::random::Random;

    fn of(seed: u64, only: &[&str]) -> Vec<Planned> {
        let only: Vec<String> = only.iter().map(|kind| (*kind).to_owned()).collect();
        draw(15, &only, true, &mut Random::new(seed)).1
    }

    #[test]
    fn a_seed_plans_every_kind_as_often_as_promised() {
        assert_eq!(format!("{:?}", of(7, &[])), format!("{:?}", of(7, &[])));
        for kind in kinds() {
            let found = of(7, &[]).iter().filter(|fault| fault.kind == kind).count() as u64;
            assert_eq!(found, times(kind, 15), "{kind:?}");
        }
    }

    #[test]
    fn each_kind_comes_once_in_the_first_part_of_every_run() {
        for seed in 1..50 {
            let plan = of(seed, &[]);
            for kind in kinds().filter(|kind| times(*kind, 15) > 0) {
                let first: Vec<&Planned> = plan.iter().filter(|fault| fault.kind == kind && fault.first).collect();
                assert_eq!(first.len(), 1, "{kind:?} of seed {seed}");
                assert!(is_alone(kind) || first[0].at < 9000 * FIRST_PART, "{kind:?} of seed {seed}");
            }
        }
    }

    #[test]
    fn what_is_alone_is_in_the_lane_of_all_and_nothing_else_is() {
        assert!(of(3, &[]).iter().all(|fault| is_alone(fault.kind) == (fault.lane == Lane::All)));
    }

    #[test]
    fn plans_only_what_was_asked_for() {
        let kinds: Vec<String> = of(3, &["OperatorLied"]).iter().map(|fault| format!("{:?}", fault.kind)).collect();
        assert_eq!(kinds, ["OperatorLied"]);
    }
}
