package io.croft.node.reconcile;

import io.croft.core.engine.NodeView;
import io.croft.core.serving.Release;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.Spool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Delivers the DELs that the shim could not, oldest first, with the stamps of their own start: at
 * the agent's start before the first ADD, unless that takes too long (design.md, section 9), and
 * again every 10 s. An entry is forgotten after its release is committed; entries of another boot
 * are dropped.
 */
public final class SpoolReplay implements Duty {
    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int PAGE = 256;

    private final Spool spool;
    private final EngineLoop loop;
    private final UUID bootId;
    private boolean busy;
    private boolean drained;
    private int pages;
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

    /** How many full pages were carried out: a start that waits sees that it goes on. */
    public int pages() {
        return pages;
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
        List<Spool.Entry> carriedOut = new ArrayList<>();
        List<CompletableFuture<?>> releases = new ArrayList<>();
        for (Spool.Entry entry : entries) {
            if (entry.bootId().equals(bootId)) {
                var release = new Release(entry.attachment(), entry.began(), entry.undo());
                releases.add(
                        loop.propose(release)
                                .thenAccept(_ -> carriedOut.add(entry))
                                .exceptionally(refused -> null)
                                .toCompletableFuture());
            } else {
                carriedOut.add(entry);
            }
        }
        var _ =
                CompletableFuture.allOf(releases.toArray(CompletableFuture<?>[]::new))
                        .thenCompose(_ -> spool.remove(carriedOut))
                        .whenCompleteAsync(
                                (_, failure) ->
                                        replayed(
                                                failure == null
                                                        && entries.size() == PAGE
                                                        && !carriedOut.isEmpty()),
                                loop);
    }

    /** What was refused or could not be removed is tried again a period later. */
    private void replayed(boolean more) {
        busy = false;
        if (more) {
            pages++;
            due = BootTime.ZERO;
        } else {
            drained = true;
        }
    }
}
