package io.croft.node.keeper;

import io.croft.core.block.BlockId;
import io.croft.core.time.BootTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Where the search of one pool stands, in indices of its blocks.
 *
 * <pre>
 * guessing -another's block-> looking -page-> a part is known -nothing free in it-> looking ... a whole round -> exhausted
 * </pre>
 */
final class Search {
    /** Blocks looked at for one step. */
    static final int MOST_LOOKED_AT = 4096;

    /** Records of one page. */
    static final int PAGE = 512;

    private static final int MOST_TOMBSTONES = 8;

    /** What a page showed is believed so long. */
    private static final Duration FRESH = Duration.ofSeconds(10);

    private final Deque<BlockId> tombstones = new ArrayDeque<>();
    private long span;
    private long from;
    private long end;
    private long left;
    private boolean guessing = true;
    private boolean known;
    private BootTime stale = BootTime.NEVER;

    /** A step begins; anew where the span is another or what was seen is old. */
    void begin(long wanted, BootTime now) {
        if (span != wanted || (known && now.isAfter(stale))) {
            span = wanted;
            restart();
        }
    }

    private void restart() {
        known = false;
        from = 0;
        end = guessing ? span : 0;
        left = span;
        stale = BootTime.NEVER;
    }

    /** A block that a claim found to be given back, or never owned. */
    Optional<BlockId> tombstone() {
        return Optional.ofNullable(tombstones.poll());
    }

    void add(BlockId free) {
        if (tombstones.size() < MOST_TOMBSTONES) {
            tombstones.add(free);
        }
    }

    /** First index among which to choose. */
    long from() {
        return from;
    }

    /** Index behind the last among which to choose. */
    long end() {
        return end;
    }

    /** Guesses hit others' blocks: pages come first. */
    void lookFirst() {
        guessing = false;
        if (!known) {
            end = from;
        }
    }

    /** A page showed the blocks from an index up to another. */
    void show(long first, long next, BootTime now) {
        from = Math.min(first, span);
        end = Math.min(next, span);
        left -= end - from;
        known = true;
        stale = now.plus(FRESH);
    }

    void judge(boolean crowded) {
        guessing = !crowded;
    }

    /** There is nothing to choose; {@code spread} says where a round begins. */
    ClaimChoice.Step goOn(double spread) {
        guessing = false;
        if (known && left <= 0) {
            restart();
            return new ClaimChoice.Step.Exhausted();
        }
        // So that the first page is a whole one.
        long next = known ? end : (long) (Math.max(0, span - PAGE) * spread);
        return new ClaimChoice.Step.Look(next < span ? next : 0);
    }
}
