package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What etcd refuses before it looks at its keys, and how it reads what it takes. */
final class SimRequests {
    private static final int MOST_BYTES = 3 * 512 * 1024;
    private static final int MOST_WIRE_BYTES = 4 * 512 * 1024;

    /** What is smaller than that in characters cannot be too large. */
    private static final int SURELY_SMALL = 300_000;

    private SimRequests() {}

    /** The order of their bytes in UTF-8, which is that of their code points. */
    static int byBytes(String one, String other) {
        int length = Math.min(one.length(), other.length());
        for (int i = 0; i < length; i++) {
            char left = one.charAt(i);
            char right = other.charAt(i);
            if (left != right) {
                boolean paired = Character.isSurrogate(left);
                return paired == Character.isSurrogate(right)
                        ? Character.compare(left, right)
                        : paired ? 1 : -1;
            }
        }
        return Integer.compare(one.length(), other.length());
    }

    /** What the client itself refuses to send. */
    static void checkSteps(Change change) {
        if (change.then().size() > Etcd.MOST_STEPS
                || change.otherwise().size() > Etcd.MOST_STEPS
                || change.conditions().size() > Etcd.MOST_STEPS) {
            throw new IllegalArgumentException("too many operations in txn request");
        }
    }

    /** As it arrives: what has no form in UTF-8 is replaced. */
    static Change received(Change change) {
        return new Change(
                change.conditions().stream().map(SimRequests::received).toList(),
                change.then().stream().map(SimRequests::received).toList(),
                change.otherwise().stream().map(SimRequests::received).toList());
    }

    private static Condition received(Condition condition) {
        return new Condition(
                wire(condition.key()), condition.to().map(SimRequests::wire), condition.modified());
    }

    private static Step received(Step step) {
        return switch (step) {
            case Step.Put(String key, String value, long lease) ->
                    new Step.Put(wire(key), wire(value), lease);
            case Step.Delete(String key) -> new Step.Delete(wire(key));
            case Step.DeleteRange(String from, String to) ->
                    new Step.DeleteRange(wire(from), wire(to));
            case Step.Get(String key) -> new Step.Get(wire(key));
            case Step.Range(String from, String to, int most, Etcd.Form form) ->
                    new Step.Range(wire(from), wire(to), most, form);
        };
    }

    static String wire(String text) {
        return text.chars().allMatch(each -> each < Character.MIN_SURROGATE)
                ? text
                : TransactionWire.bytes(text).toStringUtf8();
    }

    /** Why it is refused unread; empty: it is not. */
    static Optional<Rejection> refusal(Change change) {
        int bytes = bytes(change);
        if (bytes > MOST_WIRE_BYTES) {
            // The server's gRPC says so, and the client cannot tell it from its own.
            return Optional.of(
                    (change.writes() ? Reason.OUTCOME_UNKNOWN : Reason.STORE_UNAVAILABLE)
                            .because("received message larger than max"));
        }
        if (hasEmptyKey(change)) {
            return Optional.of(Reason.INTERNAL.because("key is not provided"));
        }
        if (hasDuplicates(change.then()) || hasDuplicates(change.otherwise())) {
            return Optional.of(Reason.INTERNAL.because("duplicate key given in txn request"));
        }
        return bytes > MOST_BYTES && change.writes()
                ? Optional.of(Reason.INTERNAL.because("request is too large"))
                : Optional.empty();
    }

    private static int bytes(Change change) {
        int characters = 0;
        for (List<Step> steps : List.of(change.then(), change.otherwise())) {
            for (Step step : steps) {
                characters += step instanceof Step.Put put ? put.value().length() : 0;
            }
        }
        return characters < SURELY_SMALL
                ? characters
                : TransactionWire.request(change).getSerializedSize();
    }

    private static boolean hasEmptyKey(Change change) {
        return change.conditions().stream().anyMatch(each -> each.key().isEmpty())
                || Stream.concat(change.then().stream(), change.otherwise().stream())
                        .anyMatch(step -> key(step).isEmpty());
    }

    /** The first key that it names. */
    static String key(Step step) {
        return switch (step) {
            case Step.Put put -> put.key();
            case Step.Delete delete -> delete.key();
            case Step.DeleteRange range -> range.from();
            case Step.Get get -> get.key();
            case Step.Range range -> range.from();
        };
    }

    /** A key is written once, and not deleted as well; it may be deleted twice. */
    private static boolean hasDuplicates(List<Step> steps) {
        var written = new HashSet<String>();
        for (Step step : steps) {
            if (step instanceof Step.Put put && !written.add(put.key())) {
                return true;
            }
        }
        return steps.stream()
                .anyMatch(step ->
                        switch (step) {
                            case Step.Delete(String key) -> written.contains(key);
                            case Step.DeleteRange(String from, String to) ->
                                    to.isEmpty()
                                            ? written.contains(from)
                                            : written.stream()
                                                    .anyMatch(key -> isWithin(key, from, to));
                            default -> false;
                        });
    }

    /** The end is taken as it stands there, so that a zero byte means a range of nothing. */
    private static boolean isWithin(String key, String from, String to) {
        return byBytes(key, from) >= 0 && byBytes(key, to) < 0;
    }

    /** Whether etcd weighs it against its quota: whatever may put does, and deletions do not. */
    static boolean needsRoom(Change change) {
        return Stream.concat(change.then().stream(), change.otherwise().stream())
                .anyMatch(Step.Put.class::isInstance);
    }
}
