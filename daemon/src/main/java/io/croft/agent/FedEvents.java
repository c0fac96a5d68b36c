package io.croft.agent;

import io.croft.adapter.grpc.EventSource;
import io.croft.adapter.observe.EventFeed;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The feed of decisions, as the API watches it: readers are served by a thread of their own, never
 * by the loop's.
 */
final class FedEvents implements EventSource {
    private final EventFeed feed;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("croft-watch").factory());

    FedEvents(EventFeed feed) {
        this.feed = feed;
    }

    @Override
    public Watch watch(Runnable arrived) {
        var coming = new AtomicBoolean();
        EventFeed.Subscription subscription =
                feed.subscribe(() -> {
                    if (!coming.getAndSet(true)) {
                        thread.execute(() -> {
                            coming.set(false);
                            arrived.run();
                        });
                    }
                });
        return new Watch() {
            @Override
            public Optional<Seen> poll() {
                return subscription
                        .poll()
                        .map(told ->
                                new Seen(told.time(), told.event(), told.facts(), told.lost()));
            }

            @Override
            public void close() {
                subscription.close();
            }
        };
    }
}
