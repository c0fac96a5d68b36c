package io.croft.core.engine;

import io.croft.core.rejection.Rejection;
import java.util.List;
import java.util.Set;

/** What a command decided. */
public sealed interface Decision<R> {
    /**
     * Yes: the events are journalled and applied together, then the reply is given. No events: a
     * read.
     */
    record Accepted<R>(List<Event> events, R reply) implements Decision<R> {
        public Accepted {
            events = List.copyOf(events);
        }
    }

    record Refused<R>(Rejection why) implements Decision<R> {}

    /**
     * Not yet: nothing is held meanwhile. Ask again when something changed; when time is up, refuse
     * with {@code otherwise}.
     */
    record Waiting<R>(Set<Need> needs, Rejection otherwise) implements Decision<R> {
        public Waiting {
            needs = Set.copyOf(needs);
        }
    }

    static <R> Decision<R> answer(R reply) {
        return new Accepted<>(List.of(), reply);
    }

    static <R> Decision<R> accept(R reply, Event... events) {
        return new Accepted<>(List.of(events), reply);
    }

    static <R> Decision<R> refuse(Rejection why) {
        return new Refused<>(why);
    }
}
