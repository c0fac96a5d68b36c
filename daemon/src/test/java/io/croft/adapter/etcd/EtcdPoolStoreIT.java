package io.croft.adapter.etcd;

import io.croft.node.port.PoolStoreContract;
import io.croft.testing.etcd.EtcdVersion;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.croft.testing.etcd.EtcdVersion#all")
final class EtcdPoolStoreIT extends PoolStoreContract {
    private static @Nullable RealStores running;

    private final RealStores here;

    EtcdPoolStoreIT(EtcdVersion version) {
        here = running(version);
    }

    /** One for all tests of that version. */
    private static RealStores running(EtcdVersion version) {
        RealStores before = running;
        RealStores started = before == null ? new RealStores(version) : before;
        running = started;
        return started;
    }

    @AfterAll
    static void end() {
        if (running != null) {
            running.close();
            running = null;
        }
    }

    @Override
    protected Stores open() {
        return here.stores();
    }
}
