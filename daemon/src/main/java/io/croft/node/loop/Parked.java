package io.croft.node.loop;

import io.croft.core.time.BootTime;
import java.util.ArrayList;
import java.util.List;

/**
 * Requests that wait for a block, oldest first: at most {@link #MOST}. They hold nothing, and are
 * all asked again each turn.
 */
final class Parked {
    static final int MOST = 64;

    private List<Request<?>> waiting = new ArrayList<>();

    /** False: too many wait already, or its time is up. */
    boolean offer(Request<?> request, BootTime now) {
        return waiting.size() < MOST && now.isBefore(request.deadline()) && waiting.add(request);
    }

    boolean isFull() {
        return waiting.size() >= MOST;
    }

    /** All, oldest first; the place is empty afterwards. */
    List<Request<?>> takeAll() {
        List<Request<?>> all = waiting;
        waiting = new ArrayList<>();
        return all;
    }

    BootTime firstDeadline() {
        return waiting.stream()
                .map(Request::deadline)
                .min(BootTime::compareTo)
                .orElse(BootTime.NEVER);
    }

    int size() {
        return waiting.size();
    }
}
