package io.croft.adapter.wire;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RequestInfo;
import com.google.rpc.RetryInfo;
import io.croft.core.rejection.Action;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A rejection as a gRPC status with details, and back.
 *
 * <p>The status's message is the sentence for people. {@link ErrorInfo} carries reason, action,
 * remedy and the facts; {@link RetryInfo} says that a retry makes sense, {@link BadRequest} which
 * field is wrong, {@link RequestInfo} under which id the agent's log has it.
 */
public final class ErrorWire {
    public static final String DOMAIN = "croft";
    private static final String ACTION = "action";
    private static final String REMEDY = "remedy";
    private static final String FIELD = "field";
    private static final Duration RETRY_AFTER = Duration.newBuilder().setSeconds(1).build();

    private static final Map<Reason, Status.Code> CODES = codes();

    private ErrorWire() {}

    private static Map<Reason, Status.Code> codes() {
        var codes = new EnumMap<Reason, Status.Code>(Reason.class);
        for (Reason reason : Reason.values()) {
            codes.put(reason, usualCode(reason.action()));
        }
        codes.put(Reason.POOL_EXHAUSTED, Status.Code.RESOURCE_EXHAUSTED);
        codes.put(Reason.NODE_FULL, Status.Code.RESOURCE_EXHAUSTED);
        codes.put(Reason.MAILBOX_FULL, Status.Code.RESOURCE_EXHAUSTED);
        codes.put(Reason.JOURNAL_FULL, Status.Code.RESOURCE_EXHAUSTED);
        codes.put(Reason.INVALID_FIELD, Status.Code.INVALID_ARGUMENT);
        codes.put(Reason.POOL_UNKNOWN, Status.Code.NOT_FOUND);
        codes.put(Reason.NOT_ALLOCATED, Status.Code.NOT_FOUND);
        codes.put(Reason.NODE_UNKNOWN, Status.Code.NOT_FOUND);
        codes.put(Reason.POOL_DENIED, Status.Code.PERMISSION_DENIED);
        codes.put(Reason.PEER_DENIED, Status.Code.PERMISSION_DENIED);
        codes.put(Reason.ADDRESS_IN_USE, Status.Code.ALREADY_EXISTS);
        codes.put(Reason.POOL_EXISTS, Status.Code.ALREADY_EXISTS);
        codes.put(Reason.JOURNAL_UNUSABLE, Status.Code.DATA_LOSS);
        return codes;
    }

    private static Status.Code usualCode(Action action) {
        return switch (action) {
            case RETRY -> Status.Code.UNAVAILABLE;
            case FIX_REQUEST -> Status.Code.FAILED_PRECONDITION;
            case CALL_OPERATOR -> Status.Code.INTERNAL;
            case OUTCOME_UNKNOWN -> Status.Code.UNKNOWN;
        };
    }

    public static Status.Code code(Reason reason) {
        return CODES.getOrDefault(reason, Status.Code.INTERNAL);
    }

    /**
     * The rejection as what a call ends with.
     *
     * @param requestId of the call that is refused
     */
    public static StatusRuntimeException write(Rejection why, String requestId) {
        var status =
                com.google.rpc.Status.newBuilder()
                        .setCode(code(why.reason()).value())
                        .setMessage(why.sentence())
                        .addDetails(Any.pack(info(why)))
                        .addDetails(
                                Any.pack(RequestInfo.newBuilder().setRequestId(requestId).build()));
        if (why.reason().action() == Action.RETRY) {
            status.addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(RETRY_AFTER).build()));
        }
        String field = why.facts().get(FIELD);
        if (field != null) {
            status.addDetails(Any.pack(badRequest(field, why.message())));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private static ErrorInfo info(Rejection why) {
        return ErrorInfo.newBuilder()
                .setReason(why.reason().name())
                .setDomain(DOMAIN)
                .putAllMetadata(why.facts())
                .putMetadata(ACTION, why.reason().action().name())
                .putMetadata(REMEDY, why.remedy())
                .build();
    }

    private static BadRequest badRequest(String field, String message) {
        return BadRequest.newBuilder()
                .addFieldViolations(
                        BadRequest.FieldViolation.newBuilder()
                                .setField(field)
                                .setDescription(message))
                .build();
    }

    /**
     * The rejection that a status carries. Empty: the status is not from Croft's own code, or has a
     * reason that this version does not know.
     */
    public static Optional<Rejection> read(Throwable failure) {
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        return status == null
                ? Optional.empty()
                : detail(status, ErrorInfo.class)
                        .filter(info -> info.getDomain().equals(DOMAIN))
                        .flatMap(info -> read(info, status.getMessage()));
    }

    private static Optional<Rejection> read(ErrorInfo info, String sentence) {
        var facts = new TreeMap<>(info.getMetadataMap());
        facts.remove(ACTION);
        String remedy = facts.getOrDefault(REMEDY, "");
        facts.remove(REMEDY);
        String message =
                sentence.endsWith("; " + remedy)
                        ? sentence.substring(0, sentence.length() - remedy.length() - 2)
                        : sentence;
        for (Reason reason : Reason.values()) {
            if (reason.name().equals(info.getReason())) {
                return Optional.of(new Rejection(reason, message, remedy, facts));
            }
        }
        return Optional.empty();
    }

    /** The id under which the agent's log has the refused call, if the status says. */
    public static Optional<String> requestId(Throwable failure) {
        com.google.rpc.Status status = StatusProto.fromThrowable(failure);
        return status == null
                ? Optional.empty()
                : detail(status, RequestInfo.class).map(RequestInfo::getRequestId);
    }

    private static <M extends com.google.protobuf.Message> Optional<M> detail(
            com.google.rpc.Status status, Class<M> type) {
        for (Any any : status.getDetailsList()) {
            if (any.is(type)) {
                try {
                    return Optional.of(any.unpack(type));
                } catch (InvalidProtocolBufferException damaged) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }
}
