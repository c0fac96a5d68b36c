package io.croft.adapter.grpc;

import io.croft.adapter.wire.AllocationWire;
import io.croft.proto.v1.WatchEventsResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One reader of decisions as they are made. Reads the source's bounded queue as fast as its
 * connection takes them; what does not fit there is lost and counted, never kept.
 */
final class WatchCalls {
    private final ServerCallStreamObserver<WatchEventsResponse> reader;
    private final AtomicInteger wanted = new AtomicInteger();
    private final AtomicReference<EventSource.@Nullable Watch> watch = new AtomicReference<>();

    private WatchCalls(ServerCallStreamObserver<WatchEventsResponse> reader) {
        this.reader = reader;
    }

    static void answer(EventSource source, StreamObserver<WatchEventsResponse> to) {
        var reader = (ServerCallStreamObserver<WatchEventsResponse>) to;
        var calls = new WatchCalls(reader);
        reader.setOnReadyHandler(calls::run);
        EventSource.Watch watch = source.watch(calls::run);
        reader.setOnCancelHandler(watch::close);
        calls.watch.set(watch);
        calls.run();
    }

    /** Any thread: one at a time works, the others leave it to that one. */
    private void run() {
        if (wanted.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            send();
            seen = wanted.addAndGet(-seen);
        } while (seen != 0);
    }

    private void send() {
        EventSource.Watch from = watch.get();
        while (from != null && reader.isReady() && !reader.isCancelled()) {
            Optional<EventSource.Seen> next = from.poll();
            if (next.isEmpty()) {
                return;
            }
            reader.onNext(write(next.get()));
        }
    }

    private static WatchEventsResponse write(EventSource.Seen seen) {
        return WatchEventsResponse.newBuilder()
                .setTime(AllocationWire.write(seen.at()))
                .setEvent(seen.event())
                .putAllFacts(seen.facts())
                .setLost(seen.lost())
                .build();
    }
}
