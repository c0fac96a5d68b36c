package io.croft.agent;

import io.croft.adapter.grpc.EventSource;
import io.croft.adapter.observe.EventFeed;
import java.util.Optional;

/** The feed of decisions, as the API watches it. */
record FedEvents(EventFeed feed) implements EventSource {
    @Override
    public Watch watch(Runnable arrived) {
        EventFeed.Subscription subscription = feed.subscribe(arrived);
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
