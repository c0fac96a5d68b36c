package io.croft.adapter.etcd;

import io.croft.core.engine.Timings;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.unix.Errors;
import io.grpc.netty.shaded.io.netty.handler.ssl.NotSslRecordException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Says what a failed call means, and to people what happened. */
final class Failures {
    /** A lease that is asked for has ended. */
    private static final String NO_LEASE = "requested lease not found";

    /** etcd has users, perhaps, and does not ask for them. */
    static final String WITHOUT_USERS = "authentication is not enabled";

    private static final String SAID = "said";
    private static final String UNTRUSTED = "its certificate is of a CA that is not trusted";
    private static final String ETCD = "etcdserver: ";

    private final Duration most;
    private final Optional<String> user;
    private final Supplier<Optional<String>> trouble;

    Failures(Optional<String> user, Supplier<Optional<String>> trouble) {
        this(Timings.STORE_CALL, user, trouble);
    }

    /**
     * @param most how long a call may take
     * @param user as whom etcd is called; empty: nobody
     * @param trouble with this client's own files that may be the cause
     */
    Failures(Duration most, Optional<String> user, Supplier<Optional<String>> trouble) {
        this.most = most;
        this.user = user;
        this.trouble = trouble;
    }

    /** The call did not come through, or the member has no leader behind it. */
    static boolean isLoss(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED -> true;
            default -> false;
        };
    }

    /** There is no such lease, or no more. */
    static boolean isNoLease(Throwable failure) {
        return failure instanceof RejectedException refused
                && NO_LEASE.equals(refused.rejection().facts().get(SAID));
    }

    /** The request was refused unread, and a new token may mend that. */
    static boolean isOldToken(Status status) {
        String said = said(status);
        return said.contains("invalid auth token")
                || said.contains("revision of auth store is old")
                || said.contains("user name is empty");
    }

    /**
     * What is to be said of a call.
     *
     * @param failures by endpoint, in the order in which they were asked
     * @param sent the request may have reached a member
     * @param changes something if it is carried out
     */
    Rejection of(Map<Link, Status> failures, boolean sent, boolean changes) {
        Map.Entry<Link, Status> last =
                failures.entrySet().stream()
                        .reduce((_, later) -> later)
                        .orElseThrow(() -> new IllegalArgumentException("nothing failed"));
        Status status = last.getValue();
        if (status.getCause() instanceof RejectedException known) {
            return known.rejection();
        }
        String said = said(status);
        return switch (status.getCode()) {
            case PERMISSION_DENIED, UNAUTHENTICATED -> denied(last.getKey(), said);
            case INVALID_ARGUMENT -> refused(last.getKey(), said);
            case RESOURCE_EXHAUSTED -> exhausted(last, failures, sent && changes);
            case NOT_FOUND, FAILED_PRECONDITION, OUT_OF_RANGE ->
                    Reason.STORE_UNAVAILABLE
                            .because("etcd at %s refuses: %s".formatted(last.getKey(), said))
                            .with(SAID, said);
            default -> unanswered(failures, sent, sent && changes);
        };
    }

    Rejection denied(Link link, String said) {
        return Reason.STORE_DENIED
                .because(
                        "etcd at %s refuses %s: %s"
                                .formatted(
                                        link,
                                        user.map("user \"%s\""::formatted)
                                                .orElse("a client without a user"),
                                        said))
                .with("endpoint", link.toString());
    }

    private Rejection refused(Link link, String said) {
        if (said.contains("user name is empty") || said.contains("authentication failed")) {
            return denied(link, said);
        }
        if (said.contains("auth store is old")) {
            return Reason.STORE_UNAVAILABLE.because(
                    "etcd at %s changes its users: %s".formatted(link, said));
        }
        return Reason.INTERNAL.because("etcd at %s refuses a request: %s".formatted(link, said));
    }

    /** etcd says so before it does anything; gRPC says so of an answer that is too large. */
    private Rejection exhausted(
            Map.Entry<Link, Status> last, Map<Link, Status> all, boolean maybeDone) {
        String said = said(last.getValue());
        if (said.contains("database space exceeded")) {
            return Reason.STORE_FULL.because(
                    "etcd at %s takes no writes: %s".formatted(last.getKey(), said));
        }
        return unanswered(all, true, maybeDone && !said.contains("too many requests"));
    }

    private Rejection unanswered(Map<Link, Status> failures, boolean sent, boolean maybeDone) {
        String where =
                failures.entrySet().stream()
                        .map(one -> "%s (%s)".formatted(one.getKey(), cause(one.getValue(), sent)))
                        .collect(Collectors.joining(", "));
        return (maybeDone ? Reason.OUTCOME_UNKNOWN : Reason.STORE_UNAVAILABLE)
                .because(
                        "no answer from etcd at "
                                + where
                                + trouble.get().map("; "::concat).orElse(""));
    }

    /** What etcd itself says, without its prefix. */
    private static String said(Status status) {
        String said = Optional.ofNullable(status.getDescription()).orElse("");
        return said.startsWith(ETCD)
                ? said.substring(ETCD.length())
                : said.isEmpty() ? status.getCode().name().toLowerCase(Locale.ROOT) : said;
    }

    private String cause(Status status, boolean sent) {
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return "none in %d s".formatted(most.toSeconds());
        }
        Throwable root = status.getCause();
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        return switch (root) {
            case null -> isClosed(said(status)) ? closed(sent) : said(status);
            case ConnectException failure -> unconnected(failure, sent);
            case UnknownHostException _ -> "its name cannot be resolved";
            case UnresolvedAddressException _ -> "its name cannot be resolved";
            case ClosedChannelException _ -> closed(sent);
            case Errors.NativeIoException io when isReset(io) -> closed(sent);
            case NotSslRecordException _ -> "it does not speak TLS; is it http://?";
            case CertificateExpiredException _ -> "its certificate has expired";
            case CertPathBuilderException _ -> UNTRUSTED;
            case CertPathValidatorException _ -> UNTRUSTED;
            default -> String.valueOf(root.getMessage());
        };
    }

    /** How gRPC says it, after and before the connection was ready. */
    private static boolean isClosed(String said) {
        return said.startsWith("Network closed") || said.startsWith("Connection closing while");
    }

    /** The other end closed before it had read all, or had closed already. */
    private static boolean isReset(Errors.NativeIoException failure) {
        return failure.expectedErr() == Errors.ERRNO_ECONNRESET_NEGATIVE
                || failure.expectedErr() == Errors.ERRNO_EPIPE_NEGATIVE;
    }

    /** A reset is among them if it arrives before the connection is noticed. */
    private static String unconnected(ConnectException failure, boolean sent) {
        String said = Optional.ofNullable(failure.getMessage()).orElse("no connection");
        return said.contains("reset by peer")
                ? closed(sent)
                : said.contains("refused") ? "connection refused" : said;
    }

    private static String closed(boolean sent) {
        return sent
                ? "connection closed"
                : "connection closed at its beginning; is it http for https, or the reverse?";
    }
}
