package io.croft.sim;

/** A process as the world around it sees it. */
interface Life {
    /**
     * Runs what reaches the process, and lets its loop look. Nothing reaches one that is over; what
     * its own machine does waits while the machine stands still.
     */
    void enter(Runnable action);

    /** Whether packets of others reach it now. */
    boolean hears();
}
