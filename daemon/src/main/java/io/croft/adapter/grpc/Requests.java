package io.croft.adapter.grpc;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.croft.core.address.Address;
import io.croft.core.engine.Timings;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.grpc.Context;
import io.grpc.Deadline;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How fields that several requests share are read, and until when their callers wait. */
final class Requests {
    private final Clock clock;

    Requests(Clock clock) {
        this.clock = clock;
    }

    /** When the agent stops waiting, whoever asks: for the parts of a list. */
    BootTime atMost() {
        return clock.now().boot().plus(Timings.ADD_WAIT);
    }

    /** When the caller of this thread stops waiting, or the agent does. */
    BootTime deadline() {
        BootTime now = clock.now().boot();
        BootTime most = atMost();
        Deadline given = Context.current().getDeadline();
        if (given == null) {
            return most;
        }
        long left = Math.max(0, given.timeRemaining(TimeUnit.NANOSECONDS));
        return most.min(now.plus(java.time.Duration.ofNanos(left)));
    }

    /** A start stamp; one that is missing, or from another clock, becomes the time of arrival. */
    BootTime began(boolean given, Duration sinceBoot) {
        BootTime arrival = clock.now().boot();
        if (!given) {
            return arrival;
        }
        if (!Durations.isValid(sinceBoot) || Durations.isNegative(sinceBoot)) {
            throw Rejection.invalid(
                            "began_since_boot",
                            "%ds %dns".formatted(sinceBoot.getSeconds(), sinceBoot.getNanos()),
                            "not a time since boot")
                    .asException();
        }
        // Saturates far beyond any machine's life instead of overflowing.
        long seconds = Math.min(sinceBoot.getSeconds(), Integer.MAX_VALUE);
        var stamp = new BootTime(TimeUnit.SECONDS.toNanos(seconds) + sinceBoot.getNanos());
        return stamp.isAfter(arrival.plus(Timings.FUTURE_STAMP)) ? arrival : stamp;
    }

    /** Addresses of which a prefix length, if any, is ignored. */
    static List<Address> addresses(String field, List<String> texts) {
        return texts.stream().map(text -> address(field, text)).toList();
    }

    private static Address address(String field, String text) {
        int slash = text.indexOf('/');
        return Address.parse(field, slash < 0 ? text : text.substring(0, slash));
    }

    /** A text that must be there. */
    static String required(String field, String value) {
        if (value.isEmpty()) {
            throw Rejection.invalid(field, value, "must be given").asException();
        }
        return value;
    }
}
