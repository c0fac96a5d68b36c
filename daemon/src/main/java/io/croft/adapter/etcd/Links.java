package io.croft.adapter.etcd;

import io.grpc.ManagedChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * The links to all endpoints, one of which is in use until it fails. Any thread.
 *
 * <p>Where answers come from changes only after the listeners were told, or before the first
 * answer: whoever believes answers learns of every point at which another etcd may begin to speak.
 */
final class Links {
    private final List<Link> all;
    private final AtomicInteger current;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /**
     * @param first place of the one to begin with, so that many agents spread over the members
     */
    Links(List<EtcdEndpoint> endpoints, Function<EtcdEndpoint, ManagedChannel> open, int first) {
        this.all =
                endpoints.stream()
                        .map(endpoint -> new Link(endpoint, open.apply(endpoint), this::lost))
                        .toList();
        this.current = new AtomicInteger(first);
    }

    void start() {
        all.forEach(Link::start);
    }

    List<Link> all() {
        return all;
    }

    /** The one in use. */
    Link current() {
        return all.get(current.get());
    }

    /**
     * What was sent over it did not come through, or its connection ended. If it is the one in use
     * the listeners hear of it, here and now, and only then the next one is in use: nothing may go
     * over that one in the belief that nothing was lost.
     */
    void lost(Link link) {
        if (!closed && current().equals(link)) {
            listeners.forEach(Runnable::run);
            passOver(link);
        }
    }

    /** Nothing was sent over it, for it has no connection: uses another one, if it is in use. */
    void passOver(Link link) {
        int place = current.get();
        if (all.get(place).equals(link)) {
            current.compareAndSet(place, after(place));
        }
    }

    private int after(int place) {
        int next = (place + 1) % all.size();
        for (int step = 1; step < all.size(); step++) {
            int candidate = (place + step) % all.size();
            if (all.get(candidate).isConnected()) {
                return candidate;
            }
            if (all.get(next).isDown() && !all.get(candidate).isDown()) {
                next = candidate;
            }
        }
        return next;
    }

    void onLost(Runnable listener) {
        listeners.add(listener);
    }

    void close() {
        closed = true;
        all.forEach(Link::close);
    }
}
