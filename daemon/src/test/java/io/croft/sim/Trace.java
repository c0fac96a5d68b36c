package io.croft.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** What happened, a line each: all of it as a hash, the last of it as text. */
final class Trace {
    private static final int KEPT = 4_000;

    private final Deque<String> last = new ArrayDeque<>();
    private final Consumer<String> out;
    private long hash = 1_125_899_906_842_597L;

    /**
     * @param out is told every line
     */
    Trace(Consumer<String> out) {
        this.out = out;
    }

    void add(long at, String what) {
        String line = "%12.6f %s".formatted(at / 1e9, what);
        for (int i = 0; i < line.length(); i++) {
            hash = 31 * hash + line.charAt(i);
        }
        last.add(line);
        if (last.size() > KEPT) {
            last.remove();
        }
        out.accept(line);
    }

    /** Of all lines: two runs of one seed have the same. */
    long hash() {
        return hash;
    }

    List<String> last(int most) {
        return last.stream().skip(Math.max(0, last.size() - most)).toList();
    }

    /** Of those that are kept, the last ones that speak of something. */
    List<String> about(String word, int most) {
        List<String> found = last.stream().filter(line -> line.contains(word)).toList();
        return found.subList(Math.max(0, found.size() - most), found.size());
    }
}
