package io.croft.adapter.etcd;

import io.croft.core.engine.Timings;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Watches that give hints: one stream for all prefixes, opened again when it ends, however it ends.
 *
 * <p>A hint is given for each change that is heard of, and whenever one may have been missed: after
 * the stream was opened and after it ended. All state belongs to the client's thread.
 */
final class Hints {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(8);

    /** A stream that lived so long was well. */
    private static final Duration WELL = Duration.ofSeconds(10);

    private final Links links;
    private final AuthTokens tokens;
    private final EventLoop thread;
    private final Supplier<Double> chance;
    private final List<HintStream.Watched> all = new ArrayList<>();
    private @Nullable HintStream stream;
    private Duration pause = FIRST_PAUSE;
    private boolean opening;
    private boolean closed;

    /**
     * @param chance in [0, 1), so that many agents do not come back at once
     */
    Hints(Links links, AuthTokens tokens, EventLoop thread, Supplier<Double> chance) {
        this.links = links;
        this.tokens = tokens;
        this.thread = thread;
        this.chance = chance;
    }

    void watch(String prefix, Runnable hint) {
        thread.execute(() -> add(new HintStream.Watched(prefix, hint)));
    }

    private void add(HintStream.Watched watched) {
        all.add(watched);
        if (stream != null) {
            stream.add(watched);
        } else if (!opening) {
            open();
        }
    }

    private void open() {
        if (closed) {
            return;
        }
        opening = true;
        Link link = links.current();
        var deadline = Deadline.after(Timings.STORE_CALL.toMillis(), TimeUnit.MILLISECONDS);
        OnEnd.of(
                tokens.token(link, deadline),
                token -> thread.execute(() -> stream(link, token)),
                failure -> thread.execute(() -> failed(link, Status.fromThrowable(failure))));
    }

    private void stream(Link link, String token) {
        opening = false;
        var opened = new HintStream(link, token);
        stream = opened;
        opened.open(all, status -> thread.execute(() -> ended(opened, status)));
        var _ = thread.schedule(() -> well(opened), WELL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void well(HintStream opened) {
        if (opened == stream) {
            pause = FIRST_PAUSE;
        }
    }

    private void ended(HintStream ended, Status status) {
        if (ended != stream) {
            return;
        }
        stream = null;
        if (Failures.isOldToken(status)) {
            tokens.drop(ended.token());
        }
        if (ended.wasOpen() && !closed) {
            all.forEach(watched -> watched.hint().run());
        }
        failed(ended.link(), status);
    }

    private void failed(Link link, Status status) {
        if (Failures.isLoss(status)) {
            if (link.isConnected()) {
                links.lost(link);
            } else {
                links.passOver(link);
            }
        }
        opening = true;
        long millis = Math.round(pause.toMillis() * (0.5 + chance.get()));
        pause = pause.multipliedBy(2);
        if (pause.compareTo(LONGEST_PAUSE) > 0) {
            pause = LONGEST_PAUSE;
        }
        if (!closed) {
            var _ = thread.schedule(this::open, millis, TimeUnit.MILLISECONDS);
        }
    }

    void close() {
        thread.execute(() -> {
            closed = true;
            if (stream != null) {
                stream.cancel();
            }
        });
    }
}
