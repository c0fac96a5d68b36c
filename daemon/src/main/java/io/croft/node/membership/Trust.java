package io.croft.node.membership;

import io.croft.core.block.Ownership.Unvalidated;
import io.croft.core.engine.NodeView;
import io.croft.core.engine.Timings;
import io.croft.core.ownership.Validate;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.IpamListener;
import java.util.Optional;

/**
 * Whether the journal may be served from although no store confirmed it: once, at a start in the
 * journal's own boot, when the clocks did not move against each other, and the store is known not
 * to answer or says nothing for {@link Timings#START_WAIT}. The answer of a frozen store counts as
 * none.
 */
final class Trust implements Duty {
    private final EngineLoop loop;
    private final IpamListener listener;
    private final Registration.Boot boot;
    private Optional<Moment> first = Optional.empty();
    private boolean open;
    private boolean absent;
    private boolean given;

    Trust(EngineLoop loop, IpamListener listener, Registration.Boot boot) {
        this.loop = loop;
        this.listener = listener;
        this.boot = boot;
        this.open = boot.trustable();
    }

    boolean isGiven() {
        return given;
    }

    /** A call ended without the store: to wait for it longer would help nobody. */
    void absent() {
        absent = true;
    }

    /** The store confirmed the blocks: whatever comes now, it must confirm them again. */
    void confirmed() {
        open = false;
        if (given) {
            given = false;
            listener.outage("store", false, "it confirmed the journal's blocks");
        }
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        Moment before = first.orElse(now);
        first = Optional.of(before);
        if (now.drift(before).compareTo(Timings.MOST_DRIFT) >= 0) {
            open = false;
        }
        BootTime patience = boot.started().plus(Timings.START_WAIT);
        if (!open || (!absent && now.boot().isBefore(patience))) {
            return open ? patience : BootTime.NEVER;
        }
        open = false;
        boolean needed = node.blocks().stream().anyMatch(b -> b.ownership() instanceof Unvalidated);
        if (needed) {
            given = true;
            listener.outage(
                    "store",
                    true,
                    "it does not confirm the journal of this boot, which is trusted");
            var _ = loop.propose(Validate.trusting());
        }
        return BootTime.NEVER;
    }
}
