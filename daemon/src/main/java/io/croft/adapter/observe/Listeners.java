package io.croft.adapter.observe;

import io.croft.core.block.BlockId;
import io.croft.core.engine.Command;
import io.croft.core.engine.Event;
import io.croft.core.engine.Violation;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.IpamListener;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Several listeners as one. What one of them throws is counted and goes no further: a defect in a
 * metric must not end a turn of the loop.
 */
public final class Listeners implements IpamListener {
    private final List<IpamListener> all;
    private final LongAdder failures = new LongAdder();

    /** In the order in which they hear. */
    public Listeners(IpamListener... all) {
        this.all = List.of(all);
    }

    /** How often one threw. */
    public long failures() {
        return failures.sum();
    }

    private void tell(Consumer<IpamListener> what) {
        for (IpamListener listener : all) {
            try {
                what.accept(listener);
            } catch (RuntimeException defect) {
                failures.increment();
            }
        }
    }

    @Override
    public void accepted(Command<?> command, List<Event> events, Object reply, Duration waited) {
        tell(listener -> listener.accepted(command, events, reply, waited));
    }

    @Override
    public void refused(Command<?> command, Rejection why, Duration waited) {
        tell(listener -> listener.refused(command, why, waited));
    }

    @Override
    public void violated(Violation violation) {
        tell(listener -> listener.violated(violation));
    }

    @Override
    public void committed(int records, Duration took) {
        tell(listener -> listener.committed(records, took));
    }

    @Override
    public void snapshotTaken(Duration took) {
        tell(listener -> listener.snapshotTaken(took));
    }

    @Override
    public void storeAnswered(BlockId block, String outcome) {
        tell(listener -> listener.storeAnswered(block, outcome));
    }

    @Override
    public void limitReached(String limit) {
        tell(listener -> listener.limitReached(limit));
    }

    @Override
    public void outage(String what, boolean begins, String message) {
        tell(listener -> listener.outage(what, begins, message));
    }
}
