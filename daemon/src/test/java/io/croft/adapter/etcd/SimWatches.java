package io.croft.adapter.etcd;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/**
 * The watches of a simulated etcd. They tell of a change at once, or later and of several at once,
 * or not at all; never before the change can be read, and in the order of the changes.
 */
final class SimWatches {
    private final List<Watch> all = new ArrayList<>();
    private boolean held;

    private static final class Watch {
        final String prefix;
        final Runnable hint;
        boolean missed;
        boolean silent;

        Watch(String prefix, Runnable hint) {
            this.prefix = prefix;
            this.hint = hint;
        }
    }

    synchronized void add(String prefix, Runnable hint) {
        all.add(new Watch(prefix, hint));
    }

    /** Hints that are due after a change of those keys. */
    synchronized List<Runnable> changed(Collection<String> keys) {
        List<Watch> due =
                all.stream()
                        .filter(each -> !each.silent)
                        .filter(each -> keys.stream().anyMatch(key -> key.startsWith(each.prefix)))
                        .toList();
        if (held) {
            due.forEach(each -> each.missed = true);
            return List.of();
        }
        return due.stream().map(each -> each.hint).toList();
    }

    /** They lag from now on behind what is read. */
    synchronized void hold() {
        held = true;
    }

    /** They hear at once what they missed, each by one hint. */
    void release() {
        reopen(each -> each.missed).forEach(Runnable::run);
    }

    /** They hear nothing more, without an end or an error, until {@link #reopen}. */
    synchronized void silence() {
        all.forEach(each -> each.silent = true);
    }

    /** Their stream ends, and clients open it anew: each may have missed something. */
    void reopen() {
        List<Runnable> due;
        synchronized (this) {
            all.forEach(each -> each.silent = false);
            due = reopen(_ -> true);
        }
        due.forEach(Runnable::run);
    }

    private synchronized List<Runnable> reopen(Predicate<Watch> which) {
        List<Runnable> due = all.stream().filter(which).map(each -> each.hint).toList();
        held = false;
        all.forEach(each -> each.missed = false);
        return due;
    }
}
