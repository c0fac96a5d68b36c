package io.croft.sim;

import static io.croft.sim.Fault.AGENT_AWAY;
import static io.croft.sim.Fault.ALL_GONE;
import static io.croft.sim.Fault.BACKUP;
import static io.croft.sim.Fault.CLONE;
import static io.croft.sim.Fault.CUT;
import static io.croft.sim.Fault.DOUBLED;
import static io.croft.sim.Fault.IP_RELEASE;
import static io.croft.sim.Fault.JOURNAL_BACK;
import static io.croft.sim.Fault.JOURNAL_LOST;
import static io.croft.sim.Fault.KILL;
import static io.croft.sim.Fault.KILL_AT_INTENT;
import static io.croft.sim.Fault.LATE;
import static io.croft.sim.Fault.LEAVE;
import static io.croft.sim.Fault.LOSSY;
import static io.croft.sim.Fault.OLD_MOUNT;
import static io.croft.sim.Fault.POOLS;
import static io.croft.sim.Fault.REBOOT;
import static io.croft.sim.Fault.RECLAIM;
import static io.croft.sim.Fault.REIMAGE;
import static io.croft.sim.Fault.RESTARTED;
import static io.croft.sim.Fault.RESTORE;
import static io.croft.sim.Fault.SLOW_DISK;
import static io.croft.sim.Fault.STOP;
import static io.croft.sim.Fault.TWIN;
import static io.croft.sim.Fault.UNDONE;
import static io.croft.sim.Fault.UNSURE_LOOKS;
import static io.croft.sim.Fault.WOUND_BACK;

import io.croft.core.engine.Event;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Rules that are switched off one by one, or two by two where each guards what the other does, with
 * the faults under which they are needed. None keeps anything of a run.
 */
@SuppressWarnings("ImmutableEnumChecker")
enum Control {
    ANSWERS_BEFORE_THE_JOURNAL_IS_WRITTEN(
            EnumSet.of(KILL), off -> WorldRules.disk(disk -> new LazyDisk(disk, off))),
    FORGETS_COOLING_AT_A_RESTART(
            EnumSet.of(KILL), off -> NodeRules.replaying(off, Event.Rested.class)),
    FORGETS_DELS_AT_A_RESTART(
            EnumSet.of(KILL, AGENT_AWAY), off -> NodeRules.replaying(off, Event.Marked.class)),
    REPLAYS_WITHOUT_THE_LAST_ALLOCATION(
            EnumSet.of(KILL),
            off -> NodeRules.sabotaged(NodeRules.replay(off, NodeRules::withoutLast))),
    IGNORES_START_STAMPS(EnumSet.of(KILL), WorldRules::ignoresStamps),
    BELIEVES_THAT_EVERY_NAMESPACE_IS_GONE(
            EnumSet.noneOf(Fault.class),
            off -> WorldRules.inventory(each -> new NodeRules.Blind(each, off))),
    TRUSTS_A_JOURNAL_OF_ANOTHER_BOOT(
            EnumSet.of(RECLAIM, CUT), off -> NodeRules.sabotaged(NodeRules.trustsAnyBoot(off))),
    IGNORES_THE_SIGN_OF_HEALTH(
            EnumSet.of(JOURNAL_BACK), off -> NodeRules.sabotaged(NodeRules.ignoresTheSign(off))),
    TAKES_BLOCKS_OF_WHO_IS_SILENT(EnumSet.of(CUT, AGENT_AWAY), WorldRules::reclaimsWhoIsSilent),
    UNFREEZES_WITHOUT_ASKING(
            EnumSet.of(BACKUP, RESTORE, CUT, AGENT_AWAY), WorldRules::unfreezesBlindly),
    COPIES_NAME_AND_HARDWARE(EnumSet.of(CLONE, CUT), WorldRules::copiesAll),
    GIVES_BACK_WHAT_A_REBOOT_DID_NOT_END(EnumSet.of(REBOOT), WorldRules::keepsPodsOverReboots),
    SYNCS_NOTHING(
            EnumSet.of(REBOOT, RECLAIM),
            off -> WorldRules.disk(disk -> new UnsyncedDisk(disk, _ -> true, true, off))),
    FORGETS_WHAT_IS_SHARED_AT_A_RESTART(
            EnumSet.of(UNDONE),
            off -> NodeRules.sabotaged(NodeRules.replay(off, NodeRules::unshared))),
    FORGETS_ADOPTIONS_AT_A_RESTART(
            EnumSet.of(KILL), off -> NodeRules.replaying(off, Event.BlockAdopted.class)),
    FORGETS_ITS_INCARNATION_AT_A_RESTART(
            EnumSet.of(KILL, CUT, LOSSY),
            off -> NodeRules.replaying(off, Event.IncarnationIntended.class)),
    FORGETS_SEQUENCES_AT_A_RESTART(
            EnumSet.of(KILL, IP_RELEASE),
            off -> NodeRules.replaying(off, Event.SequenceReached.class)),
    FORGETS_INTENTS_AT_A_RESTART(
            EnumSet.of(KILL_AT_INTENT, LATE, RECLAIM),
            off -> NodeRules.replaying(off, Event.ClaimIntended.class)),
    INHERITS_NOTHING_FROM_ITSELF(
            List.of(BACKUP, LEAVE, RESTORE),
            EnumSet.of(POOLS),
            off -> NodeRules.sabotaged(BlockRules.inheritsNothingFromItself(off))),
    FORGETS_INTENTS_AND_INHERITS_NOTHING_FROM_ITSELF(
            EnumSet.of(KILL_AT_INTENT, LATE),
            off ->
                    new Both(
                            NodeRules.replaying(off, Event.ClaimIntended.class),
                            NodeRules.sabotaged(
                                    BlockRules.inheritsNothingFromItself(new Effects())))),
    FORGETS_RETURNS_AT_A_RESTART(
            EnumSet.of(KILL_AT_INTENT, LATE, POOLS),
            off -> NodeRules.replaying(off, Event.BlockRetired.class)),
    ADDS_AFTER_THEIR_DEL(EnumSet.of(KILL), off -> VerbRules.silentOn(off, Event.Marked.class)),
    DOES_NOT_RENEW(EnumSet.of(ALL_GONE), off -> VerbRules.silentOn(off, Event.Renewed.class)),
    RENEWS_THE_STAMP_ONLY(EnumSet.of(ALL_GONE), VerbRules::renewsTheStampOnly),
    RENEWS_UNDER_THE_SAME_SEQUENCE(
            EnumSet.of(ALL_GONE, IP_RELEASE), VerbRules::renewsUnderTheSameSequence),
    GIVES_A_PART(EnumSet.noneOf(Fault.class), VerbRules::givesAPart),
    DOES_NOT_WAIT_FOR_COOLING(EnumSet.noneOf(Fault.class), VerbRules::doesNotWaitForCooling),
    LATE_DELS_FREE(EnumSet.of(RESTARTED), VerbRules::lateDelsFree),
    UNDO_FREES_WHAT_IS_SHARED(EnumSet.of(AGENT_AWAY, KILL), VerbRules::undoFreesShared),
    COLLECTS_BY_THE_KEY_ALONE(EnumSet.of(ALL_GONE, SLOW_DISK), VerbRules::collectsByTheKeyAlone),
    COLLECTS_WITHOUT_A_LOOK(EnumSet.noneOf(Fault.class), WorldRules::collectsWithoutALook),
    RELEASES_WHOEVER_HOLDS(
            List.of(ALL_GONE, IP_RELEASE),
            EnumSet.noneOf(Fault.class),
            VerbRules::releasesWhoeverHolds),
    DROPS_UNDELIVERED_DELS(EnumSet.of(AGENT_AWAY, KILL), WorldRules::spoolsNothing),
    BELIEVES_A_LOOK_THAT_SHOWS_NOTHING(
            EnumSet.of(OLD_MOUNT, UNSURE_LOOKS),
            off -> WorldRules.inventory(each -> new NodeRules.Credulous(each, off))),
    GOES_ON_AFTER_WINDING_BACK(
            List.of(WOUND_BACK, LEAVE), EnumSet.noneOf(Fault.class), WorldRules::seesNoDrift),
    RETURNS_WHAT_RESTS(EnumSet.of(POOLS), WorldRules::returnsWhatRests),
    INHERITS_AFTER_A_LOST_JOURNAL(
            List.of(BACKUP, REBOOT, JOURNAL_LOST, RESTORE),
            EnumSet.of(KILL),
            off -> NodeRules.sabotaged(NodeRules.neverLost(off))),
    INHERITS_IN_THE_SAME_BOOT(
            EnumSet.of(JOURNAL_LOST),
            off -> NodeRules.sabotaged(NodeRules.inheritsInTheSameBoot(off))),
    INHERITS_AFTER_A_LOST_JOURNAL_IN_THE_SAME_BOOT(
            EnumSet.of(JOURNAL_LOST),
            off ->
                    new Both(
                            NodeRules.sabotaged(NodeRules.neverLost(off)),
                            NodeRules.sabotaged(NodeRules.inheritsInTheSameBoot(off)))),
    BEGINS_EPOCHS_ANEW(
            List.of(BACKUP, LEAVE, RESTORE),
            EnumSet.of(POOLS),
            off -> NodeRules.sabotaged(BlockRules.beginsEpochsAnew(off))),
    DOES_NOT_SYNC_DIRECTORIES(
            EnumSet.of(REBOOT, REIMAGE),
            off -> WorldRules.disk(disk -> new UnsyncedDisk(disk, _ -> false, true, off))),
    DOES_NOT_SYNC_SNAPSHOTS(
            EnumSet.of(REBOOT, STOP),
            off ->
                    WorldRules.disk(disk ->
                            new UnsyncedDisk(disk, n -> n.contains("snapshot"), false, off))),
    CLAIMS_WITHOUT_COMPARING(
            EnumSet.noneOf(Fault.class),
            off ->
                    StoreRules.unconditional(
                            off, ForgedEtcd::gives, each -> each.key().contains("/blocks/"))),
    CLAIMS_WITHOUT_AN_INCARNATION(
            EnumSet.noneOf(Fault.class),
            off ->
                    new Both(
                            Scenes.lateClaimsOfReclaimed(),
                            StoreRules.unconditional(
                                    off,
                                    ForgedEtcd::gives,
                                    each -> each.key().contains("/installs/")))),
    RETURNS_WITHOUT_AN_INCARNATION(
            EnumSet.of(TWIN, POOLS),
            off ->
                    StoreRules.unconditional(
                            off, ForgedEtcd::takes, each -> each.key().contains("/installs/"))),
    RETURNS_WITHOUT_COMPARING(
            EnumSet.of(LATE, DOUBLED, POOLS, LEAVE),
            off -> StoreRules.unconditional(off, ForgedEtcd::takes, _ -> true)),
    FORGETS_RETURNS_AND_RETURNS_WITHOUT_AN_INCARNATION(
            EnumSet.of(POOLS),
            off ->
                    new Both(
                            Scenes.lateReturnsOfKilled(),
                            new Both(
                                    NodeRules.replaying(new Effects(), Event.BlockRetired.class),
                                    StoreRules.unconditional(
                                            off,
                                            ForgedEtcd::takes,
                                            each -> each.key().contains("/installs/"))))),
    TAKES_THE_LIVE_FOR_DEAD(
            EnumSet.of(CLONE),
            off -> new Both(Scenes.copies(), StoreRules.nobodyIsLive(off, false))),
    IGNORES_ITS_OWN_LIFE_IN_ANOTHER_BOOT(
            EnumSet.of(CLONE),
            off -> new Both(Scenes.copies(), StoreRules.nobodyIsLive(off, true))),
    NOTICES_NO_RESTORE(EnumSet.of(BACKUP, RESTORE), StoreRules::noticesNoRestore),
    TAKES_A_FROZEN_STORES_WORD(
            EnumSet.of(BACKUP, RESTORE, CUT),
            off -> NodeRules.sabotaged(FreezeRules.takesAFrozenStoresWord(off))),
    DOES_NOT_WAIT_AFTER_A_LOSS(
            EnumSet.noneOf(Fault.class),
            off ->
                    new Both(
                            Scenes.rolledBackWhileOneWasCutOff(),
                            FreezeRules.forgetsThatNobodyAnswered(off))),
    IGNORES_THE_MARK(
            EnumSet.of(BACKUP, RESTORE, REIMAGE, CUT, AGENT_AWAY), FreezeRules::ignoresTheMark),
    FORGETS_THE_POSITION(EnumSet.of(BACKUP, RESTORE, KILL, CUT), FreezeRules::forgetsThePosition),
    IGNORES_THE_MARK_AND_FORGETS_THE_POSITION(
            EnumSet.of(BACKUP, RESTORE, KILL, CUT, AGENT_AWAY),
            off -> new Both(FreezeRules.ignoresTheMark(off), FreezeRules.forgetsThePosition(off))),
    UNFREEZES_IN_THE_SAME_GENERATION(
            EnumSet.of(BACKUP, RESTORE, RECLAIM), FreezeRules::unfreezesInTheSameGeneration),
    HIDES_A_LOST_JOURNAL_IN_A_FREEZE(
            List.of(BACKUP, JOURNAL_LOST, RESTORE), EnumSet.of(KILL), FreezeRules::hidesLosses);

    private final List<Fault> order;
    private final Set<Fault> faults;
    private final Function<Effects, Controls> controls;

    Control(Set<Fault> faults, Function<Effects, Controls> controls) {
        this(List.of(), faults, controls);
    }

    /**
     * Where only one order of faults leads to where the rule is needed.
     *
     * @param order on one machine
     * @param others in between, on any
     */
    Control(List<Fault> order, Set<Fault> others, Function<Effects, Controls> controls) {
        this.order = order;
        this.faults = others;
        this.controls = controls;
    }

    /** Without being caught in so many runs, the rule is not tested. */
    int mostRuns() {
        return switch (this) {
            // Blind words do harm only where a machine owned what no backup knows, and is away; a
            // return, and an epoch of before, only where somebody has the block again.
            case UNFREEZES_WITHOUT_ASKING, BEGINS_EPOCHS_ANEW, RETURNS_WITHOUT_COMPARING -> 60;
            case FORGETS_RETURNS_AND_RETURNS_WITHOUT_AN_INCARNATION -> 180;
            default -> 20;
        };
    }

    /**
     * Where another rule guards the same thing, so that nothing breaks while that one holds: the
     * two together.
     */
    Optional<Control> coveredBy() {
        return Optional.ofNullable(
                switch (this) {
                    case FORGETS_INTENTS_AT_A_RESTART ->
                            FORGETS_INTENTS_AND_INHERITS_NOTHING_FROM_ITSELF;
                    case FORGETS_RETURNS_AT_A_RESTART ->
                            FORGETS_RETURNS_AND_RETURNS_WITHOUT_AN_INCARNATION;
                    case INHERITS_IN_THE_SAME_BOOT ->
                            INHERITS_AFTER_A_LOST_JOURNAL_IN_THE_SAME_BOOT;
                    case IGNORES_THE_MARK, FORGETS_THE_POSITION ->
                            IGNORES_THE_MARK_AND_FORGETS_THE_POSITION;
                    default -> null;
                });
    }

    /**
     * One run.
     *
     * @param effects how often the rule would have decided otherwise
     */
    record Run(World.Outcome outcome, long effects) {
        /** A rule that was not needed in a run was not missed in it either. */
        boolean isCaught() {
            return outcome.failure().isPresent() && effects > 0;
        }
    }

    Run run(long seed) {
        var effects = new Effects();
        return new Run(
                new World(plan(seed), controls.apply(effects), _ -> {}).run(), effects.count());
    }

    Plan plan(long seed) {
        if (this == DOES_NOT_WAIT_AFTER_A_LOSS) {
            // With pods of its own it would have all blocks before the scene begins.
            return Plan.of(seed, faults);
        }
        return order.isEmpty() ? Plan.busy(seed, faults) : Plan.inOrder(seed, order, faults);
    }
}
