package io.croft.core.block;

import io.croft.core.address.OrdinalSet;
import io.croft.core.netns.SeenNetns;
import io.croft.core.time.BootTime;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The released positions of one block, first released first: a list linked through arrays, so that
 * a position leaves from the middle at once and 100,000 resting addresses cost little memory.
 */
final class RestQueue {
    private static final int NONE = -1;

    private final int[] next;
    private final int[] previous;
    private final long[] since;
    private final OrdinalSet members;
    private final OrdinalSet vacated;
    private final @Nullable SeenNetns[] netns;
    private int head = NONE;
    private int tail = NONE;

    RestQueue(int size) {
        next = new int[size];
        previous = new int[size];
        since = new long[size];
        members = new OrdinalSet(size);
        vacated = new OrdinalSet(size);
        netns = new SeenNetns[size];
    }

    int count() {
        return members.count();
    }

    boolean contains(int ordinal) {
        return members.contains(ordinal);
    }

    void add(int ordinal, BootTime at, Optional<SeenNetns> last) {
        next[ordinal] = NONE;
        previous[ordinal] = tail;
        if (tail == NONE) {
            head = ordinal;
        } else {
            next[tail] = ordinal;
        }
        tail = ordinal;
        since[ordinal] = at.nanos();
        vacated.remove(ordinal);
        netns[ordinal] = last.orElse(null);
        members.add(ordinal);
    }

    /** The position must be in the queue. */
    void remove(int ordinal) {
        if (previous[ordinal] == NONE) {
            head = next[ordinal];
        } else {
            next[previous[ordinal]] = next[ordinal];
        }
        if (next[ordinal] == NONE) {
            tail = previous[ordinal];
        } else {
            previous[next[ordinal]] = previous[ordinal];
        }
        netns[ordinal] = null;
        members.remove(ordinal);
        vacated.remove(ordinal);
    }

    void vacate(int ordinal) {
        vacated.add(ordinal);
        netns[ordinal] = null;
    }

    Resting at(int ordinal) {
        return new Resting(
                ordinal,
                new BootTime(since[ordinal]),
                Optional.ofNullable(netns[ordinal]),
                vacated.contains(ordinal));
    }

    BootTime since(int ordinal) {
        return new BootTime(since[ordinal]);
    }

    boolean mayReturnTo(int ordinal, Optional<SeenNetns> requester) {
        SeenNetns last = netns[ordinal];
        return vacated.contains(ordinal)
                || (last != null && requester.filter(last::sameAs).isPresent());
    }

    /** The longest released, no later than {@code until}, that matches. */
    OptionalInt first(BootTime until, IntPredicate matches) {
        for (int ordinal = head;
                ordinal != NONE && since[ordinal] <= until.nanos();
                ordinal = next[ordinal]) {
            if (matches.test(ordinal)) {
                return OptionalInt.of(ordinal);
            }
        }
        return OptionalInt.empty();
    }

    /** How many were released no later than {@code until}, are vacated and are not in the set. */
    int countReady(BootTime until, OrdinalSet withheld) {
        int ready = 0;
        for (int ordinal = head;
                ordinal != NONE && since[ordinal] <= until.nanos();
                ordinal = next[ordinal]) {
            ready += vacated.contains(ordinal) && !withheld.contains(ordinal) ? 1 : 0;
        }
        return ready;
    }

    /** The lowest position from {@code from} on that is not vacated. */
    OptionalInt nextUnvacated(int from) {
        return members.nextWithout(vacated, from);
    }

    /** All positions, first released first. */
    int[] ordinals() {
        var all = new int[members.count()];
        int i = 0;
        for (int ordinal = head; ordinal != NONE; ordinal = next[ordinal]) {
            all[i++] = ordinal;
        }
        return all;
    }
}
