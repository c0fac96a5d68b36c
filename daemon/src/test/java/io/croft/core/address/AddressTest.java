package io.croft.core.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.Reason;
import io.croft.testing.Refusals;
import io.croft.testing.Some;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "10.1.2.3", "192.168.255.0", "255.255.255.255"})
    void writesIpv4AsItWasRead(String text) {
        assertEquals(text, Some.address(text).toString());
    }

    @ParameterizedTest
    @CsvSource({
        // RFC 5952, sections 4 and 2: leading zeros, the longest run, the first of two, one group.
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8::0:1, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8:AAAA:BBBB:CCCC:DDDD:EEEE:AAAA, 2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "1:0:0:0:0:0:0:0, 1::",
        "fd00:0:0:0:1:0:0:0, fd00::1:0:0:0",
        "0:1:0:1:0:1:0:1, 0:1:0:1:0:1:0:1",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    })
    void writesIpv6AsRfc5952Says(String text, String canonical) {
        assertEquals(canonical, Some.address(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "10.1",
                "10",
                "167837955",
                "0x0a010203",
                "010.0.0.1",
                "10.1.2.3 ",
                " 10.1.2.3",
                "10.1.2.256",
                "10.1.2.-3",
                "10.1.2.3.4",
                "10.1.2.",
                "+10.1.2.3",
                "１0.1.2.3",
                "localhost",
                "example.org",
                "::ffff:10.1.2.3",
                "::FFFF:a01:203",
                "fe80::1%eth0",
                "fe80::1%1",
                "fe80::1%",
                "[::1]",
                "::1]",
                ":::",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "fd00::g",
                "fd00::１",
                "fd00::1/64",
                "10.1.2.3\n",
                "10.1.2.3\u0000",
            })
    void refusesWhatIsNoAddress(String text) {
        Refusals.invalid("gateway", text, () -> Address.parse("gateway", text));
    }

    @Test
    void shortensAHostileTextInItsRefusal() {
        String text = "1".repeat(60_000);
        var why = Refusals.refused(Reason.INVALID_FIELD, () -> Address.parse("address", text));
        assertTrue(why.sentence().length() < 500, "the refusal must fit into an answer's header");
        assertTrue(why.facts().getOrDefault("value", "").length() < 200);
    }

    @Test
    void readsWhatItWrote() {
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            long high = random.nextLong() & mask(random);
            long low = random.nextLong() & mask(random);
            var address = new Address(Family.V6, high, low);
            // An IPv4-mapped one is no address of ours.
            if (high != 0 || low >>> 32 != 0xffff) {
                assertEquals(address, Some.address(address.toString()));
            }
            assertEquals(address, Address.of(address.bytes()));
        }
    }

    /** Groups of 16 bits, some of them zero. */
    private static long mask(Random random) {
        long mask = 0;
        for (int i = 0; i < 4; i++) {
            mask = mask << 16 | (random.nextBoolean() ? 0xffff : 0);
        }
        return mask;
    }

    @Test
    void carriesOver64Bits() {
        assertEquals(
                Some.address("fd00:0:0:1::"), Some.address("fd00::ffff:ffff:ffff:ffff").plus(1));
        assertEquals(
                1, Some.address("fd00:0:0:1::").minus(Some.address("fd00::ffff:ffff:ffff:ffff")));
    }

    @Test
    void wrapsAtTheEndOf128Bits() {
        assertEquals(
                Some.address("::"),
                Some.address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").plus(1));
    }

    @Test
    void saturatesDistancesOf63BitsAndMore() {
        assertEquals(
                Long.MAX_VALUE, Some.address("fd00::8000:0:0:0").minus(Some.address("fd00::")));
        assertEquals(Long.MAX_VALUE, Some.address("fd00:0:0:2::").minus(Some.address("fd00::")));
        assertEquals(
                Long.MAX_VALUE,
                Some.address("fd00::7fff:ffff:ffff:ffff").minus(Some.address("fd00::")));
        assertEquals(5, Some.address("fd00::8000:0:0:5").minus(Some.address("fd00::8000:0:0:0")));
    }

    @Test
    void ordersUnsignedAndIpv4First() {
        var sorted =
                Stream.of("ffff::", "8000::", "7fff::", "::1", "200.0.0.0", "10.0.0.0")
                        .map(Some::address)
                        .sorted()
                        .map(Address::toString)
                        .toList();
        assertEquals(List.of("10.0.0.0", "200.0.0.0", "::1", "7fff::", "8000::", "ffff::"), sorted);
    }

    @Test
    void refusesIpv4BeyondItsBits() {
        assertThrows(IllegalArgumentException.class, () -> new Address(Family.V4, 0, 1L << 32));
        assertThrows(IllegalArgumentException.class, () -> new Address(Family.V4, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> Address.of(new byte[5]));
    }
}
