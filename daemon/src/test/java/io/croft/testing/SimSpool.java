package io.croft.testing;

import io.croft.node.port.Spool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A spool in memory. It outlives the agent, as the run directory does. */
public final class SimSpool implements Spool {
    public final List<Entry> entries = new ArrayList<>();
    private boolean silent;

    /** From now on nothing is answered. */
    public void silence() {
        silent = true;
    }

    @Override
    public CompletionStage<List<Entry>> read(int most) {
        return silent
                ? new CompletableFuture<>()
                : CompletableFuture.completedFuture(entries.stream().limit(most).toList());
    }

    @Override
    public CompletionStage<Void> remove(List<Entry> replayed) {
        entries.removeAll(replayed);
        return CompletableFuture.completedFuture(null);
    }
}
