package io.croft.adapter.journal;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.croft.adapter.wire.RandomPools;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.Workload;
import io.croft.core.block.BlockId;
import io.croft.core.engine.Event;
import io.croft.core.pool.PoolId;
import io.croft.proto.journal.v1.Record;
import io.croft.testing.Some;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a later version added to a record, anywhere in it. */
class KnownFieldsTest {
    private static final UnknownFieldSet LATER =
            UnknownFieldSet.newBuilder()
                    .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                    .build();

    private static Record record() {
        var block = new BlockId(new PoolId(Some.uuid("p")), Some.cidr("10.0.0.0/29"));
        var held =
                new Allocation(
                        Some.attachment("a"),
                        7,
                        Some.at(10),
                        false,
                        List.of(new BlockAddress(block, 3)),
                        Workload.UNKNOWN,
                        Instant.EPOCH);
        return EventWire.write(
                Some.moment(1),
                List.of(
                        new Event.Allocated(held),
                        new Event.PoolDefined(RandomPools.next(new Random(1)))));
    }

    private static String refusal(Message record) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> KnownFields.require(record))
                        .getMessage());
    }

    @Test
    void areRequiredInEveryMessageOfARecord() {
        var record = record().toBuilder();
        assertDoesNotThrow(() -> KnownFields.require(record.build()));
        var allocated = record.getEvents(0).getAllocated().toBuilder();
        assertEquals(
                "field [99] of Record",
                refusal(record().toBuilder().setUnknownFields(LATER).build()));
        var event = record.getEvents(0).toBuilder();
        assertEquals(
                "field [99] of BlockRef",
                refusal(
                        Record.newBuilder()
                                .addEvents(
                                        event.setAllocated(
                                                allocated.setAddresses(
                                                        0,
                                                        allocated.getAddresses(0).toBuilder()
                                                                .setBlock(
                                                                        allocated
                                                                                .getAddresses(0)
                                                                                .getBlock()
                                                                                .toBuilder()
                                                                                .setUnknownFields(
                                                                                        LATER)))))
                                .build()));
        var defined = record.getEvents(1).toBuilder();
        var pool = defined.getPoolDefined().getPool().toBuilder().setUnknownFields(LATER);
        assertEquals(
                "field [99] of " + pool.getDescriptorForType().getName(),
                refusal(
                        Record.newBuilder()
                                .addEvents(
                                        defined.setPoolDefined(
                                                defined.getPoolDefined().toBuilder().setPool(pool)))
                                .build()));
    }
}
