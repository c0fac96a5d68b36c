package io.croft.adapter.etcd;

import io.croft.node.port.SharedStoreContract;
import io.croft.testing.etcd.EtcdVersion;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.croft.testing.etcd.EtcdVersion#all")
final class EtcdSharedStoreIT extends SharedStoreContract {
    private final RealStores here;

    EtcdSharedStoreIT(EtcdVersion version) {
        here = RealStores.of(version);
    }

    @AfterParameterizedClassInvocation
    static void end() {
        RealStores.end();
    }

    @Override
    protected Shared openShared() {
        return here.shared();
    }
}
