package io.croft.adapter.file;

/** The process ended here: nothing of it goes on, and nobody may catch this but the test. */
public final class Crash extends Error {
    private static final long serialVersionUID = 1;

    Crash(String where) {
        super(where, null, false, false);
    }
}
