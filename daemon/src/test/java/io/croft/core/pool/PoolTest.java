package io.croft.core.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.address.Cidr;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.testing.Refusals;
import io.croft.testing.Some;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoolTest {
    private static Pool pool(String cidr, PoolMode mode) {
        return Some.pool("p", cidr, mode);
    }

    private static Pool withGateway(String cidr, PoolMode mode, String gateway, Route... routes) {
        return new Pool(
                new PoolId(Some.uuid("p")),
                "p",
                Some.cidr(cidr),
                Pool.DEFAULT_BLOCK_SIZE,
                PoolState.ACTIVE,
                new ResultForm(mode, Optional.of(Some.address(gateway)), List.of(routes)),
                Some.DEFAULT,
                Reserved.NONE,
                Some.COOLDOWN,
                0,
                "");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 26", "10.0.0.0/16, 26", "10.0.0.0/18, 26", "10.0.0.0/19, 27",
        "10.0.0.0/20, 28", "10.0.0.0/24, 32", "10.0.0.0/31, 32", "10.0.0.0/32, 32",
        "fd00::/48, 122", "fd00::/64, 122", "fd00::/114, 122", "fd00::/115, 123",
        "fd00::/120, 128", "fd00::/128, 128",
    })
    void choosesABlockSizeThatLeaves256Blocks(String cidr, int blockPrefix) {
        assertEquals(blockPrefix, pool(cidr, PoolMode.ROUTED).blockPrefix());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 19",
        "10.0.0.0/24, 23",
        "10.0.0.0/8, 33",
        "fd00::/64, 115",
        "fd00::/64, 129",
        "fd00::/120, 119",
        "10.0.0.0/8, -1",
    })
    void refusesBlockSizesOutOfRange(String cidr, int blockPrefix) {
        Refusals.invalid(
                "block-size",
                Integer.toString(blockPrefix),
                () -> Some.pool("p", cidr, PoolMode.ROUTED, blockPrefix, Some.DEFAULT));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8, 20", "10.0.0.0/24, 24", "fd00::/64, 116", "fd00::/120, 120"})
    void takesTheLargestBlocks(String cidr, int blockPrefix) {
        Pool pool = Some.pool("p", cidr, PoolMode.ROUTED, blockPrefix, Some.DEFAULT);
        assertEquals(blockPrefix, pool.blockPrefix());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/24, ROUTED, 256",
        "10.0.0.0/24, GATEWAY, 253",
        "10.0.0.0/24, L2, 254",
        "10.0.0.0/30, GATEWAY, 1",
        "10.0.0.0/30, L2, 2",
        "10.0.0.0/30, ROUTED, 4",
        "10.0.0.0/31, ROUTED, 2",
        "10.0.0.0/32, ROUTED, 1",
        "fd00::/120, ROUTED, 256",
        "fd00::/120, GATEWAY, 254",
        "fd00::/120, L2, 255",
        "fd00::/126, GATEWAY, 2",
        "fd00::/127, L2, 1",
        "fd00::/127, ROUTED, 2",
        "fd00::/128, ROUTED, 1",
        "fd00::/64, GATEWAY, 9223372036854775807",
        "fd00::/66, ROUTED, 4611686018427387904",
        "0.0.0.0/0, ROUTED, 4294967296",
    })
    void knowsHowManyAddressesItGives(String cidr, PoolMode mode, long capacity) {
        assertEquals(capacity, pool(cidr, mode).capacity());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/31, GATEWAY",
        "10.0.0.0/31, L2",
        "10.0.0.0/32, GATEWAY",
        "10.0.0.0/32, L2",
        "255.255.255.255/32, GATEWAY",
        "255.255.255.254/31, GATEWAY",
        "fd00::/127, GATEWAY",
        "fd00::/128, GATEWAY",
        "fd00::/128, L2",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128, GATEWAY",
    })
    void refusesAPoolThatYieldsNoAddress(String cidr, PoolMode mode) {
        var why = Refusals.invalid("cidr", cidr, () -> PoolSet.EMPTY.create(pool(cidr, mode)));
        assertTrue(why.remedy().contains("routed"), why.remedy());
    }

    @Test
    void countsReservedAddressesOnce() {
        Pool pool =
                Some.reserving(
                        pool("10.0.0.0/24", PoolMode.GATEWAY),
                        "10.0.0.0-10.0.0.9",
                        "10.0.0.5-10.0.0.20",
                        "10.0.0.200");
        assertEquals(256 - 21 - 1 - 1, pool.capacity());
        assertFalse(pool.gives(Some.address("10.0.0.20")));
        assertTrue(pool.gives(Some.address("10.0.0.21")));
        assertFalse(pool.gives(Some.address("10.0.0.255")));
        assertFalse(pool.gives(Some.address("10.0.1.21")));
    }

    @Test
    void keepsTheRestOfALargeIpv6PoolWhenAPartIsReserved() {
        Pool pool = Some.reserving(pool("fd00::/48", PoolMode.GATEWAY), "fd00::/64");
        assertEquals(Long.MAX_VALUE, pool.capacity());
        assertEquals(1, PoolSet.EMPTY.create(pool).pools().size());
    }

    @Test
    void yieldsNothingWhenAllIsReserved() {
        Pool pool =
                Some.reserving(
                        pool("fd00::/64", PoolMode.GATEWAY), "fd00::/65", "fd00::8000:0:0:0/65");
        assertEquals(0, pool.capacity());
    }

    @Test
    void withholdsInEachBlockWhatItGivesToNobody() {
        Pool pool =
                Some.reserving(
                        Some.pool("p", "10.0.0.0/24", PoolMode.GATEWAY, 26, Some.DEFAULT),
                        "10.0.0.60-10.0.0.70");
        var counts = new ArrayList<Integer>();
        for (int i = 0; i < 4; i++) {
            Cidr block = pool.block(i);
            var withheld = pool.withheld(block);
            counts.add(withheld.count());
            for (int ordinal = 0; ordinal < 64; ordinal++) {
                assertEquals(!pool.gives(block.at(ordinal)), withheld.contains(ordinal));
            }
        }
        assertEquals(List.of(6, 7, 0, 1), counts);
    }

    @Test
    void cannotUseABlockWithNothingToGive() {
        Pool pool = pool("10.0.0.0/24", PoolMode.GATEWAY);
        assertFalse(pool.canUse(Some.cidr("10.0.0.0/32")));
        assertFalse(pool.canUse(Some.cidr("10.0.0.1/32")));
        assertTrue(pool.canUse(Some.cidr("10.0.0.2/32")));
        assertFalse(pool.canUse(Some.cidr("10.0.0.255/32")));
    }

    @Test
    void givesGatewayResultsAPrefixAndADefaultRouteWithItsGateway() {
        Pool pool = pool("10.1.0.0/16", PoolMode.GATEWAY);
        assertEquals(16, pool.form().prefixIn(pool.cidr()));
        assertEquals(Optional.of(Some.address("10.1.0.1")), pool.form().gateway());
        assertEquals(
                List.of(new Route(Some.cidr("0.0.0.0/0"), Optional.of(Some.address("10.1.0.1")))),
                pool.form().routesIn(pool.cidr()));
        Pool six = pool("fd00::/64", PoolMode.GATEWAY);
        assertEquals(
                List.of(new Route(Some.cidr("::/0"), Optional.of(Some.address("fd00::1")))),
                six.form().routesIn(six.cidr()));
    }

    @Test
    void givesRoutedResultsNeitherGatewayNorRoutes() {
        Pool pool = pool("10.1.0.0/16", PoolMode.ROUTED);
        assertEquals(32, pool.form().prefixIn(pool.cidr()));
        assertEquals(
                128, pool("fd00::/64", PoolMode.ROUTED).form().prefixIn(Some.cidr("fd00::/64")));
        assertEquals(Optional.empty(), pool.form().gateway());
        assertEquals(List.of(), pool.form().routesIn(pool.cidr()));
    }

    @Test
    void givesL2ResultsGatewayAndRoutesOnlyWhereSet() {
        Pool plain = pool("10.1.0.0/16", PoolMode.L2);
        assertEquals(16, plain.form().prefixIn(plain.cidr()));
        assertEquals(Optional.empty(), plain.form().gateway());
        assertEquals(List.of(), plain.form().routesIn(plain.cidr()));
        var route = new Route(Some.cidr("172.16.0.0/12"), Optional.of(Some.address("10.1.0.9")));
        Pool set = withGateway("10.1.0.0/16", PoolMode.L2, "10.1.0.254", route);
        assertEquals(List.of(route), set.form().routesIn(set.cidr()));
        assertEquals(65_536 - 3, set.capacity());
    }

    @Test
    void addsNoSecondDefaultRoute() {
        var own = new Route(Some.cidr("0.0.0.0/0"), Optional.of(Some.address("10.1.0.7")));
        Pool pool = withGateway("10.1.0.0/16", PoolMode.GATEWAY, "10.1.0.5", own);
        assertEquals(List.of(own), pool.form().routesIn(pool.cidr()));
        assertFalse(pool.gives(Some.address("10.1.0.5")));
        assertTrue(pool.gives(Some.address("10.1.0.1")));
    }

    @Test
    void refusesAGatewayOutsideTheRange() {
        for (String gateway : List.of("10.2.0.1", "fd00::1")) {
            Refusals.invalid(
                    "gateway", gateway, () -> withGateway("10.1.0.0/16", PoolMode.L2, gateway));
        }
    }

    @Test
    void refusesAGatewayInModeRouted() {
        Rejection why =
                Refusals.invalid(
                        "mode",
                        "routed",
                        () -> withGateway("10.1.0.0/16", PoolMode.ROUTED, "10.1.0.1"));
        assertTrue(why.remedy().contains("leave"), why.remedy());
    }

    @Test
    void refusesARouteOfTheOtherFamily() {
        var destination = new Route(Some.cidr("fd01::/64"), Optional.empty());
        Refusals.invalid(
                "route",
                "fd01::/64",
                () -> withGateway("10.1.0.0/16", PoolMode.L2, "10.1.0.1", destination));
        var gateway = new Route(Some.cidr("10.9.0.0/16"), Optional.of(Some.address("fd00::1")));
        Refusals.invalid(
                "route",
                "10.9.0.0/16",
                () -> withGateway("10.1.0.0/16", PoolMode.L2, "10.1.0.1", gateway));
    }

    @Test
    void refusesAReservedRangeOutsideItself() {
        Refusals.invalid(
                "reserved",
                "10.0.0.250-10.0.1.5",
                () -> Some.reserving(pool("10.0.0.0/24", PoolMode.GATEWAY), "10.0.0.250-10.0.1.5"));
        Refusals.invalid(
                "reserved",
                "fd00::1",
                () -> Some.reserving(pool("10.0.0.0/24", PoolMode.GATEWAY), "fd00::1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "a_b", "-a", "a-", ".a", "a.", "a/b", "a b", "ä", "*", "a\n"})
    void refusesNamesThatCannotBeKeys(String name) {
        Refusals.invalid("name", name, () -> Some.pool(name, "10.0.0.0/24", PoolMode.L2));
    }

    @Test
    void refusesNamesOf64Characters() {
        assertEquals(63, Some.pool("a".repeat(63), "10.0.0.0/24", PoolMode.L2).name().length());
        Refusals.invalid(
                "name",
                "a".repeat(64),
                () -> Some.pool("a".repeat(64), "10.0.0.0/24", PoolMode.L2));
    }

    @Test
    void refusesNegativeLimits() {
        Refusals.invalid(
                "max-blocks", "-1", () -> Some.limited(pool("10.0.0.0/24", PoolMode.L2), -1));
    }

    @ParameterizedTest
    @CsvSource({"29, 29s", "86401, 86401s", "0, 0s", "-5, -5s"})
    void refusesCooldownsOutOfRange(long seconds, String shown) {
        Refusals.invalid("cooldown", shown, () -> new Cooldown(Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bridge",
                "bridge with isGateway",
                "ptp",
                "macvlan",
                "ipvlan",
                "vlan",
                "tap",
                "host-device",
                "weave-net"
            })
    void routedWorksWithNoPluginThatNeedsAPrefix(String plugin) {
        assertFalse(PoolMode.ROUTED.worksWith(plugin, false));
        assertTrue(PoolMode.GATEWAY.worksWith(plugin, true));
        assertTrue(PoolMode.L2.worksWith(plugin, true));
        assertEquals(
                !List.of("bridge with isGateway", "ptp", "weave-net").contains(plugin),
                PoolMode.L2.worksWith(plugin, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "calico", "cilium-cni", "something-new"})
    void anyModeWorksWithPluginsNobodyKnows(String plugin) {
        for (PoolMode mode : PoolMode.values()) {
            assertTrue(mode.worksWith(plugin, false), mode.name().toLowerCase(Locale.ROOT));
        }
    }

    @Test
    void saysRefusalsWithTheirReason() {
        var why =
                Refusals.refused(
                        Reason.INVALID_FIELD,
                        () -> Some.limited(pool("10.0.0.0/24", PoolMode.L2), -1));
        assertEquals("max-blocks \"-1\": must not be negative; correct the value", why.sentence());
    }
}
