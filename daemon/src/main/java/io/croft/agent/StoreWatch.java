package io.croft.agent;

import io.croft.adapter.grpc.AgentFacts.Condition;
import io.croft.adapter.observe.NodeFigures.StoreFigures;
import io.croft.core.pool.PoolSet;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.node.keeper.PoolSync;
import io.croft.node.port.FailedStage;
import io.croft.node.port.Install;
import io.croft.node.port.StoreState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how the store answered the node's own duties: when it last did, since when it does not,
 * whether it is frozen, and what it said to the registration. Any thread; decides nothing.
 */
final class StoreWatch {
    /** Pools that are older were not read though it was time to. */
    private static final Duration STALE = PoolSync.PERIOD.multipliedBy(2);

    /**
     * What says that it is there and serves nobody, or not this node, until somebody acts. Each is
     * the name of a condition.
     */
    static final Set<Reason> REFUSING =
            Set.of(Reason.STORE_DENIED, Reason.STORE_FULL, Reason.STORE_UNUSABLE);

    private record Away(BootTime since, Rejection why) {}

    private final String store;
    private final Clock clock;
    private final BootTime began;
    private Optional<BootTime> poolsRead = Optional.empty();
    private Optional<Away> away = Optional.empty();
    private Optional<Rejection> unregistered = Optional.empty();

    /** Why it takes no writes, though it answers readings. */
    private Optional<Rejection> unwritable = Optional.empty();

    private boolean frozen;

    /**
     * A watch that has seen nothing yet.
     *
     * @param store its name, for people
     */
    StoreWatch(String store, Clock clock) {
        this.store = store;
        this.clock = clock;
        this.began = clock.now().boot();
    }

    synchronized void pools(@Nullable PoolSet set, @Nullable Throwable failure) {
        answered(failure);
        if (set != null) {
            poolsRead = Optional.of(clock.now().boot());
        }
    }

    synchronized void state(@Nullable StoreState state, @Nullable Throwable failure) {
        answered(failure);
        if (state != null) {
            frozen = state.frozen();
        }
    }

    synchronized void registration(@Nullable Install there, @Nullable Throwable failure) {
        answered(failure);
        Optional<Rejection> why = why(failure);
        unregistered = why.filter(r -> !isAway(r));
    }

    /** A claim or a return ended so. A store that is absent says nothing of what it would take. */
    synchronized void blocks(@Nullable Object answer, @Nullable Throwable failure) {
        Optional<Rejection> why = why(failure);
        unwritable =
                why.isEmpty()
                        ? Optional.empty()
                        : why.filter(StoreWatch::isRefusing).or(() -> unwritable);
    }

    private void answered(@Nullable Throwable failure) {
        away =
                why(failure)
                        .filter(StoreWatch::isAway)
                        .map(r -> new Away(away.map(Away::since).orElse(clock.now().boot()), r));
    }

    private static boolean isAway(Rejection why) {
        return FailedStage.isAbsence(why) || isRefusing(why);
    }

    private static boolean isRefusing(Rejection why) {
        return REFUSING.contains(why.reason());
    }

    private static Optional<Rejection> why(@Nullable Throwable failure) {
        return FailedStage.refusal(failure)
                .or(() ->
                        Optional.ofNullable(failure)
                                .map(FailedStage::cause)
                                .map(cause -> Reason.INTERNAL.because(cause.toString())));
    }

    private Condition condition(Away absence, BootTime now) {
        Rejection why = absence.why();
        return isRefusing(why)
                ? condition(why)
                : new Condition(
                        "STORE_AWAY",
                        "the store (%s) has not answered for %d s: %s; pods are served from this node's own blocks meanwhile"
                                .formatted(
                                        store,
                                        now.since(absence.since()).toSeconds(),
                                        why.message()));
    }

    private static Condition condition(Rejection why) {
        return new Condition(why.reason().name(), why.sentence());
    }

    /** What a person should know of it. */
    synchronized List<Condition> conditions() {
        BootTime now = clock.now().boot();
        List<Condition> conditions = new ArrayList<>();
        away.map(absence -> condition(absence, now))
                .or(() -> unwritable.map(StoreWatch::condition))
                .ifPresent(conditions::add);
        if (frozen) {
            conditions.add(
                    new Condition(
                            Reason.STORE_FROZEN.name(),
                            "the store (%s) may have been restored from a backup, and nothing is claimed or returned; %s"
                                    .formatted(store, Reason.STORE_FROZEN.remedy())));
        }
        unregistered.ifPresent(why -> conditions.add(condition(why)));
        Duration age = now.since(poolsRead.orElse(began));
        if (age.compareTo(STALE) > 0) {
            conditions.add(
                    new Condition(
                            "POOLS_STALE",
                            "pools were last read from the store %d s ago; what was changed since is not known here"
                                    .formatted(age.toSeconds())));
        }
        return conditions;
    }

    synchronized StoreFigures figures() {
        Duration age = clock.now().boot().since(poolsRead.orElse(began));
        return new StoreFigures(
                away.isEmpty() && unwritable.isEmpty(), frozen, age.toMillis() / 1000.0);
    }
}
