package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Member;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.CallOptions;
import io.grpc.Deadline;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks endpoints, all at once, what their members say of themselves. */
final class MemberStatus {
    private final Duration most;
    private final Links links;
    private final AuthTokens tokens;
    private final Failures words;

    MemberStatus(Duration most, Links links, AuthTokens tokens, Failures words) {
        this.most = most;
        this.links = links;
        this.tokens = tokens;
        this.words = words;
    }

    /** Of those that answer within the time of one call; fails when none does. */
    CompletableFuture<List<Member>> of(List<Link> those) {
        var deadline = Deadline.after(most.toMillis(), TimeUnit.MILLISECONDS);
        Map<Link, CompletableFuture<Member>> asked = new LinkedHashMap<>();
        those.forEach(link -> asked.put(link, of(link, deadline)));
        return CompletableFuture.allOf(asked.values().toArray(CompletableFuture<?>[]::new))
                .handle((_, _) -> answers(asked));
    }

    private CompletableFuture<Member> of(Link link, Deadline deadline) {
        return tokens.token(link, deadline)
                .thenCompose(token ->
                        UnaryCall.once(
                                link,
                                MaintenanceGrpc.getStatusMethod(),
                                StatusRequest.getDefaultInstance(),
                                token,
                                CallOptions.DEFAULT.withDeadline(deadline)))
                .thenApply(status -> member(link, status));
    }

    private static Member member(Link link, StatusResponse status) {
        return new Member(
                link.toString(),
                TransactionWire.header(status.getHeader()),
                status.getRaftIndex(),
                status.getVersion(),
                status.getDbSize(),
                status.getLeader());
    }

    private List<Member> answers(Map<Link, CompletableFuture<Member>> asked) {
        var members = new ArrayList<Member>();
        var failures = new LinkedHashMap<Link, Status>();
        asked.forEach((link, answer) -> {
            if (answer.isCompletedExceptionally()) {
                failures.put(link, Status.fromThrowable(answer.exceptionNow()));
            } else {
                members.add(answer.resultNow());
            }
        });
        failures.forEach((link, status) -> lost(link, status));
        if (members.isEmpty()) {
            throw words.of(failures, false, false).asException();
        }
        return members;
    }

    private void lost(Link link, Status status) {
        if (Failures.isLoss(status) && link.isConnected()) {
            links.lost(link);
        }
    }
}
