package io.croft.adapter.etcd;

import io.croft.testing.Eventually;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.RealEtcd;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The client keeps its promise with every version of etcd that is here. */
@ParameterizedClass
@MethodSource("io.croft.testing.etcd.EtcdVersion#all")
final class JetcdEtcdIT extends EtcdContract {
    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static @Nullable Running running;

    private record Running(RealEtcd server, JetcdEtcd client) {}

    private final Running here;
    private final String prefix = "/contract/%d/".formatted(PREFIXES.incrementAndGet());

    JetcdEtcdIT(EtcdVersion version) {
        here = running(version);
    }

    /** One for all tests of that version. */
    private static Running running(EtcdVersion version) {
        Running before = running;
        if (before != null) {
            return before;
        }
        RealEtcd server = RealEtcd.start(EtcdSetup.one(version));
        var started = new Running(server, Clients.of(server.urls()));
        running = started;
        return started;
    }

    @AfterParameterizedClassInvocation
    static void end() {
        if (running != null) {
            running.client().close();
            running.server().close();
            running = null;
        }
    }

    @Override
    Etcd etcd() {
        return here.client();
    }

    @Override
    <T> T await(CompletionStage<T> stage) {
        return Clients.await(stage);
    }

    @Override
    void until(AtomicInteger counter, int atLeast) {
        Eventually.holds(counter::get, () -> counter.get() >= atLeast);
    }

    @Override
    String prefix() {
        return prefix;
    }
}
