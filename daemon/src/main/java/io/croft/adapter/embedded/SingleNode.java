package io.croft.adapter.embedded;

import io.croft.core.pool.PoolId;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.AssertedBlocks;
import io.croft.node.port.ClusterDirectory;
import io.croft.node.port.Install;
import io.croft.node.port.Mirror;
import io.croft.node.port.Pressure;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreSession;
import io.croft.node.port.StoreState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a store of one node says of everything that takes several: it is never restored behind a
 * running agent's back, nobody else presses, and there is nobody to reclaim. The node's copy for
 * look-ups stays in memory.
 */
public final class SingleNode implements StoreSession, Pressure, Mirror, ClusterDirectory {
    private final EmbeddedStore store;
    private final Map<UUID, Copy> copies = new ConcurrentHashMap<>();

    public SingleNode(EmbeddedStore store) {
        this.store = store;
    }

    @Override
    public CompletionStage<StoreState> check() {
        return CompletableFuture.completedFuture(StoreState.serving(store.generation()));
    }

    /** The state directory's lock and counters guard it instead. */
    @Override
    public CompletionStage<StoreState> freeze(String proof) {
        return check();
    }

    @Override
    public CompletionStage<Void> asserted(Registrant by, StoreState in, AssertedBlocks word) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onLost(Runnable lost) {}

    @Override
    public CompletionStage<Void> raise(PoolId pool) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Set<PoolId>> pressed() {
        return CompletableFuture.completedFuture(Set.of());
    }

    @Override
    public CompletionStage<Void> write(Registrant by, Copy copy) {
        copies.put(by.install(), copy);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Optional<Copy>> copyOf(UUID install) {
        return CompletableFuture.completedFuture(Optional.ofNullable(copies.get(install)));
    }

    @Override
    public CompletionStage<List<Member>> members(UUID after, int most) {
        return store.installs()
                .thenApply(all ->
                        all.entrySet().stream()
                                .filter(each ->
                                        each.getKey().id().toString().compareTo(after.toString())
                                                > 0)
                                .limit(most)
                                .map(this::member)
                                .toList());
    }

    @Override
    public CompletionStage<List<Member>> membersOf(String node) {
        return store.installs()
                .thenApply(all ->
                        all.entrySet().stream()
                                .filter(each -> each.getKey().node().equals(node))
                                .map(this::member)
                                .toList());
    }

    /** Who registered in this process holds the lock, and the node's name leads to it. */
    private Member member(Map.Entry<Install, Long> install) {
        boolean runs = store.isRunning(install.getKey().id());
        return new Member(install.getKey(), runs, runs, install.getValue());
    }

    @Override
    public CompletionStage<Long> reclaim(String node, PoweredOff word) {
        return CompletableFuture.failedFuture(
                Reason.NODE_UNKNOWN
                        .because("the embedded store has no other node")
                        .remedy("use a cluster's store: docs/configuration.md")
                        .asException());
    }

    @Override
    public Optional<Rejection> cannotLeave() {
        return Optional.of(
                Reason.NODE_UNKNOWN
                        .because("the embedded store is of this node alone, which cannot leave it")
                        .remedy(
                                "to end it, drain the node, stop its agent and remove its state"
                                        + " directory"));
    }

    @Override
    public CompletionStage<Void> leave(Registrant by) {
        return CompletableFuture.failedFuture(cannotLeave().orElseThrow().asException());
    }
}
