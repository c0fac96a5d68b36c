package io.croft.adapter.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SlicesTest {
    private static final Comparator<Integer> ORDER = Comparator.naturalOrder();

    @Test
    void goesThroughALongListInOrderAndInFewLooks() {
        var all = new ArrayList<>(IntStream.range(0, 100_000).boxed().toList());
        Collections.shuffle(all, new Random(1));
        int most = Slices.sizeFor(all.size());
        var seen = new ArrayList<Integer>();
        Optional<Integer> cursor = Optional.empty();
        int looks = 0;
        do {
            List<Integer> slice = Slices.next(all.stream(), cursor, most, ORDER);
            assertTrue(slice.size() <= most);
            seen.addAll(slice);
            cursor = Slices.cursor(slice, most);
            looks++;
        } while (cursor.isPresent());
        assertEquals(IntStream.range(0, 100_000).boxed().toList(), seen);
        assertTrue(looks <= 33, looks + " looks");
    }

    @Test
    void boundsASliceOfAnyList() {
        assertEquals(512, Slices.sizeFor(0));
        assertEquals(15_625, Slices.sizeFor(500_000));
        assertEquals(16_384, Slices.sizeFor(Integer.MAX_VALUE));
    }

    @Test
    void cutsASliceIntoPages() {
        List<List<Integer>> pages = Slices.pages(IntStream.range(0, 300).boxed().toList());
        assertEquals(List.of(128, 128, 44), pages.stream().map(List::size).toList());
        assertEquals(List.of(), Slices.pages(List.of()));
    }
}
