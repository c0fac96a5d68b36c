package io.croft.node.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.address.Cidr;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.PoolState;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every {@link PoolStore} promises. */
public abstract class PoolStoreContract extends StoreContract {
    @Test
    void isEmptyAtFirst() {
        assertEquals(PoolSet.EMPTY, await(pools().read()));
    }

    @Test
    void keepsWhatAnEditMade() {
        PoolSet changed =
                await(
                        pools().change(set ->
                                set.create(pool(1, "a", "10.1.0.0/16"))
                                        .create(pool(2, "b", "fd00::/64"))
                                        .register(range("nodes", "10.2.0.0/16"))));
        assertEquals(changed, await(pools().read()));
        assertEquals(3, changed.revision());
        PoolSet next =
                await(
                        pools().change(set ->
                                set.become("a", PoolState.PAUSED)
                                        .widen(pool(2, "b", "fd00::/64").id(), 256)
                                        .forget("nodes")));
        assertEquals(next, await(pools().read()));
        assertEquals(PoolState.PAUSED, next.get("a").pool().state());
        assertEquals(2, next.get("a").version());
        assertEquals(512, next.get("b").span());
    }

    @Test
    void changesNothingWhenAnEditRefuses() {
        PoolSet before = await(pools().change(set -> set.create(pool(1, "a", "10.1.0.0/16"))));
        assertRefused(
                Reason.RANGE_OVERLAPS,
                () ->
                        await(
                                pools().change(set ->
                                        set.create(pool(2, "b", "10.2.0.0/16"))
                                                .create(pool(3, "c", "10.1.0.0/24")))));
        assertEquals(before, await(pools().read()));
    }

    @Test
    void changesNothingWhenAnEditReturnsWhatItGot() {
        PoolSet before = await(pools().change(set -> set.create(pool(1, "a", "10.1.0.0/16"))));
        assertEquals(before, await(pools().change(set -> set)));
        assertEquals(before, await(pools().read()));
    }

    @Test
    void editsWhatIsSoNow() {
        await(pools().change(set -> set.create(pool(1, "a", "10.1.0.0/16"))));
        var seen = new ArrayList<PoolSet>();
        await(
                pools().change(set -> {
                    seen.add(set);
                    return set.delete("a");
                }));
        assertTrue(seen.getLast().pools().containsKey("a"));
        assertEquals(List.of(), List.copyOf(await(pools().read()).pools().values()));
    }

    @Test
    void makesOneOfManyPoolsOfOneName() throws Exception {
        List<Optional<Reason>> refusals =
                race(i ->
                        pools().change(set -> set.create(pool(i, "a", "10." + i + ".0.0/16")))
                                .<Optional<Reason>>thenApply(made -> Optional.empty())
                                .exceptionally(PoolStoreContract::reason));
        assertEquals(1, refusals.stream().filter(Optional::isEmpty).count());
        assertEquals(
                15,
                refusals.stream()
                        .filter(why -> why.equals(Optional.of(Reason.POOL_EXISTS)))
                        .count());
        assertEquals(1, await(pools().read()).pools().size());
    }

    @Test
    void losesNoneOfManyEditsMadeAtOnce() throws Exception {
        race(i -> pools().change(set -> set.create(pool(i, "p" + i, "10." + i + ".0.0/16"))));
        PoolSet set = await(pools().read());
        assertEquals(16, set.pools().size());
        assertEquals(16, set.revision());
    }

    @Test
    void refusesToDropAPoolOfWhichABlockIsOwned() {
        ClaimIntent intent = first(block(1));
        Registrant me = registered(1);
        await(blocks().claim(intent, me));
        PoolSet before = await(pools().read());
        assertRefused(
                Reason.POOL_NOT_EMPTY, () -> await(pools().change(set -> set.delete("pool-1"))));
        assertEquals(before, await(pools().read()));
        await(blocks().giveBack(intent.block(), intent.next(), me));
        assertEquals(0, await(pools().change(set -> set.delete("pool-1"))).pools().size());
    }

    @Test
    void refusesToReplaceAPoolOfWhichABlockIsOwnedByAnotherOfItsName() {
        await(blocks().claim(first(block(1)), registered(1)));
        assertRefused(
                Reason.POOL_NOT_EMPTY,
                () ->
                        await(
                                pools().change(set ->
                                        set.delete("pool-1")
                                                .create(pool(9, "pool-1", "10.1.0.0/16")))));
    }

    @Test
    void knowsNoBlocksOfAPoolThatWasMadeAnew() {
        BlockId block = block(1);
        Registrant me = registered(1);
        ClaimIntent intent = first(block);
        await(blocks().claim(intent, me));
        await(blocks().giveBack(block, intent.next(), me));
        await(pools().change(set -> set.delete("pool-1")));
        var anew = pool(2, "pool-1", "10.1.0.0/16");
        await(pools().change(set -> set.create(anew)));
        var same = new BlockId(anew.id(), block.cidr());
        assertEquals(Optional.empty(), await(blocks().read(same)));
        assertInstanceOf(BlockStore.ClaimAnswer.Won.class, await(blocks().claim(first(same), me)));
    }

    @Test
    void hintsAtAChange() throws InterruptedException {
        var hinted = new CountDownLatch(1);
        pools().watch(hinted::countDown);
        await(pools().change(set -> set.create(pool(1, "a", "10.1.0.0/16"))));
        assertTrue(hinted.await(10, TimeUnit.SECONDS));
    }

    private static Optional<Reason> reason(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause instanceof RejectedException refused
                ? Optional.of(refused.rejection().reason())
                : Optional.empty();
    }

    private static ExternalRange range(String name, String cidr) {
        return new ExternalRange(name, Cidr.parse("cidr", cidr), "");
    }
}
