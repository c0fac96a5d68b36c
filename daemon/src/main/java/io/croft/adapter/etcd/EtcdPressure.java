package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.adapter.etcd.Etcd.Step.Range;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolSet;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.node.port.Pressure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The pools that some node found empty: keys that lapse, raised again in their second half. */
final class EtcdPressure implements Pressure {
    private static final Duration LENGTH = Duration.ofMinutes(10);
    private static final Duration HALF = LENGTH.dividedBy(2);

    private final Etcd etcd;
    private final Continuity session;
    private final Keys keys;
    private final Clock clock;
    private final Map<PoolId, BootTime> raised = new ConcurrentHashMap<>();

    EtcdPressure(Etcd etcd, Continuity session, Keys keys, Clock clock) {
        this.etcd = etcd;
        this.session = session;
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Void> raise(PoolId pool) {
        BootTime now = clock.now().boot();
        raised.values().removeIf(since -> !now.isBefore(since.plus(HALF)));
        if (raised.containsKey(pool)) {
            return CompletableFuture.completedFuture(null);
        }
        return etcd.grant(LENGTH)
                .thenCompose(lease ->
                        session.commit(
                                new Change(
                                        List.of(),
                                        List.of(new Put(keys.pressure(pool), "{}", lease)),
                                        List.of())))
                .thenAccept(_ -> raised.put(pool, now));
    }

    @Override
    public CompletionStage<Set<PoolId>> pressed() {
        Keys.KeyRange all = keys.kind("pressure");
        return session.commit(
                        Change.read(new Range(all.from(), all.to(), PoolSet.MOST_POOLS, Form.KEYS)))
                .thenApply(answer ->
                        answer.readings().getFirst().entries().stream()
                                .map(Entry::key)
                                .map(Keys::idOf)
                                .flatMap(Optional::stream)
                                .map(PoolId::new)
                                .collect(Collectors.toUnmodifiableSet()));
    }
}
