package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.testing.Pools;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools that a frozen store lost, and that a node remembers. */
class RestoredPoolsTest {
    private static final Keys KEYS = SimStores.KEYS;

    private final SimStores stores = SimStores.made();
    private final EtcdStore store = stores.checked();

    private static Pool pool(int number) {
        return Pools.pool(number, "p%03d".formatted(number), "10.1.%d.0/24".formatted(number));
    }

    private static PoolSet restored(PoolSet set, List<Pool> lost) {
        PoolSet all = set;
        for (Pool pool : lost) {
            all = all.restore(pool);
        }
        return all;
    }

    private Set<String> putBack(Pool... lost) {
        return await(store.pools().restore(set -> restored(set, List.of(lost)))).pools().keySet();
    }

    @BeforeEach
    void freeze() {
        await(store.session().freeze("a test says so"));
    }

    @Test
    void comeBackInPartsWhereOneTransactionCannotHoldThem() {
        Pool[] lost =
                IntStream.range(0, 250).mapToObj(RestoredPoolsTest::pool).toArray(Pool[]::new);
        assertEquals(250, putBack(lost).size());
        assertEquals(250, await(stores.open().pools().read()).pools().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "{\"pool\": {\"spec\": {\"cidr\": \"10.9.0.0/16\"}}}"})
    void comeBackBesideAPoolThatCannotBeRead(String value) {
        stores.etcd.put(KEYS.pool("other"), value);
        assertEquals(Set.of("p001", "p002"), putBack(pool(1), pool(2)));
    }

    @Test
    void doNotComeBackWhereTheirRangeOrNameIsThatOfOneThatCannotBeRead() {
        stores.etcd.put(KEYS.pool("p001"), "nonsense");
        stores.etcd.put(KEYS.pool("other"), "{\"pool\": {\"spec\": {\"cidr\": \"10.1.2.0/25\"}}}");
        assertEquals(Set.of("p003"), putBack(pool(1), pool(2), pool(3)));
        assertEquals("nonsense", stores.etcd.content(KEYS.pool("p001")).values().iterator().next());
    }
}
