package io.croft.adapter.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import io.croft.core.address.Address;
import io.croft.core.block.BlockId;
import io.croft.core.pool.BlockSize;
import io.croft.core.pool.PoolId;
import io.croft.core.rejection.RejectedException;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressWireTest {
    @Test
    void everyValueReadsBackAsItWasWritten() {
        for (long seed = 0; seed < 2_000; seed++) {
            String repeat = "new Random(%d)".formatted(seed);
            var random = new Random(seed);
            Address address = RandomPools.address(random);
            UUID uuid = RandomPools.uuid(random);
            var block = new BlockId(new PoolId(uuid), RandomPools.cidr(random));
            assertEquals(address, AddressWire.address(AddressWire.bytes(address)), repeat);
            assertEquals(uuid, AddressWire.uuid(AddressWire.bytes(uuid)), repeat);
            assertEquals(uuid, AddressWire.uuid("uid", uuid.toString()), repeat);
            if (BlockSize.allows(block.cidr())) {
                assertEquals(block, AddressWire.block(AddressWire.ref(block)), repeat);
            } else {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> AddressWire.block(AddressWire.ref(block)),
                        repeat);
            }
            assertEquals(block, AddressWire.block("block", AddressWire.key(block)), repeat);
        }
    }

    @Test
    void bytesOfAnotherLengthAreADefect() {
        ByteString five = ByteString.copyFrom(new byte[5]);
        assertThrows(IllegalArgumentException.class, () -> AddressWire.address(five));
        assertThrows(IllegalArgumentException.class, () -> AddressWire.uuid(five));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1-2-3-4-5", "10.0.0.0/8", "not-a-uuid/10.0.0.0/8"})
    void textThatIsNoBlockIsRefusedByField(String text) {
        var refused = assertThrows(RejectedException.class, () -> AddressWire.block("block", text));
        assertEquals("block", refused.rejection().facts().get("field"));
    }
}
