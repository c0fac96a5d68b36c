package io.croft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.grpc.AgentFacts.Condition;
import io.croft.core.pool.PoolSet;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.StoreState;
import io.croft.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class StoreWatchTest {
    private final RejectedException gone =
            Reason.STORE_UNAVAILABLE.because("no endpoint answers").asException();

    private final ManualClock clock = new ManualClock();
    private final StoreWatch watch = new StoreWatch("cluster prod in http://a:2379", clock);

    @Test
    void saysNothingOfAStoreThatAnswers() {
        watch.pools(PoolSet.EMPTY, null);
        watch.state(StoreState.serving(1), null);
        assertEquals(List.of(), watch.conditions());
        assertTrue(watch.figures().answering());
        assertFalse(watch.figures().frozen());
    }

    @Test
    void saysSinceWhenTheStoreIsAwayAndWhatItSaidLast() {
        watch.pools(null, gone);
        clock.advance(Duration.ofSeconds(40));
        watch.state(null, new CompletionException(gone));
        Condition away = watch.conditions().getFirst();
        assertEquals("STORE_AWAY", away.type());
        assertTrue(
                away.message()
                        .startsWith(
                                "the store (cluster prod in http://a:2379) has not answered for 40 s: no endpoint answers"),
                away.message());
        assertFalse(watch.figures().answering());
        watch.pools(PoolSet.EMPTY, null);
        assertEquals(List.of(), watch.conditions());
    }

    @Test
    void saysThatPoolsAreStale() {
        watch.pools(PoolSet.EMPTY, null);
        clock.advance(Duration.ofSeconds(61));
        assertEquals(List.of("POOLS_STALE"), types());
        assertEquals(61, watch.figures().poolsAgeSeconds());
    }

    @Test
    void saysThatTheStoreIsFrozenUntilItIsNot() {
        watch.state(new StoreState(1, Optional.of("f")), null);
        assertEquals(List.of("STORE_FROZEN"), types());
        assertTrue(watch.figures().frozen());
        watch.state(StoreState.serving(2), null);
        assertEquals(List.of(), types());
    }

    @Test
    void saysWhyTheNodeIsNotRegistered() {
        watch.registration(
                null, Reason.NODE_NAME_TAKEN.because("another install has it").asException());
        assertEquals(List.of("NODE_NAME_TAKEN"), types());
        assertTrue(watch.figures().answering(), "a refusal is an answer");
        watch.registration(null, gone);
        assertEquals(List.of("STORE_AWAY"), types());
    }

    /** Readings succeed in an etcd that is full. */
    @Test
    void saysThatTheStoreTakesNoWritesUntilItDoes() {
        watch.blocks(
                null,
                new CompletionException(
                        Reason.STORE_FULL.because("database space exceeded").asException()));
        watch.pools(PoolSet.EMPTY, null);
        assertEquals(List.of("STORE_FULL"), types());
        assertFalse(watch.figures().answering());
        watch.blocks(null, gone);
        assertEquals(List.of("STORE_FULL"), types());
        watch.blocks(true, null);
        assertEquals(List.of(), types());
        assertTrue(watch.figures().answering());
    }

    private List<String> types() {
        return watch.conditions().stream().map(Condition::type).toList();
    }
}
