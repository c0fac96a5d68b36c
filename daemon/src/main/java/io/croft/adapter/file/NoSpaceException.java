package io.croft.adapter.file;

import java.io.IOException;

/** The disk, or what this user may have of it, is full. Nothing else is wrong. */
public final class NoSpaceException extends IOException {
    private static final long serialVersionUID = 1;

    public NoSpaceException(String what) {
        super(what);
    }
}
