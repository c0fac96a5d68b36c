package io.croft.core.address;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.RejectedException;
import io.croft.testing.Refusals;
import io.croft.testing.Some;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0/0, 255.255.255.255, 4294967296",
        "10.0.0.0/31, 10.0.0.1, 2",
        "10.0.0.7/32, 10.0.0.7, 1",
        "128.0.0.0/1, 255.255.255.255, 2147483648",
        "::/0, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 9223372036854775807",
        "fd00::/63, fd00::1:ffff:ffff:ffff:ffff, 9223372036854775807",
        "fd00::/64, fd00::ffff:ffff:ffff:ffff, 9223372036854775807",
        "fd00::/65, fd00::7fff:ffff:ffff:ffff, 9223372036854775807",
        "fd00::/66, fd00::3fff:ffff:ffff:ffff, 4611686018427387904",
        "fd00::4/127, fd00::5, 2",
        "fd00::5/128, fd00::5, 1",
    })
    void knowsItsEnds(String text, String last, long size) {
        Cidr cidr = Some.cidr(text);
        assertEquals(Some.address(last), cidr.last());
        assertEquals(size, cidr.size());
        assertEquals(text, cidr.toString());
        assertTrue(cidr.contains(cidr.first()));
        assertTrue(cidr.contains(cidr.last()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.0.0.0",
                "10.0.0.0/",
                "/8",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/08",
                "10.0.0.0/8/8",
                "10.0.0.0/ 8",
                "10.0.0.0/8 ",
                "10.0.0.0/255.0.0.0",
                "10.0.0.0/99999999999",
                "fd00::/129",
                "fd00::/６４",
                "10.0/16",
            })
    void refusesWhatIsNoRange(String text) {
        String field = "cidr";
        var why =
                org.junit.jupiter.api.Assertions.assertThrows(
                                RejectedException.class, () -> Cidr.parse(field, text))
                        .rejection();
        assertEquals(field, why.facts().get("field"));
        assertFalse(why.remedy().isBlank());
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/16, 10.1.0.0/16",
        "10.0.0.1/31, 10.0.0.0/31",
        "128.0.0.0/0, 0.0.0.0/0",
        "fd00::1/64, fd00::/64",
        "fd00::1/127, fd00::/127",
        "8000::/0, ::/0",
    })
    void namesTheRangeThatHostBitsProbablyMeant(String text, String meant) {
        var why = Refusals.invalid("cidr", text, () -> Cidr.parse("cidr", text));
        assertEquals("write " + meant, why.remedy());
    }

    @Test
    void countsPositionsAcross64Bits() {
        Cidr cidr = Some.cidr("fd00::ffff:ffff:ffff:0/112");
        assertEquals(65_535, cidr.ordinalOf(cidr.last()));
        assertEquals(cidr.last(), cidr.at(65_535));
        assertThrows(
                IllegalArgumentException.class, () -> cidr.ordinalOf(Some.address("fd00:0:0:1::")));
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0/0, 0.0.0.0/0, true",
        "0.0.0.0/0, 255.255.255.255/32, true",
        "10.0.0.0/31, 10.0.0.2/31, false",
        "10.0.0.0/24, 10.0.0.255/32, true",
        "10.0.0.0/24, 10.0.1.0/24, false",
        "0.0.0.0/0, ::/0, false",
        "fd00::/64, fd00:0:0:1::/64, false",
        "fd00::/63, fd00:0:0:1::/64, true",
        "::/0, ffff::/16, true",
        "::a00:0/104, 10.0.0.0/8, false",
    })
    void overlapsBothWays(String one, String other, boolean overlaps) {
        assertEquals(overlaps, Some.cidr(one).overlaps(Some.cidr(other)));
        assertEquals(overlaps, Some.cidr(other).overlaps(Some.cidr(one)));
    }

    @Test
    void containsItselfAndParts() {
        assertTrue(Some.cidr("10.0.0.0/8").contains(Some.cidr("10.0.0.0/8")));
        assertTrue(Some.cidr("10.0.0.0/8").contains(Some.cidr("10.255.255.255/32")));
        assertFalse(Some.cidr("10.0.0.0/9").contains(Some.cidr("10.0.0.0/8")));
        assertFalse(Some.cidr("::/0").contains(Some.cidr("0.0.0.0/0")));
    }

    @Test
    void dividesIntoPartsLikeArithmeticOnBigNumbers() {
        var random = new Random(2);
        for (int i = 0; i < 20_000; i++) {
            Family family = random.nextBoolean() ? Family.V4 : Family.V6;
            int bits = family.bits();
            int prefix = random.nextInt(bits + 1);
            int partPrefix = prefix + random.nextInt(Math.min(62, bits - prefix) + 1);
            Address any =
                    family == Family.V4
                            ? new Address(family, 0, random.nextInt() & 0xffff_ffffL)
                            : new Address(family, random.nextLong(), random.nextLong());
            Cidr cidr = Cidr.around(any, prefix);
            assertEquals(1L << (partPrefix - prefix), cidr.parts(partPrefix));
            long index = random.nextLong(cidr.parts(partPrefix));
            Cidr part = cidr.part(partPrefix, index);
            BigInteger expected =
                    number(cidr.first())
                            .add(BigInteger.valueOf(index).shiftLeft(bits - partPrefix));
            assertEquals(expected, number(part.first()), () -> cidr + " part " + index);
            assertTrue(cidr.contains(part));
            assertEquals(part, Cidr.around(part.last(), partPrefix));
            BigInteger end =
                    expected.add(BigInteger.ONE.shiftLeft(bits - partPrefix))
                            .subtract(BigInteger.ONE);
            assertEquals(end, number(part.last()));
        }
    }

    private static BigInteger number(Address address) {
        return new BigInteger(1, address.bytes());
    }

    @Test
    void countsPartsSaturated() {
        assertEquals(Long.MAX_VALUE, Some.cidr("::/0").parts(128));
        assertEquals(Long.MAX_VALUE, Some.cidr("fd00::/64").parts(127));
        assertEquals(1L << 58, Some.cidr("fd00::/64").parts(122));
        assertEquals(1, Some.cidr("fd00::/64").parts(64));
    }

    @Test
    void readsRangesInBothForms() {
        assertEquals(5, AddressRange.parse("r", "10.0.0.254-10.0.1.2").size());
        assertEquals(256, AddressRange.parse("r", "10.0.0.0/24").size());
        assertEquals(1, AddressRange.parse("r", "fd00::1").size());
        assertEquals(Long.MAX_VALUE, AddressRange.parse("r", "::-ffff::").size());
        assertEquals("10.0.0.1-10.0.0.2", AddressRange.parse("r", "10.0.0.1-10.0.0.2").toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.2-10.0.0.1",
                "10.0.0.1-fd00::1",
                "-",
                "10.0.0.1-",
                "-10.0.0.1",
                "a-b",
                "10.0.0.1-10.0.0.2-10.0.0.3"
            })
    void refusesWhatIsNoRangeOfAddresses(String text) {
        assertThrows(RejectedException.class, () -> AddressRange.parse("reserved", text));
    }

    @Test
    void tellsTheIndexOfThePartThatHoldsAnAddress() {
        for (String text : List.of("10.0.0.0/8", "fd00::/64", "fd00::/48", "::/0")) {
            Cidr range = Cidr.parse("cidr", text);
            int part = range.family().bits() - 6;
            for (long index : List.of(0L, 1L, 255L, 70_000L)) {
                Cidr block = range.part(part, index);
                assertEquals(index, range.indexOf(block.first(), part), text);
                assertEquals(index, range.indexOf(block.last(), part), text);
            }
        }
        Cidr all = Cidr.parse("cidr", "::/0");
        assertEquals(Long.MAX_VALUE, all.indexOf(all.last(), 122));
    }
}
