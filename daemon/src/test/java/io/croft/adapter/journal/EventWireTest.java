package io.croft.adapter.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.croft.adapter.wire.RandomPools;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeState;
import io.croft.core.pool.PoolId;
import io.croft.proto.journal.v1.BlockQuarantined;
import io.croft.proto.journal.v1.Record;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class EventWireTest {
    private static final UUID BOOT = new UUID(7, 1);

    @Test
    void everyEventReadsBackAsItWasWritten() throws Exception {
        Set<Class<?>> kinds = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            NodeState state = SimNode.emptyState();
            var history = new RandomHistory(seed, BOOT);
            for (int i = 0; i < 500; i++) {
                List<Event> decision = history.next(state);
                decision.forEach(state::apply);
                for (Event event : decision) {
                    assertReadsBack(event, seed);
                    kinds.add(event.getClass());
                }
            }
            for (Event event : state.events().toList()) {
                assertReadsBack(event, seed);
                kinds.add(event.getClass());
            }
        }
        assertReadsBack(new Event.PoolRemoved(new PoolId(BOOT)), 0);
        assertReadsBack(new Event.PoolDefined(RandomPools.next(new Random(1))), 1);
        kinds.add(Event.PoolRemoved.class);
        assertEquals(20, kinds.size());
    }

    @Test
    void aCauseThatIsNotKnownIsRefused() {
        var wire =
                io.croft.proto.journal.v1.Event.newBuilder()
                        .setBlockQuarantined(BlockQuarantined.newBuilder().setCauseValue(99))
                        .build();
        assertThrows(UnknownEventException.class, () -> EventWire.read(wire));
    }

    private static void assertReadsBack(Event event, long seed) throws Exception {
        var history = new RandomHistory(seed, BOOT);
        Record written = EventWire.write(history.now(), List.of(event));
        Record again = Record.parseFrom(written.toByteArray());
        assertEquals(
                event,
                EventWire.read(again.getEvents(0)),
                () -> "new RandomHistory(%d, BOOT)".formatted(seed));
        assertEquals(history.now(), ValueWire.moment(again.getAt()));
    }
}
