package io.croft.node.keeper;

import io.croft.core.engine.NodeView;
import io.croft.core.pool.PoolId;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.Pressure;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows in which pools nodes find no free block: reads it every 30 s or so, and says it where this
 * node finds none.
 */
public final class PressureWatch implements Duty {
    private static final Duration PERIOD = Duration.ofSeconds(25);
    private static final Duration PERIOD_SPREAD = Duration.ofSeconds(10);

    /** It lapses by itself after minutes; said again as long as it is so. */
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final Pressure pressure;
    private final EngineLoop loop;
    private final Supplier<Double> spread;
    private final Map<PoolId, BootTime> raised = new HashMap<>();
    private Set<PoolId> pressed = Set.of();
    private boolean reading;
    private BootTime due = BootTime.ZERO;

    public PressureWatch(Pressure pressure, EngineLoop loop, Supplier<Double> spread) {
        this.pressure = pressure;
        this.loop = loop;
        this.spread = spread;
    }

    boolean isPressed(PoolId pool) {
        return pressed.contains(pool);
    }

    /** Somebody waits, and a whole round through the pool found nothing. A failure is no matter. */
    void raise(PoolId pool, BootTime now) {
        if (!now.isBefore(raised.getOrDefault(pool, BootTime.ZERO))) {
            raised.put(pool, now.plus(AGAIN));
            var _ = pressure.raise(pool);
        }
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        if (reading) {
            return BootTime.NEVER;
        }
        if (!now.boot().isBefore(due)) {
            reading = true;
            due = now.boot().plus(PERIOD).plus(part(PERIOD_SPREAD));
            raised.values().removeIf(until -> !now.boot().isBefore(until));
            pressure.pressed().whenCompleteAsync((pools, _) -> read(pools), loop);
            return BootTime.NEVER;
        }
        return due;
    }

    private Duration part(Duration most) {
        return Duration.ofNanos((long) (most.toNanos() * spread.get()));
    }

    private void read(@Nullable Set<PoolId> pools) {
        reading = false;
        if (pools != null) {
            pressed = Set.copyOf(pools);
        }
    }
}
