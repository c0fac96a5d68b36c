package io.croft.adapter.etcd;

import io.croft.adapter.etcd.SimServer.History;
import io.croft.core.block.BlockId;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.BlockOwner;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** One client of a simulated cluster: compares the records of blocks before and after a change. */
final class SimClient extends PassedOn {
    private final String name;
    private final Etcd etcd;
    private final UnaryOperator<Change> forged;
    private final Function<String, Map<String, BlockOwner>> owners;
    private final String blocks;
    private final History history;

    /**
     * @param owners of the blocks whose keys begin so
     * @param blocks how the keys of all blocks begin
     */
    SimClient(
            String name,
            Etcd etcd,
            UnaryOperator<Change> forged,
            Function<String, Map<String, BlockOwner>> owners,
            String blocks,
            History history) {
        super(etcd);
        this.name = name;
        this.etcd = etcd;
        this.forged = forged;
        this.owners = owners;
        this.blocks = blocks;
        this.history = history;
    }

    @Override
    public CompletionStage<Answer> commit(Change change) {
        Change made = forged.apply(change);
        Map<String, BlockOwner> before = named(made);
        CompletionStage<Answer> answer = etcd.commit(made);
        mustBeWellFormed(made, answer.toCompletableFuture());
        tell(before, named(made));
        return answer;
    }

    /** A request that etcd calls invalid is a defect of the program. */
    private static void mustBeWellFormed(Change change, CompletableFuture<Answer> answer) {
        if (answer.isCompletedExceptionally()
                && answer.exceptionNow() instanceof RejectedException refused
                && refused.rejection().reason() == Reason.INTERNAL) {
            throw new AssertionError(refused.rejection().message() + ": " + change);
        }
    }

    private void tell(Map<String, BlockOwner> before, Map<String, BlockOwner> after) {
        if (before.equals(after)) {
            return;
        }
        var keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (String key : keys) {
            Optional<BlockOwner> old = Optional.ofNullable(before.get(key));
            Optional<BlockOwner> now = Optional.ofNullable(after.get(key));
            if (!old.equals(now)) {
                BlockId block = Keys.blockOf(key).orElseThrow();
                history.changed(name, block, old, now);
            }
        }
    }

    private Map<String, BlockOwner> named(Change change) {
        var all = new TreeMap<String, BlockOwner>();
        for (List<Step> steps : List.of(change.then(), change.otherwise())) {
            for (Step step : steps) {
                String key = SimRequests.key(step);
                boolean reads = step instanceof Step.Get || step instanceof Step.Range;
                if (!reads && key.startsWith(blocks)) {
                    all.putAll(owners.apply(key));
                }
            }
        }
        return all;
    }

    @Override
    public void close() {}
}
