package io.croft.sim;

/**
 * How often a rule that is switched off would have decided otherwise in a run. One that never would
 * have is not tested by it, whatever it ended in.
 */
final class Effects {
    private long count;

    void add() {
        count++;
    }

    /** The wrong one, counted where the right one is another. */
    <T> T instead(T right, T wrong) {
        if (!right.equals(wrong)) {
            count++;
        }
        return wrong;
    }

    long count() {
        return count;
    }
}
