package io.croft.core.block;

import io.croft.core.address.OrdinalSet;
import io.croft.core.netns.SeenNetns;
import io.croft.core.time.BootTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * One block as this node knows it: its ownership, and what each position is doing.
 *
 * <p>A position is never used, held or resting. Whether a resting one may be given again is a
 * comparison with the time of release, not a timer and not an event. Changed by the node's state
 * only; others read.
 */
public final class Block {
    private final BlockId id;
    private final OrdinalSet used;
    private Ownership ownership;
    private OrdinalSet withheld;
    private @Nullable RestQueue resting;

    /** An empty block. The withheld positions are those that its pool gives to nobody. */
    public Block(BlockId id, Ownership ownership, OrdinalSet withheld) {
        this.id = id;
        this.ownership = ownership;
        this.withheld = withheld;
        this.used = new OrdinalSet(withheld.size());
    }

    public BlockId id() {
        return id;
    }

    public Ownership ownership() {
        return ownership;
    }

    public boolean isOwned() {
        return ownership instanceof Ownership.Owned;
    }

    public void become(Ownership next) {
        ownership = next;
    }

    /** The pool's rules changed. What is held or rests stays. */
    public void withhold(OrdinalSet ordinals) {
        withheld = ordinals;
    }

    public int size() {
        return used.size();
    }

    public int held() {
        return used.count() - restingCount();
    }

    /** Positions that were released and not given again, rested or not. */
    public int restingCount() {
        return resting == null ? 0 : resting.count();
    }

    /** Positions that no pod may have and none has. */
    public int reserved() {
        return used.countWith(withheld) - used.count();
    }

    /** Positions that were never used and may be given. */
    public int unused() {
        return used.size() - used.countWith(withheld);
    }

    /** Positions that {@link #pick} would give now, one after the other. */
    public int free(BootTime now, Duration cooldown) {
        return isOwned() ? unused() + ready(now, cooldown) : 0;
    }

    /** Positions that were released and may not be given again yet. */
    public int resting(BootTime now, Duration cooldown) {
        return restingCount() - ready(now, cooldown);
    }

    /** Whether a resting position is only remembered: anybody may have it. */
    public boolean isRested(int ordinal, BootTime now, Duration cooldown) {
        return resting != null
                && isResting(ordinal)
                && !withheld.contains(ordinal)
                && isCool(resting.since(ordinal), now, cooldown)
                && resting.mayReturnTo(ordinal, Optional.empty());
    }

    private int ready(BootTime now, Duration cooldown) {
        long latest = now.nanos() - cooldown.toNanos();
        return resting == null || latest < 0
                ? 0
                : resting.countReady(new BootTime(latest), withheld);
    }

    /** Whether nothing is held and nothing rests. */
    public boolean isEmpty() {
        return used.count() == 0;
    }

    /**
     * Whether the block can go back: nothing is held, and what rests may be given again. Nobody but
     * the next owner would remember a younger one.
     */
    public boolean isSpent(BootTime now, Duration cooldown) {
        RestQueue queue = resting;
        return held() == 0
                && (queue == null
                        || Arrays.stream(queue.ordinals())
                                .mapToObj(queue::at)
                                .allMatch(r -> r.vacated() && isCool(r.since(), now, cooldown)));
    }

    public boolean isHeld(int ordinal) {
        return isInside(ordinal) && used.contains(ordinal) && !isResting(ordinal);
    }

    /** All resting positions, first released first. */
    public List<Resting> resting() {
        RestQueue queue = resting;
        return queue == null
                ? List.of()
                : Arrays.stream(queue.ordinals()).mapToObj(queue::at).toList();
    }

    /**
     * Resting positions that are not vacated, from a position on, in the order of positions: a page
     * for a look at them.
     */
    public List<Resting> unvacated(int from, int most) {
        List<Resting> page = new ArrayList<>();
        RestQueue queue = resting;
        if (queue != null) {
            OptionalInt next = queue.nextUnvacated(from);
            while (next.isPresent() && page.size() < most) {
                page.add(queue.at(next.getAsInt()));
                next =
                        next.getAsInt() + 1 < size()
                                ? queue.nextUnvacated(next.getAsInt() + 1)
                                : OptionalInt.empty();
            }
        }
        return page;
    }

    /** One position, if it rests. */
    public Optional<Resting> resting(int ordinal) {
        RestQueue queue = resting;
        return queue != null && isResting(ordinal)
                ? Optional.of(queue.at(ordinal))
                : Optional.empty();
    }

    /**
     * A position to give: one that was never used, else the longest released that has cooled and
     * whose former namespace is gone, or is the requester's own. Changes nothing.
     */
    public OptionalInt pick(BootTime now, Duration cooldown, Optional<SeenNetns> requester) {
        if (!isOwned()) {
            return OptionalInt.empty();
        }
        OptionalInt fresh = used.firstInNeither(withheld);
        if (fresh.isPresent() || resting == null) {
            return fresh;
        }
        long latest = now.nanos() - cooldown.toNanos();
        return latest < 0
                ? OptionalInt.empty()
                : resting.first(new BootTime(latest), mayGive(resting, now, cooldown, requester));
    }

    /** Whether this very position may be given. Changes nothing. */
    public boolean canGive(
            int ordinal, BootTime now, Duration cooldown, Optional<SeenNetns> requester) {
        if (!isOwned() || withheld.contains(ordinal) || isHeld(ordinal)) {
            return false;
        }
        return resting == null
                || !isResting(ordinal)
                || mayGive(resting, now, cooldown, requester).test(ordinal);
    }

    private IntPredicate mayGive(
            RestQueue queue, BootTime now, Duration cooldown, Optional<SeenNetns> requester) {
        return ordinal ->
                !withheld.contains(ordinal)
                        && isCool(queue.since(ordinal), now, cooldown)
                        && queue.mayReturnTo(ordinal, requester);
    }

    private static boolean isCool(BootTime released, BootTime now, Duration cooldown) {
        return !now.isBefore(released.plus(cooldown));
    }

    /**
     * Makes a position held. False, and nothing changed: it is held already, or the block is not
     * owned, or has no such position.
     */
    public boolean take(int ordinal) {
        if (!isOwned() || !isInside(ordinal) || isHeld(ordinal)) {
            return false;
        }
        if (resting != null && isResting(ordinal)) {
            resting.remove(ordinal);
            return true;
        }
        return used.add(ordinal);
    }

    /**
     * Makes a held position rest, behind all others. False, and nothing changed: it is not held.
     */
    public boolean rest(int ordinal, BootTime at, Optional<SeenNetns> netns) {
        if (!isHeld(ordinal)) {
            return false;
        }
        if (resting == null) {
            resting = new RestQueue(size());
        }
        resting.add(ordinal, at, netns);
        return true;
    }

    /**
     * A resting position's namespace is gone: only the cooldown keeps it now. False: it does not
     * rest.
     */
    public boolean vacate(int ordinal) {
        if (resting == null || !isResting(ordinal)) {
            return false;
        }
        resting.vacate(ordinal);
        return true;
    }

    /**
     * Makes all positions as never used: the machine has booted, so nobody uses an address of it;
     * or the block goes back, and nothing of it needs to be remembered.
     */
    public void clear() {
        for (int ordinal = 0; ordinal < size(); ordinal++) {
            used.remove(ordinal);
        }
        resting = null;
    }

    private boolean isInside(int ordinal) {
        return ordinal >= 0 && ordinal < size();
    }

    private boolean isResting(int ordinal) {
        return isInside(ordinal) && resting != null && resting.contains(ordinal);
    }
}
