package io.croft.adapter.grpc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * Parts of an ordered list that nobody keeps in order: the next few behind a cursor, found by
 * looking at all.
 */
final class Slices {
    /** Entries of one message, which so stays well below 64 KiB. */
    static final int PAGE = 128;

    static final int LEAST = 512;
    private static final int MOST = 16_384;

    /** A list of any length is looked through this often at most, unless slices would get large. */
    private static final int LOOKS = 32;

    private Slices() {}

    /** How many entries a slice of a list should have. */
    static int sizeFor(int all) {
        return Math.clamp(all / LOOKS, LEAST, MOST);
    }

    /** The least {@code most} entries behind the cursor, in order. */
    static <T> List<T> next(
            Stream<T> all, Optional<T> cursor, int most, Comparator<? super T> order) {
        var kept = new PriorityQueue<T>(Collections.reverseOrder(order));
        all.forEach(each -> {
            if (cursor.isPresent() && order.compare(each, cursor.get()) <= 0) {
                return;
            }
            if (kept.size() == most && order.compare(each, kept.element()) < 0) {
                kept.remove();
            }
            if (kept.size() < most) {
                kept.add(each);
            }
        });
        var next = new ArrayList<>(kept);
        next.sort(order);
        return next;
    }

    /** A slice in pages. */
    static <T> List<List<T>> pages(List<T> slice) {
        var pages = new ArrayList<List<T>>();
        for (int from = 0; from < slice.size(); from += PAGE) {
            pages.add(slice.subList(from, Math.min(slice.size(), from + PAGE)));
        }
        return pages;
    }

    /** Where the next slice begins, if this one is full. */
    static <T> Optional<T> cursor(List<T> slice, int most) {
        return slice.size() < most ? Optional.empty() : Optional.of(slice.getLast());
    }
}
