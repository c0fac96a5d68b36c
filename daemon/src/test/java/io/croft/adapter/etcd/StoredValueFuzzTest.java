package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolState;
import io.croft.core.rejection.Reason;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import io.croft.testing.FuzzTarget;
import io.croft.testing.Pools;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Any value under any kind of key: what cannot be read is taken or alarmed, and the rest goes on;
 * all that is refused is refused in words.
 *
 * <p>The input is one value after another: the kind of its key, its length in two bytes, the text.
 */
final class StoredValueFuzzTest extends FuzzTarget {
    private static final Keys KEYS = SimStores.KEYS;
    private static final Pool POOL = Pools.pool(1, "a", "10.1.0.0/16");
    private static final Registrant ME = new Registrant(new UUID(1, 1), "n1", 1, 1);
    private static final Registrant OTHER = new Registrant(new UUID(1, 2), "n2", 1, 1);
    private static final int MOST_VALUES = 8;

    /** Kinds up to here concern one thing each; one of the others may stop all. */
    private static final int OF_ONE = 16;

    private static List<String> keys() {
        return List.of(
                KEYS.pool("b"),
                KEYS.external("x"),
                KEYS.block(block(1)),
                KEYS.block(block(5)),
                KEYS.owned(OTHER.install(), block(1)),
                KEYS.owned(ME.install(), block(6)),
                KEYS.install(OTHER.install()),
                KEYS.node(OTHER.node()),
                KEYS.live(OTHER.install()),
                KEYS.pressure(POOL.id()),
                KEYS.asserted(OTHER.install()),
                KEYS.mirror(OTHER.install()),
                KEYS.reclaimed(OTHER.install()),
                KEYS.assertions(),
                KEYS.root() + "nodes/n3",
                KEYS.root() + "installs/" + new UUID(1, 9),
                KEYS.poolset(),
                KEYS.raft(),
                KEYS.meta(),
                KEYS.importing(),
                KEYS.pool("a"),
                KEYS.block(block(0)),
                KEYS.owned(ME.install(), block(0)),
                KEYS.install(ME.install()),
                KEYS.node(ME.node()),
                KEYS.live(ME.install()));
    }

    private static BlockId block(long index) {
        return new BlockId(POOL.id(), POOL.block(index));
    }

    private static Install install(Registrant of, String hardware, int boot) {
        return new Install(
                of.install(), of.node(), hardware, "m", new UUID(2, boot), 1, of.install(), "1.0");
    }

    private static ClaimIntent intent(long index, int client) {
        return new ClaimIntent(
                block(index),
                Optional.empty(),
                Optional.empty(),
                new Token(1, 1, new UUID(7, client + index)));
    }

    @Override
    protected void hold(byte[] input) {
        var stores = SimStores.made();
        EtcdStore store = stores.checked();
        await(store.installs().register(install(ME, "hw1", 1), 0));
        await(store.installs().register(install(OTHER, "hw2", 2), 0));
        await(store.pools().change(set -> set.create(POOL)));
        assertInstanceOf(ClaimAnswer.Won.class, await(store.blocks().claim(intent(0, 0), ME)));
        assertInstanceOf(ClaimAnswer.Won.class, await(store.blocks().claim(intent(1, 0), OTHER)));
        boolean onlyOne = put(stores, ByteBuffer.wrap(input));
        goesOn(stores, store, onlyOne, 0);
        goesOn(stores, stores.open(), onlyOne, 10);
    }

    private static boolean put(SimStores stores, ByteBuffer in) {
        boolean onlyOne = true;
        for (int values = 0; in.remaining() >= 3 && values < MOST_VALUES; values++) {
            int kind = Byte.toUnsignedInt(in.get()) % keys().size();
            var bytes = new byte[Math.min(Short.toUnsignedInt(in.getShort()), in.remaining())];
            in.get(bytes);
            stores.etcd.put(keys().get(kind), new String(bytes, StandardCharsets.UTF_8));
            onlyOne &= kind < OF_ONE;
        }
        if (onlyOne) {
            // So that all is read again.
            stores.etcd.put(KEYS.poolset(), "77");
        }
        return onlyOne;
    }

    /** All that agents and operators ask of a store. */
    private static void goesOn(SimStores stores, EtcdStore store, boolean onlyOne, int client) {
        asked(store.session()::check);
        asked(store.pools()::read);
        asked(store.pressure()::pressed);
        asked(() -> store.directory().members(new UUID(0, 0), 10));
        asked(() -> store.directory().membersOf(OTHER.node()));
        asked(() -> store.mirror().copyOf(OTHER.install()));
        asked(() -> store.blocks().page(POOL, 0, 10));
        asked(() -> store.blocks().owned(ME.install()));
        asked(() -> store.blocks().owned(OTHER.install()));
        asked(() -> store.installs().read(OTHER.install()));
        asked(() -> store.installs().ofNode(OTHER.node()));
        asked(() -> store.installs().isLive(OTHER.install()));
        asked(() -> store.installs().keepAlive(ME));
        asked(() -> store.installs().keepAlive(OTHER));
        asked(() -> store.pools().change(set -> set.create(Pools.pool(3, "c", "10.3.0.0/16"))));
        asked(() -> store.pools().change(set -> set.become("c", PoolState.PAUSED)));
        asked(() -> store.installs().register(install(OTHER, "hw2", 5), 1));
        asked(stores.setup()::status);
        asked(() -> new Audit(stores.etcd, SimStores.CLUSTER, stores.clock, stores.ids).run());
        neverTwice(stores, store, intent(1, client));
        neverTwice(stores, store, intent(5, client));
        if (onlyOne) {
            ClaimIntent mine = intent(20 + client, client);
            assertInstanceOf(ClaimAnswer.Won.class, await(store.blocks().claim(mine, ME)));
            assertTrue(await(store.blocks().giveBack(mine.block(), mine.next(), ME)));
            assertTrue(await(store.blocks().owned(ME.install())).containsKey(block(0)));
            assertTrue(await(store.pools().read()).pools().containsKey("a"));
        }
        assertFalse(
                store.damaged().stream().anyMatch(said -> said.isEmpty() || said.contains("\n")));
    }

    /** A block is won where its record says that nobody has it, and nowhere else. */
    private static void neverTwice(SimStores stores, EtcdStore store, ClaimIntent intent) {
        String key = KEYS.block(intent.block());
        String before = stores.etcd.content(key).get(key);
        boolean free = before == null || isFree(store, intent.block());
        asked(() -> store.blocks().claim(intent, ME))
                .ifPresent(
                        answer -> assertTrue(free || !(answer instanceof ClaimAnswer.Won), before));
        if (!free) {
            assertEquals(before, stores.etcd.content(key).get(key));
        }
    }

    private static boolean isFree(EtcdStore store, BlockId block) {
        return asked(() -> store.blocks().read(block))
                .flatMap(owner -> owner)
                .filter(owner -> !owner.equals(Values.UNREADABLE))
                .filter(owner -> owner.install().isEmpty())
                .isPresent();
    }

    /** The answer; empty: it was refused, and in words. */
    private static <T> Optional<T> asked(Supplier<CompletionStage<T>> call) {
        CompletionStage<T> stage = call.get();
        var refused = failure(stage);
        refused.ifPresent(why -> {
            assertNotEquals(Reason.INTERNAL, why.reason(), why::toString);
            assertFalse(why.message().isEmpty(), why::toString);
        });
        return refused.isPresent()
                ? Optional.empty()
                : Optional.ofNullable(stage.toCompletableFuture().join());
    }
}
