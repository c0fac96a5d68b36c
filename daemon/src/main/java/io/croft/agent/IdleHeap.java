package io.croft.agent;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.util.function.LongSupplier;

/**
 * The memory of a burst of pods, given back once the agent is idle. The serial collector lets its
 * old generation grow to the heap's bound before it collects it, so that what died long ago would
 * be kept for days.
 */
final class IdleHeap {
    /** Grown by less, it is not worth a collection, which stops the agent for some 20 ms. */
    private static final long WORTH_BYTES = 4 * 1024 * 1024;

    private final LongSupplier used;
    private final LongSupplier live;
    private final Runnable collect;
    private long before = -1;

    /**
     * @param used bytes of the old generation, dead ones included
     * @param live bytes of it that the last collection left
     */
    IdleHeap(LongSupplier used, LongSupplier live, Runnable collect) {
        this.used = used;
        this.live = live;
        this.collect = collect;
    }

    /** That of this process; one without a generation of that name is never collected by this. */
    static IdleHeap ofThisProcess() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Tenured Gen"))
                .findFirst()
                .map(IdleHeap::of)
                .orElseGet(() -> new IdleHeap(() -> 0, () -> 0, () -> {}));
    }

    private static IdleHeap of(MemoryPoolMXBean pool) {
        return new IdleHeap(
                () -> pool.getUsage().getUsed(),
                () -> pool.getCollectionUsage().getUsed(),
                System::gc);
    }

    /** Collects if nothing grew old since the last look, and much did since the last collection. */
    void look() {
        long now = used.getAsLong();
        if (now == before && now - live.getAsLong() >= WORTH_BYTES) {
            collect.run();
        }
        before = now;
    }
}
