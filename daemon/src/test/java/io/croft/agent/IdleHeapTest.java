package io.croft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class IdleHeapTest {
    private static final long MIB = 1024 * 1024;

    private long used;
    private long live;
    private int collections;
    private final IdleHeap heap =
            new IdleHeap(
                    () -> used,
                    () -> live,
                    () -> {
                        collections++;
                        used = live;
                    });

    @Test
    void collectsOnceTheAgentIsIdle() {
        live = 10 * MIB;
        used = 14 * MIB;
        heap.look();
        assertEquals(0, collections);
        heap.look();
        assertEquals(1, collections);
        heap.look();
        heap.look();
        assertEquals(1, collections);
    }

    @Test
    void doesNotCollectWhileItGrows() {
        for (int look = 0; look < 10; look++) {
            used += 4 * MIB;
            heap.look();
        }
        assertEquals(0, collections);
    }

    @Test
    void leavesLittleAlone() {
        live = 10 * MIB;
        used = 14 * MIB - 1;
        heap.look();
        heap.look();
        assertEquals(0, collections);
    }
}
