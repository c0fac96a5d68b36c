package io.croft.bench;

import io.croft.core.allocation.Workload;
import io.croft.core.block.BlockId;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision.Accepted;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeProfile;
import io.croft.core.engine.NodeState;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Release;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.testing.Some;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A node's state that owns /20 blocks of a routed /12, and commands for it, as the loop has them.
 */
public final class BenchNode {
    public static final Moment NOW = Some.moment(1000);
    private static final BootTime BEGAN = Some.at(999);
    private static final Pool POOL =
            Some.pool("bench", "10.64.0.0/12", PoolMode.ROUTED, 20, Some.DEFAULT);

    private final NodeState state = new NodeState(new NodeProfile("bench", Map.of()));

    /** A node with that many blocks, at most 16. */
    public BenchNode(int blocks) {
        history(blocks).forEach(state::apply);
    }

    public NodeState state() {
        return state;
    }

    /** What made such a node. */
    public static List<Event> history(int blocks) {
        var events = new ArrayList<Event>();
        events.add(new Event.Started(Some.uuid("boot")));
        events.add(new Event.PoolDefined(POOL));
        for (int i = 0; i < blocks; i++) {
            var id = new BlockId(POOL.id(), Some.cidr("10.64.%d.0/20".formatted(i * 16)));
            events.add(new Event.BlockAdopted(id, Some.token(i + 1)));
        }
        return events;
    }

    public static Allocate add(int pod) {
        return new Allocate(
                Some.attachment("pod-" + pod),
                BEGAN,
                AddressWish.NONE,
                new Workload("default", "pod-" + pod, "", Optional.empty()),
                "bench");
    }

    public static Release del(int pod) {
        return new Release(Some.attachment("pod-" + pod), NOW.boot(), false);
    }

    /** Decides, verifies and applies, without a journal; gives the events. */
    public List<Event> carryOut(Command<?> command) {
        if (command.decide(state, NOW) instanceof Accepted<?>(List<Event> events, var _)
                && state.verify(events).isEmpty()) {
            events.forEach(state::apply);
            return events;
        }
        throw new IllegalStateException("not accepted: " + command);
    }
}
