package io.croft.core.time;

/** The machine's two clocks. Any thread. */
public interface Clock {
    Moment now();
}
