package io.croft.node.keeper;

import io.croft.core.time.Backoff;
import io.croft.core.time.BootTime;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** When something whose last call failed may be called about again. */
final class Retries<K> {
    private record Failed(int times, BootTime due) {}

    private final Backoff backoff;
    private final Supplier<Double> spread;
    private final Map<K, Failed> failed = new HashMap<>();

    Retries(Backoff backoff, Supplier<Double> spread) {
        this.backoff = backoff;
        this.spread = spread;
    }

    boolean isDue(K what, BootTime now) {
        Failed last = failed.get(what);
        return last == null || !now.isBefore(last.due());
    }

    void failed(K what, BootTime asked) {
        int times = failed.getOrDefault(what, new Failed(0, asked)).times() + 1;
        failed.put(what, new Failed(times, asked.plus(backoff.after(times, spread.get()))));
    }

    void succeeded(K what) {
        failed.remove(what);
    }

    /** Forgets what is gone. */
    void keepOnly(Predicate<K> present) {
        failed.keySet().removeIf(what -> !present.test(what));
    }
}
