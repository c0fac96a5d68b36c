package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.SimEtcd.Fault;
import io.croft.core.address.Cidr;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.Pool;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.BlockStore.ClaimAnswer.Won;
import io.croft.node.port.ClusterDirectory;
import io.croft.node.port.Install;
import io.croft.node.port.Mirror;
import io.croft.node.port.Registrant;
import io.croft.testing.Pools;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A life of two nodes, in which one call to etcd fails: the first, the second and so on, until the
 * life is over before it comes to that call. Whoever fails looks whether the store is the same, and
 * sends the same again. In the end nothing is owned twice, and nothing is left over.
 */
class LostRepliesTest {
    private static final Instant TAKEN = Instant.parse("2026-01-01T00:00:00Z");

    private long nonces;

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"LOST", "REPLY_LOST"})
    void endTheSame(Fault fault) {
        int number = 0;
        SimStores stores;
        do {
            number++;
            stores = SimStores.made();
            stores.etcd.fault(number, fault);
            live(stores);
            stores.etcd.fault(-1, Fault.NONE);
            var report =
                    new Audit(stores.etcd, SimStores.CLUSTER, stores.clock, stores.ids)
                            .run()
                            .toCompletableFuture()
                            .join();
            assertEquals(List.of(), report.findings(), "call " + number);
            assertEquals(2, report.blocks(), "call " + number);
            assertEquals(0, report.owned(), "call " + number);
            assertEquals(0, report.installs(), "call " + number);
            assertEquals(1, report.pools(), "call " + number);
            assertEquals(Map.of(), stores.etcd.content(SimStores.KEYS.root() + "nodes/"));
        } while (number < reached);
        assertTrue(number > 60, "the life has " + number + " calls");
    }

    private int reached;

    private void live(SimStores stores) {
        EtcdStore one = stores.open();
        EtcdStore two = stores.open();
        again(one, () -> one.session().check());
        Registrant a = registered(one, install(1, 1, 1, 1), 0);
        Registrant b = registered(two, install(2, 2, 2, 1), 0);
        assertEquals(true, again(one, () -> one.installs().keepAlive(a)));
        Pool pool = Pools.pool(1, "a", "10.1.0.0/16");
        again(
                one,
                () ->
                        one.pools()
                                .change(set ->
                                        set.pools().containsKey("a") ? set : set.create(pool)));
        again(
                two,
                () ->
                        two.pools()
                                .change(set ->
                                        set.pools().containsKey("b")
                                                ? set
                                                : set.create(Pools.pool(2, "b", "10.2.0.0/16"))
                                                        .register(
                                                                new ExternalRange(
                                                                        "x",
                                                                        Cidr.parse(
                                                                                "cidr",
                                                                                "10.3.0.0/16"),
                                                                        ""))));
        var first = new BlockId(pool.id(), pool.block(0));
        var second = new BlockId(pool.id(), pool.block(1));
        ClaimIntent one1 = claim(first, Optional.empty(), Optional.empty(), 1);
        ClaimIntent one2 = claim(second, Optional.empty(), Optional.empty(), 1);
        assertEquals(new Won(), again(one, () -> one.blocks().claim(one1, a)));
        assertEquals(new Won(), again(one, () -> one.blocks().claim(one2, a)));
        assertEquals(
                Map.of(first, one1.next(), second, one2.next()),
                again(one, () -> one.blocks().owned(a.install())));
        assertEquals(true, again(one, () -> one.blocks().giveBack(first, one1.next(), a)));
        ClaimIntent two1 = claim(first, Optional.empty(), Optional.of(one1.next()), 2);
        assertEquals(new Won(), again(two, () -> two.blocks().claim(two1, b)));
        again(two, () -> two.pressure().raise(pool.id()));
        again(two, () -> two.mirror().write(b, new Mirror.Copy("n2", TAKEN, List.of(), 0)));
        again(one, () -> one.installs().endLife(a));
        Registrant heir = registered(one, install(3, 1, 3, 1), 0);
        ClaimIntent three = claim(second, Optional.of(a.install()), Optional.of(one2.next()), 2);
        assertEquals(new Won(), again(one, () -> one.blocks().claim(three, heir)));
        again(
                one,
                () ->
                        one.pools()
                                .change(set ->
                                        set.pools().containsKey("b") ? set.delete("b") : set));
        again(two, () -> two.installs().endLife(b));
        reclaim(one, "n2");
        assertEquals(true, again(one, () -> one.blocks().giveBack(second, three.next(), heir)));
        again(one, () -> one.directory().leave(heir));
        reclaim(two, "n1");
        again(
                one,
                () ->
                        one.pools()
                                .change(set ->
                                        set.external().containsKey("x") ? set.forget("x") : set));
        reached = stores.etcd.calls();
    }

    private void reclaim(EtcdStore store, String node) {
        try {
            again(
                    store,
                    () ->
                            store.directory()
                                    .reclaim(
                                            node,
                                            new ClusterDirectory.PoweredOff("a test", false)));
        } catch (CompletionException e) {
            // Its answer was lost, and it was made.
            assertEquals(Reason.NODE_UNKNOWN, reason(e));
        }
    }

    private Registrant registered(EtcdStore store, Install next, long expected) {
        Install there = again(store, () -> store.installs().register(next, expected));
        assertEquals(next, there);
        return new Registrant(next.id(), next.node(), next.incarnation(), 1);
    }

    /** As an agent does: after a failure it looks at the store, and sends the same again. */
    private static <T> T again(EtcdStore store, Supplier<CompletionStage<T>> call) {
        for (int i = 0; i < 4; i++) {
            try {
                return call.get().toCompletableFuture().join();
            } catch (CompletionException e) {
                Reason reason = reason(e);
                if (reason != Reason.OUTCOME_UNKNOWN && reason != Reason.STORE_UNAVAILABLE) {
                    throw e;
                }
                check(store);
            }
        }
        throw new AssertionError("one fault makes more than four calls fail");
    }

    private static void check(EtcdStore store) {
        try {
            store.session().check().toCompletableFuture().join();
        } catch (CompletionException e) {
            store.session().check().toCompletableFuture().join();
        }
    }

    private static Reason reason(CompletionException e) {
        return assertInstanceOf(RejectedException.class, e.getCause()).rejection().reason();
    }

    private ClaimIntent claim(
            BlockId block, Optional<UUID> from, Optional<Token> expected, long epoch) {
        return new ClaimIntent(block, from, expected, new Token(1, epoch, new UUID(7, ++nonces)));
    }

    private Install install(int number, int machine, int boot, long incarnation) {
        return new Install(
                new UUID(1, number),
                "n" + machine,
                "hardware-" + machine,
                "machine-" + machine,
                new UUID(2, boot),
                incarnation,
                new UUID(8, ++nonces),
                "1.0");
    }
}
