package io.croft.adapter.etcd;

import io.croft.node.port.PoolStoreContract;
import io.croft.testing.etcd.EtcdVersion;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.croft.testing.etcd.EtcdVersion#all")
final class EtcdPoolStoreIT extends PoolStoreContract {
    private final RealStores here;

    EtcdPoolStoreIT(EtcdVersion version) {
        here = RealStores.of(version);
    }

    @AfterParameterizedClassInvocation
    static void end() {
        RealStores.end();
    }

    @Override
    protected Stores open() {
        return here.stores();
    }
}
