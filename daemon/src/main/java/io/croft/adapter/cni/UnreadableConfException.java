package io.croft.adapter.cni;

/** A network configuration that no runtime could read either; why, for people. */
final class UnreadableConfException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableConfException(String why) {
        super(why);
    }

    String why() {
        return String.valueOf(getMessage());
    }
}
