package io.croft.adapter.etcd;

import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The leases of a simulated etcd. */
final class SimLeases {
    /** With etcd's usual length of an election; a shorter lease lasts that long. */
    private static final Duration SHORTEST = Duration.ofSeconds(2);

    static final long LONGEST_SECONDS = 9_000_000_000L;

    private record Lease(Duration ttl, BootTime ends) {}

    private final Clock clock;
    private final Map<Long, Lease> all = new TreeMap<>();
    private long last = 100;

    SimLeases(Clock clock) {
        this.clock = clock;
    }

    private Lease lease(Duration ttl) {
        return new Lease(ttl, clock.now().boot().plus(ttl));
    }

    long grant(Duration ttl) {
        last++;
        var whole = Duration.ofSeconds(ttl.toSeconds());
        all.put(last, lease(whole.compareTo(SHORTEST) < 0 ? SHORTEST : whole));
        return last;
    }

    boolean renew(long id) {
        return all.computeIfPresent(id, (_, old) -> lease(old.ttl())) != null;
    }

    boolean isLive(long id) {
        return all.containsKey(id);
    }

    void remove(long id) {
        all.remove(id);
    }

    /** Those whose time is over. */
    List<Long> over() {
        BootTime now = clock.now().boot();
        return all.entrySet().stream()
                .filter(lease -> !now.isBefore(lease.getValue().ends()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** A new leader does not know how long they have lasted: each gets its whole time. */
    void renewAll() {
        all.replaceAll((_, old) -> lease(old.ttl()));
    }

    Map<Long, Duration> lengths() {
        var lengths = new TreeMap<Long, Duration>();
        all.forEach((id, lease) -> lengths.put(id, lease.ttl()));
        return lengths;
    }

    void replace(Map<Long, Duration> lengths) {
        all.clear();
        lengths.forEach((id, ttl) -> all.put(id, lease(ttl)));
    }
}
