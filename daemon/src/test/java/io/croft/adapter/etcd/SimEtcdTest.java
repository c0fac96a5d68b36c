package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.testing.ManualClock;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** The simulated etcd keeps the promise of the real one. */
final class SimEtcdTest extends EtcdContract {
    private final SimEtcd etcd = new SimEtcd(new ManualClock());

    @Override
    Etcd etcd() {
        return etcd;
    }

    @Override
    <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    @Override
    void until(AtomicInteger counter, int atLeast) {
        assertTrue(counter.get() >= atLeast);
    }

    @Override
    String prefix() {
        return "/contract/";
    }
}
