package io.croft.sim;

/** A promise that was broken, in words. Ends the run. */
final class Failure extends Error {
    private static final long serialVersionUID = 1;

    private final String rule;
    private final String about;

    /**
     * @param rule a short name, the same for all failures of one kind
     * @param about a word that lines of the trace contain which matter
     */
    Failure(String rule, String about, String what) {
        super(rule + ": " + what);
        this.rule = rule;
        this.about = about;
    }

    String rule() {
        return rule;
    }

    String about() {
        return about;
    }
}
