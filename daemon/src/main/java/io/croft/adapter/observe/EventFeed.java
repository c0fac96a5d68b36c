package io.croft.adapter.observe;

import io.croft.core.rejection.Reason;
import io.croft.core.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * Tells what happens to whoever subscribed, through a bounded queue each: a slow reader loses
 * events and is told how many, and never slows the loop.
 */
public final class EventFeed extends Narration {
    private static final int MOST_SUBSCRIBERS = 16;
    private static final int MOST_QUEUED = 1024;

    /**
     * One event.
     *
     * @param lost events that this reader lost before this one
     */
    public record Told(Instant time, String event, Map<String, String> facts, long lost) {}

    private final Clock clock;
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final LongAdder lost = new LongAdder();

    public EventFeed(Clock clock) {
        this.clock = clock;
    }

    /**
     * Begins to queue what happens from now on.
     *
     * @param wake called on the loop's thread when something was queued; must be quick and only say
     *     so to the reader's own thread
     */
    public synchronized Subscription subscribe(Runnable wake) {
        if (subscriptions.size() >= MOST_SUBSCRIBERS) {
            throw Reason.MAILBOX_FULL
                    .because(
                            "%d readers watch events, the most there can be"
                                    .formatted(MOST_SUBSCRIBERS))
                    .remedy("end one of them")
                    .asException();
        }
        var subscription = new Subscription(wake);
        subscriptions.add(subscription);
        return subscription;
    }

    /** Events that some reader lost. */
    public long lost() {
        return lost.sum();
    }

    @Override
    boolean wants(LogLevel level) {
        return !subscriptions.isEmpty();
    }

    @Override
    void tell(Happening happening) {
        if (!subscriptions.isEmpty()) {
            Instant now = clock.now().wall();
            subscriptions.forEach(subscription -> subscription.offer(now, happening));
        }
    }

    /** One reader's queue. Any thread. */
    public final class Subscription implements AutoCloseable {
        private final ArrayDeque<Told> queue = new ArrayDeque<>();
        private final Runnable wake;
        private long lostSince;

        private Subscription(Runnable wake) {
            this.wake = wake;
        }

        private void offer(Instant time, Happening happening) {
            synchronized (this) {
                if (queue.size() == MOST_QUEUED) {
                    lostSince++;
                    lost.increment();
                    return;
                }
                queue.add(new Told(time, happening.event(), happening.facts(), lostSince));
                lostSince = 0;
            }
            wake.run();
        }

        /** The oldest event that was not read yet. */
        public synchronized Optional<Told> poll() {
            return Optional.ofNullable(queue.poll());
        }

        /** Ends it; what is queued can still be read. */
        @Override
        public void close() {
            subscriptions.remove(this);
        }
    }
}
