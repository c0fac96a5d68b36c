package io.croft.adapter.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Duration;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolState;
import io.croft.core.rejection.RejectedException;
import io.croft.proto.v1.PoolSpec;
import io.croft.proto.v1.Route;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PoolWireTest {
    private static final PoolId ID = new PoolId(new UUID(1, 2));

    @Test
    void everyPoolReadsBackAsItWasWritten() {
        for (long seed = 0; seed < 2_000; seed++) {
            Pool pool = RandomPools.next(new Random(seed));
            long failing = seed;
            assertEquals(
                    pool,
                    PoolWire.read(PoolWire.write(pool)),
                    () -> "RandomPools.next(new Random(%d))".formatted(failing));
        }
    }

    @Test
    void whatTheSpecLeavesOutGetsItsDefault() {
        Pool pool = read(PoolSpec.newBuilder().setCidr("10.1.0.0/16"));
        PoolSpec spec = PoolWire.spec(pool);
        assertEquals(26, spec.getBlockPrefixLength());
        assertEquals("10.1.0.1", spec.getGateway());
        assertEquals(Duration.newBuilder().setSeconds(130).build(), spec.getCooldown());
    }

    @ParameterizedTest
    @CsvSource({
        "cidr, 10.1.0.1/16",
        "block-size, 33",
        "mode, 77",
        "gateway, 10.1.0.300",
        "routes, nowhere",
        "reserved, 10.1.0.9-10.1.0.1",
        "namespaces, a*b*c*d*e*f",
        "nodes, a*b*c*d*e*f",
        "cooldown, 1s",
        "max-blocks, -1",
    })
    void aBadFieldIsNamed(String field, String value) {
        var refused =
                assertThrows(
                        RejectedException.class,
                        () -> read(PoolSpec.newBuilder().setCidr("10.1.0.0/16"), field, value));
        assertEquals(field, refused.rejection().facts().get("field"));
        assertEquals(value, refused.rejection().facts().get("value"));
    }

    @Test
    void aPoolWithoutAStateIsRefused() {
        var whole = PoolWire.write(RandomPools.next(new Random(0))).toBuilder().clearState();
        var refused = assertThrows(RejectedException.class, () -> PoolWire.read(whole.build()));
        assertEquals("state", refused.rejection().facts().get("field"));
    }

    @Test
    void aDurationThatIsNoneIsRefused() {
        var broken = Duration.newBuilder().setSeconds(Long.MAX_VALUE).setNanos(-5);
        var spec = PoolSpec.newBuilder().setCidr("10.1.0.0/16").setCooldown(broken);
        assertThrows(RejectedException.class, () -> read(spec));
    }

    private static Pool read(PoolSpec.Builder spec, String field, String value) {
        Consumer<PoolSpec.Builder> change =
                switch (field) {
                    case "cidr" -> s -> s.setCidr(value);
                    case "block-size" -> s -> s.setBlockPrefixLength(Integer.parseInt(value));
                    case "mode" -> s -> s.setModeValue(Integer.parseInt(value));
                    case "gateway" -> s -> s.setGateway(value);
                    case "routes" -> s -> s.addRoutes(Route.newBuilder().setDestination(value));
                    case "reserved" -> s -> s.addReserved(value);
                    case "namespaces" -> s -> s.addNamespaces(value);
                    case "nodes" -> s -> s.addNodes(value);
                    case "cooldown" -> s -> s.setCooldown(Duration.newBuilder().setSeconds(1));
                    default -> s -> s.setMaxBlocksPerNode(Integer.parseInt(value));
                };
        change.accept(spec);
        return read(spec);
    }

    private static Pool read(PoolSpec.Builder spec) {
        return PoolWire.read(ID, "a", PoolState.ACTIVE, spec.build());
    }
}
