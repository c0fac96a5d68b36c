package io.croft.adapter.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One list as a stream of pages. The next slice is asked for only when the reader took the last
 * one, so a list of any length needs the memory of one slice.
 *
 * @param <C> cursor: the last thing that a slice holds
 * @param <A> page
 */
final class PageStream<C, A> {
    /**
     * A part of the list.
     *
     * @param next where the next slice begins; empty: this is the last
     */
    record Slice<C, A>(List<A> pages, Optional<C> next) {}

    /** The list, from behind a cursor. */
    interface Source<C, A> {
        CompletionStage<Slice<C, A>> after(Optional<C> cursor);
    }

    private record Arrival<C, A>(@Nullable Slice<C, A> slice, @Nullable Throwable failure) {}

    private final ServerCallStreamObserver<A> reader;
    private final Caller caller;
    private final Source<C, A> source;
    private final Queue<A> pages = new ArrayDeque<>();
    private final AtomicInteger wanted = new AtomicInteger();
    private final AtomicReference<@Nullable Arrival<C, A>> arrived = new AtomicReference<>();
    private Optional<C> cursor = Optional.empty();
    private boolean asking;
    private boolean last;
    private boolean ended;

    private PageStream(ServerCallStreamObserver<A> reader, Caller caller, Source<C, A> source) {
        this.reader = reader;
        this.caller = caller;
        this.source = source;
    }

    /** Streams the list to the caller of this thread. */
    static <C, A> void answer(StreamObserver<A> to, Source<C, A> source) {
        var reader = (ServerCallStreamObserver<A>) to;
        var stream = new PageStream<>(reader, Caller.current(), source);
        reader.setOnCancelHandler(() -> {});
        reader.setOnReadyHandler(stream::run);
    }

    /** Any thread: one at a time works, the others leave it to that one. */
    private void run() {
        if (wanted.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            step();
            seen = wanted.addAndGet(-seen);
        } while (seen != 0);
    }

    private void step() {
        Arrival<C, A> arrival = arrived.getAndSet(null);
        if (arrival != null) {
            take(arrival);
        }
        while (!pages.isEmpty() && reader.isReady()) {
            reader.onNext(pages.remove());
        }
        if (!pages.isEmpty() || asking || ended || reader.isCancelled()) {
            return;
        }
        if (last) {
            ended = true;
            reader.onCompleted();
        } else {
            asking = true;
            source.after(cursor)
                    .whenComplete((slice, failure) -> {
                        arrived.set(new Arrival<>(slice, failure));
                        run();
                    });
        }
    }

    private void take(Arrival<C, A> arrival) {
        asking = false;
        Slice<C, A> slice = arrival.slice();
        if (slice == null) {
            ended = true;
            Throwable failure = arrival.failure();
            caller.fail(reader, failure == null ? new IllegalStateException("no page") : failure);
            return;
        }
        pages.addAll(slice.pages());
        cursor = slice.next();
        last = cursor.isEmpty();
    }
}
