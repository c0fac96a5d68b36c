package io.croft.node.membership;

import io.croft.core.engine.NodeView;
import io.croft.core.engine.Timings;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.InstallStore;
import io.croft.node.port.Registrant;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives signs of life while this install is registered: they keep others from its name, its journal
 * and its blocks. A sign that is refused makes the registration look again.
 */
public final class Liveness implements Duty {
    private final InstallStore installs;
    private final EngineLoop loop;
    private final Registration registration;
    private final Supplier<Double> spread;
    private Optional<Registrant> latest = Optional.empty();
    private boolean calling;
    private BootTime due = BootTime.ZERO;

    public Liveness(
            InstallStore installs,
            EngineLoop loop,
            Registration registration,
            Supplier<Double> spread) {
        this.installs = installs;
        this.loop = loop;
        this.registration = registration;
        this.spread = spread;
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        Optional<Registrant> me = registration.registered();
        if (me.isEmpty() || calling) {
            latest = me;
            return BootTime.NEVER;
        }
        if (!now.boot().isBefore(due) || !me.equals(latest)) {
            latest = me;
            calling = true;
            due = now.boot().plus(period());
            installs.keepAlive(me.get())
                    .whenCompleteAsync((mine, _) -> answered(me.get(), mine), loop);
            return BootTime.NEVER;
        }
        return due;
    }

    /** Somewhat sooner than needed, at random: nodes that started together spread out. */
    private Duration period() {
        long most = Timings.SIGN_OF_LIFE.toNanos();
        return Duration.ofNanos(most - (long) (most * spread.get() / 3));
    }

    private void answered(Registrant asked, @Nullable Boolean mine) {
        calling = false;
        if (mine != null && !mine && registration.registered().filter(asked::equals).isPresent()) {
            registration.doubt();
        }
    }

    /** At a clean stop, after the last turn: the next start need not wait. */
    public CompletionStage<Void> end() {
        return registration
                .registered()
                .map(installs::endLife)
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }
}
