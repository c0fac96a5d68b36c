package io.croft.node.membership;

import io.croft.node.port.StoreSession;
import io.croft.node.port.StoreState;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the store last said of itself, and looks at it from time to time: a freeze or an unfreeze by
 * somebody else is noticed by looking.
 */
final class StorePoll {
    /** Half of each is spread. */
    private static final Duration FROZEN = Duration.ofSeconds(6);

    private static final Duration FINE = Duration.ofSeconds(40);

    private final StoreSession session;
    private final Supplier<Double> spread;
    private Optional<StoreState> state = Optional.empty();

    StorePoll(StoreSession session, Supplier<Double> spread) {
        this.session = session;
        this.spread = spread;
    }

    /** Empty: it must be asked again first. */
    Optional<StoreState> state() {
        return state;
    }

    void found(StoreState there) {
        state = Optional.of(there);
    }

    void forget() {
        state = Optional.empty();
    }

    CompletionStage<StoreState> look() {
        return session.check();
    }

    /** No answer is no change: a store that is away for a while; whoever calls it finds out. */
    boolean isAsFound(@Nullable StoreState there) {
        return there == null || state.filter(there::equals).isPresent();
    }

    /** Until the next look. */
    Duration pause() {
        Duration most = state.filter(StoreState::frozen).isPresent() ? FROZEN : FINE;
        return Duration.ofNanos((long) (most.toNanos() * (1 + spread.get()) / 2));
    }
}
