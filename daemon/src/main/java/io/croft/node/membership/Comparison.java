package io.croft.node.membership;

import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.Ownership.Quarantined;
import io.croft.core.block.Token;
import io.croft.core.engine.NodeView;
import io.croft.core.ownership.Validate;
import io.croft.core.pool.PoolSet;
import io.croft.core.time.Moment;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.BlockStore;
import io.croft.node.port.PoolStore;
import io.croft.node.port.Registrant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The journal's blocks against the store's, after a registration.
 *
 * <p>Tokens only rise. A block that the store showed as this node's in this very generation, and
 * which it now shows under a lower token or not at all, proves that the store was put back from a
 * copy. In another generation that was dealt with already, and the store is right.
 */
final class Comparison {
    private final BlockStore blocks;
    private final PoolStore pools;
    private final EngineLoop loop;

    Comparison(BlockStore blocks, PoolStore pools, EngineLoop loop) {
        this.blocks = blocks;
        this.pools = pools;
        this.loop = loop;
    }

    /** Whether it would end what a block was quarantined for: its pods are gone since the last. */
    static boolean isDue(NodeView node, Moment now) {
        return node.blocks().stream()
                .anyMatch(block ->
                        block.ownership() instanceof Quarantined(Token _, Cause cause)
                                && cause == Cause.FOREIGN_TOKEN
                                && block.isSpent(now.boot(), node.cooldown(block.id().pool())));
    }

    /** Completes with the proof, a sentence; or empty, and the blocks are as the store has them. */
    CompletionStage<Optional<String>> begin(NodeView node, Registrant me) {
        Map<BlockId, Token> confirmed = JournalTokens.confirmed(node);
        Map<BlockId, Token> owned = JournalTokens.owned(node);
        return blocks.owned(me.install())
                .thenComposeAsync(
                        theirs -> {
                            boolean sameStore = node.comparedGeneration() == me.generation();
                            return (sameStore
                                            ? proof(missing(confirmed, theirs))
                                            : CompletableFuture.completedFuture(
                                                    Optional.<String>empty()))
                                    .thenComposeAsync(
                                            proof ->
                                                    proof.isPresent()
                                                            ? CompletableFuture.completedFuture(
                                                                    proof)
                                                            : judge(theirs, owned, me),
                                            loop);
                        },
                        loop);
    }

    private static Map<BlockId, Token> missing(
            Map<BlockId, Token> confirmed, Map<BlockId, Token> theirs) {
        var missing = new TreeMap<>(confirmed);
        missing.entrySet().removeAll(theirs.entrySet());
        return missing;
    }

    private CompletionStage<Optional<String>> proof(Map<BlockId, Token> missing) {
        List<BlockId> absent = new ArrayList<>();
        List<String> proofs = new ArrayList<>();
        return Batches.each(
                        List.copyOf(missing.keySet()),
                        id ->
                                blocks.read(id)
                                        .thenAcceptAsync(
                                                now -> {
                                                    if (now.isEmpty()) {
                                                        absent.add(id);
                                                    } else {
                                                        older(id, missing.get(id), now.get())
                                                                .ifPresent(proofs::add);
                                                    }
                                                },
                                                loop),
                        loop)
                .thenComposeAsync(
                        _ ->
                                !proofs.isEmpty() || absent.isEmpty()
                                        ? CompletableFuture.completedFuture(
                                                proofs.stream().findFirst())
                                        : lost(absent),
                        loop);
    }

    private static Optional<String> older(BlockId id, @Nullable Token mine, BlockOwner now) {
        return mine != null && now.token().compareTo(mine) < 0
                ? Optional.of(
                        "block %s has token %d.%d, and was seen under %d.%d"
                                .formatted(
                                        id,
                                        now.token().generation(),
                                        now.token().epoch(),
                                        mine.generation(),
                                        mine.epoch()))
                : Optional.empty();
    }

    /**
     * The records of a pool's blocks end with the pool: only in one that is there they are missed.
     */
    private CompletionStage<Optional<String>> lost(List<BlockId> absent) {
        return pools.read()
                .thenApply(set -> absent.stream().filter(id -> isThere(set, id)).findFirst())
                .thenApply(found ->
                        found.map(id -> "block %s was owned, and has no record".formatted(id)));
    }

    private static boolean isThere(PoolSet set, BlockId id) {
        return set.find(id.pool()).isPresent();
    }

    private CompletionStage<Optional<String>> judge(
            Map<BlockId, Token> theirs, Map<BlockId, Token> owned, Registrant me) {
        var verdict = new Validate(Optional.of(theirs), owned, OptionalLong.of(me.generation()));
        return loop.propose(verdict)
                .thenCompose(judged ->
                        judged > 0
                                ? judge(theirs, owned, me)
                                : CompletableFuture.completedFuture(Optional.empty()));
    }
}
