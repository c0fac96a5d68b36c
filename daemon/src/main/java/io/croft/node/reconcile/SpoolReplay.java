package io.croft.node.reconcile;

import io.croft.core.engine.NodeView;
import io.croft.core.serving.Release;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.Spool;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the DELs that the shim could not, oldest first, with the stamps of their own start: at
 * the agent's start before the first ADD, and again every 10 s. An entry is forgotten after its
 * release is committed; entries of another boot are dropped.
 */
public final class SpoolReplay implements Duty {
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int PAGE = 256;

    private final Spool spool;
    private final EngineLoop loop;
    private final UUID bootId;
    private boolean busy;
    private boolean drained;
    private BootTime due = BootTime.ZERO;

    public SpoolReplay(Spool spool, EngineLoop loop, UUID bootId) {
        this.spool = spool;
        this.loop = loop;
        this.bootId = bootId;
    }

    /** Whether the spool was found empty, or could not be read, since the start. */
    public boolean hasDrained() {
        return drained;
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        if (!busy && !now.boot().isBefore(due)) {
            busy = true;
            due = now.boot().plus(PERIOD);
            spool.read(PAGE).whenCompleteAsync((entries, _) -> replay(entries), loop);
        }
        return busy ? BootTime.NEVER : due;
    }

    private void replay(@Nullable List<Spool.Entry> entries) {
        if (entries == null || entries.isEmpty()) {
            busy = false;
            drained = true;
            return;
        }
        CompletableFuture<?>[] releases =
                entries.stream()
                        .filter(entry -> entry.bootId().equals(bootId))
                        .map(entry -> new Release(entry.attachment(), entry.began(), entry.undo()))
                        .map(release -> loop.propose(release).toCompletableFuture())
                        .toArray(CompletableFuture<?>[]::new);
        var _ =
                CompletableFuture.allOf(releases)
                        .thenCompose(_ -> spool.remove(entries))
                        .whenCompleteAsync((_, failure) -> replayed(entries.size(), failure), loop);
    }

    private void replayed(int count, @Nullable Throwable failure) {
        busy = false;
        if (failure == null && count == PAGE) {
            due = BootTime.ZERO;
        } else {
            drained = true;
        }
    }
}
