package io.croft.node.membership;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.Backoff;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.FailedStage;
import io.croft.node.port.IpamListener;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Failures of the registration in a row: told once, and tried again after a pause. */
final class RegistrationFailures {
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(200), Duration.ofSeconds(15));

    /** A name or a journal that another has comes free when its sign of life lapses. */
    private static final Backoff TAKEN = new Backoff(Duration.ofSeconds(4), Duration.ofSeconds(8));

    private final EngineLoop loop;
    private final IpamListener listener;
    private final Supplier<Double> spread;
    private Optional<Rejection> refused = Optional.empty();
    private int failures;
    private boolean frozen;

    RegistrationFailures(EngineLoop loop, IpamListener listener, Supplier<Double> spread) {
        this.loop = loop;
        this.listener = listener;
        this.spread = spread;
    }

    /** Another agent has the name, or another boot the journal. */
    Optional<Rejection> refused() {
        return refused;
    }

    Duration pauseAfter(@Nullable Throwable failure) {
        failures++;
        Optional<Rejection> taken =
                FailedStage.refusal(failure).filter(RegistrationFailures::isTaken);
        if (failures == 1 || taken.isPresent() != refused.isPresent()) {
            String other =
                    failure == null
                            ? "the link to the store was lost"
                            : FailedStage.refusal(failure)
                                    .map(why -> why.reason() + ": " + why.sentence())
                                    .orElseGet(() -> FailedStage.cause(failure).toString());
            String what = taken.map(Rejection::sentence).orElse(other);
            listener.outage("registration", true, what);
        }
        refused = taken;
        taken.ifPresentOrElse(loop::refuseToWait, loop::letWait);
        return (taken.isPresent() ? TAKEN : BACKOFF).after(failures, spread.get());
    }

    private static boolean isTaken(Rejection why) {
        return why.reason() == Reason.INSTALL_LIVE || why.reason() == Reason.NODE_NAME_TAKEN;
    }

    /** The store answers, and may be frozen. */
    void over(boolean nowFrozen) {
        if (frozen != nowFrozen) {
            frozen = nowFrozen;
            String what =
                    "the store may be an older copy and is frozen; this node told it all that it"
                            + " owns, and serves from what was confirmed in this boot: after a"
                            + " reboot nothing, until croft store unfreeze";
            listener.outage("frozen", frozen, frozen ? what : "the store was unfrozen");
        }
        if (failures > 0) {
            listener.outage("registration", false, "the store answers");
        }
        failures = 0;
        refused = Optional.empty();
        loop.letWait();
    }
}
