package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Member;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether all endpoints lead to one etcd. A client stays with the endpoint that it chose, so two
 * agents with the same list could serve from two stores and never learn of it.
 *
 * <p>Asked beside the first check, which does not wait for it; while the endpoints differ, each
 * check asks again and is refused. An endpoint that does not answer is compared when the client
 * goes over to it, as every answer is. Any thread.
 */
final class OneCluster {
    private final Etcd etcd;
    private final Runnable contradicted;
    private boolean asked;
    private Optional<Rejection> why = Optional.empty();

    /**
     * @param contradicted run when endpoints are found to differ
     */
    OneCluster(Etcd etcd, Runnable contradicted) {
        this.etcd = etcd;
        this.contradicted = contradicted;
    }

    /** Refuses with STORE_UNUSABLE members of several clusters. */
    static List<Member> require(List<Member> members) {
        why(members)
                .ifPresent(why -> {
                    throw why.asException();
                });
        return members;
    }

    private static Optional<Rejection> why(List<Member> members) {
        var endpoints = new TreeMap<Long, String>(Long::compareUnsigned);
        members.forEach(each ->
                endpoints.merge(
                        each.header().cluster(),
                        each.endpoint(),
                        (one, other) -> one + " and " + other));
        if (endpoints.size() < 2) {
            return Optional.empty();
        }
        String all =
                endpoints.entrySet().stream()
                        .map(each -> "%s of cluster %x".formatted(each.getValue(), each.getKey()))
                        .collect(Collectors.joining(", "));
        return Optional.of(
                Reason.STORE_UNUSABLE
                        .because("the endpoints lead to several etcds: " + all)
                        .remedy("name the members of one etcd only in --store"));
    }

    /** Completes at once, or refuses while the endpoints differ. */
    CompletionStage<Boolean> check() {
        boolean first;
        synchronized (this) {
            if (asked && why.isEmpty()) {
                return Retries.done(true);
            }
            first = !asked;
            asked = true;
        }
        CompletionStage<List<Member>> members = etcd.members().whenComplete(this::found);
        return first
                ? Retries.done(true)
                : members.thenApply(OneCluster::require).thenApply(_ -> true);
    }

    private void found(@Nullable List<Member> members, @Nullable Throwable failure) {
        boolean differ;
        synchronized (this) {
            asked = members != null || why.isPresent();
            differ = members != null && why.isEmpty() && why(members).isPresent();
            why = members == null ? why : why(members);
        }
        if (differ) {
            contradicted.run();
        }
    }
}
