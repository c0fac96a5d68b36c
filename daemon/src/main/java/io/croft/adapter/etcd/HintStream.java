package io.croft.adapter.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.WatchCreateRequest;
import io.etcd.jetcd.api.WatchGrpc;
import io.etcd.jetcd.api.WatchRequest;
import io.etcd.jetcd.api.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One stream of watches, from its beginning to its end. Used on the client's thread only. */
final class HintStream {
    private static final ByteString ALL_BEHIND = ByteString.copyFrom(new byte[1]);

    /** What is watched, and whom to tell. */
    record Watched(String prefix, Runnable hint) {}

    private final Link link;
    private final String token;

    /** Asked for and not answered; etcd answers in their order. */
    private final Deque<Watched> asked = new ArrayDeque<>();

    private final Map<Long, Watched> byId = new HashMap<>();
    private @Nullable ClientCall<WatchRequest, WatchResponse> call;
    private @Nullable StreamObserver<WatchRequest> requests;

    HintStream(Link link, String token) {
        this.link = link;
        this.token = token;
    }

    Link link() {
        return link;
    }

    String token() {
        return token;
    }

    /** Something was watched, so that a change may have been missed when it ends. */
    boolean wasOpen() {
        return !byId.isEmpty();
    }

    /**
     * @param ended told once, how
     */
    void open(List<Watched> all, Consumer<Status> ended) {
        call =
                UnaryCall.channel(link, token, true)
                        .newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT);
        requests = ClientCalls.asyncBidiStreamingCall(call, new Answers(ended));
        all.forEach(this::add);
    }

    void add(Watched watched) {
        if (requests != null) {
            ByteString key = TransactionWire.bytes(watched.prefix());
            asked.add(watched);
            requests.onNext(
                    WatchRequest.newBuilder()
                            .setCreateRequest(
                                    WatchCreateRequest.newBuilder()
                                            .setKey(key)
                                            .setRangeEnd(behind(key)))
                            .build());
        }
    }

    /** The first key that does not begin with those bytes. */
    private static ByteString behind(ByteString prefix) {
        for (int last = prefix.size() - 1; last >= 0; last--) {
            if (prefix.byteAt(last) != -1) {
                byte next = (byte) (prefix.byteAt(last) + 1);
                return prefix.substring(0, last).concat(ByteString.copyFrom(new byte[] {next}));
            }
        }
        return ALL_BEHIND;
    }

    void cancel() {
        if (call != null) {
            call.cancel("no longer needed", null);
        }
    }

    private void heard(WatchResponse response) {
        if (response.getCanceled()) {
            // All of them anew: why one was ended is seldom true of one only.
            if (call != null) {
                call.cancel(response.getCancelReason(), null);
            }
            return;
        }
        if (response.getCreated() && !asked.isEmpty()) {
            byId.put(response.getWatchId(), asked.remove());
        }
        Watched watched = byId.get(response.getWatchId());
        if (watched != null) {
            watched.hint().run();
        }
    }

    private final class Answers implements StreamObserver<WatchResponse> {
        private final Consumer<Status> ended;

        Answers(Consumer<Status> ended) {
            this.ended = ended;
        }

        @Override
        public void onNext(WatchResponse response) {
            heard(response);
        }

        @Override
        public void onError(Throwable why) {
            ended.accept(Status.fromThrowable(why));
        }

        @Override
        public void onCompleted() {
            ended.accept(Status.OK);
        }
    }
}
