package io.croft.core.engine;

import java.time.Duration;

/**
 * The agent's constants of time and number that the promise rests on, in one place with their
 * arithmetic. None is an option.
 *
 * <p>The shim's own limits (20 s for an ADD in all, its first call at most 6 s) stand in its module
 * {@code limits}; {@link #ADD_WAIT} must end before that call does, or a request would be retried
 * that is about to be answered.
 */
public final class Timings {
    /**
     * How long an ADD waits for a block; shorter than the shim's first call by the time of an
     * answer.
     */
    public static final Duration ADD_WAIT = Duration.ofSeconds(5);

    /**
     * How long a DEL refuses ADDs that began before it; longer than any runtime keeps a killed
     * ADD's child.
     */
    public static final Duration DEL_MARKER = Duration.ofMinutes(10);

    /**
     * DEL markers kept, 27 a second for all their life; past that the oldest goes and is counted.
     */
    public static final int MOST_MARKERS = 16_384;

    /**
     * Attachments that hold addresses on one node: what the agent's heap and a replay can carry
     * with the longest labels, and many times what a node runs.
     */
    public static final int MOST_ALLOCATIONS = 16_384;

    /**
     * A start stamp further in the future than this comes from another clock and counts as arrival.
     */
    public static final Duration FUTURE_STAMP = Duration.ofSeconds(1);

    /** How long an address rests whose former namespace nobody can look at. */
    public static final Duration UNSEEN_REST = Duration.ofMinutes(10);

    /** What is younger is never freed because it is absent: its sandbox may be in the making. */
    public static final Duration GARBAGE_AGE = Duration.ofMinutes(10);

    /** Between the two inventories, at least, from both of which it is absent. */
    public static final Duration GARBAGE_TWICE = Duration.ofSeconds(60);

    /** Attachments that may go in a {@link #GARBAGE_WINDOW} because they are absent. */
    public static final int MOST_GARBAGE = 10;

    public static final Duration GARBAGE_WINDOW = Duration.ofMinutes(1);

    /** Past so many, and past a fifth of what is held, nothing goes without an operator's word. */
    public static final int GARBAGE_FLOOR = 8;

    /** Of what is held, one in so many. */
    public static final int GARBAGE_SHARE = 5;

    /** How long "no free block" is believed; then the next request asks again. */
    public static final Duration UNAVAILABLE = Duration.ofSeconds(5);

    /** A block that is not needed goes back after this. */
    public static final Duration IDLE_BLOCK = Duration.ofMinutes(5);

    /**
     * In a pool in which some node finds nothing, an empty block goes back after this, spread up to
     * twice as long.
     */
    public static final Duration PRESSED_BLOCK = Duration.ofSeconds(4);

    /** How long a pool's use keeps addresses ready in it, and how far back demand is looked at. */
    public static final Duration DEMAND_WINDOW = Duration.ofMinutes(10);

    /** One call to the store. */
    public static final Duration STORE_CALL = Duration.ofSeconds(2);

    /** How long a start waits for the store before it trusts the journal. */
    public static final Duration START_WAIT = Duration.ofMillis(500);

    /**
     * After the loss of the store while the agent runs it claims nothing for so long: another node
     * may notice first that the store which came back is an older one.
     */
    public static final Duration AFTER_LOSS = Duration.ofSeconds(30);

    /** A sign of life is given at least so often. */
    public static final Duration SIGN_OF_LIFE = Duration.ofSeconds(15);

    /** A sign of life lasts so long: two that are lost do no harm. */
    public static final Duration LIFE = SIGN_OF_LIFE.multipliedBy(3);

    /**
     * The wall clock may have moved this far against the boot clock; more means a machine wound
     * back.
     */
    public static final Duration MOST_DRIFT = Duration.ofSeconds(60);

    /**
     * How long an install whose hardware is known by its machine id only waits before it inherits:
     * images share machine ids.
     */
    public static final Duration WEAK_IDENTITY_HOLD = Duration.ofMinutes(10);

    private Timings() {}
}
