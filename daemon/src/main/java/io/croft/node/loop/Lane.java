package io.croft.node.loop;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A queue with a bound: many threads put, one takes. */
final class Lane<T> {
    private final ConcurrentLinkedQueue<T> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    /** False, and nothing was put: the lane holds that many already. */
    boolean offer(T item, int most) {
        if (size.incrementAndGet() > most) {
            size.decrementAndGet();
            return false;
        }
        queue.add(item);
        return true;
    }

    /** Takes at most that many, and none that is put meanwhile beyond them. */
    void drainEach(int most, Consumer<T> action) {
        for (int i = 0; i < most; i++) {
            @Nullable T item = queue.poll();
            if (item == null) {
                return;
            }
            size.decrementAndGet();
            action.accept(item);
        }
    }

    int size() {
        return size.get();
    }
}
