package io.croft.node.keeper;

import io.croft.core.block.BlockId;
import io.croft.core.time.Backoff;
import io.croft.core.time.BootTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** When a block whose last call failed may be called about again. */
final class Retries {
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(15));

    private record Failed(int times, BootTime due) {}

    private final Supplier<Double> spread;
    private final Map<BlockId, Failed> failed = new HashMap<>();

    Retries(Supplier<Double> spread) {
        this.spread = spread;
    }

    boolean isDue(BlockId block, BootTime now) {
        Failed last = failed.get(block);
        return last == null || !now.isBefore(last.due());
    }

    void failed(BlockId block, BootTime asked) {
        int times = failed.getOrDefault(block, new Failed(0, asked)).times() + 1;
        failed.put(block, new Failed(times, asked.plus(BACKOFF.after(times, spread.get()))));
    }

    void succeeded(BlockId block) {
        failed.remove(block);
    }
}
