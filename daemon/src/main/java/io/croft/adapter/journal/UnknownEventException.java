package io.croft.adapter.journal;

import io.croft.proto.journal.v1.Event;

/** A record says something that this version has no word for: a later one wrote it. */
final class UnknownEventException extends Exception {
    private static final long serialVersionUID = 1;

    UnknownEventException(String what) {
        super(what);
    }

    static UnknownEventException of(Event event) {
        var numbers = event.getUnknownFields().asMap().keySet();
        return new UnknownEventException(numbers.isEmpty() ? "no event" : "event " + numbers);
    }
}
