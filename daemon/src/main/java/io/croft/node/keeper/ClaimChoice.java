package io.croft.node.keeper;

import io.croft.core.address.Cidr;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.node.port.BlockOwner;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Which block to claim next, and what to expect of it. Candidates are the first {@code span} blocks
 * of a pool, from a place on that depends on node and pool, so that nodes seldom meet. What earlier
 * claims were told is remembered: an owned block is passed over, a returned one is claimed by its
 * tombstone.
 */
final class ClaimChoice {
    /** Blocks looked at for one choice. */
    private static final int MOST_LOOKED_AT = 4096;

    private static final int MOST_REMEMBERED = 4096;

    private final Supplier<UUID> nonces;
    private final Map<BlockId, BlockOwner> seen = new LinkedHashMap<>();
    private final Map<PoolId, Long> starts = new HashMap<>();

    ClaimChoice(Supplier<UUID> nonces) {
        this.nonces = nonces;
    }

    /** What the store answered about a block; empty: it has no record of it. */
    void learn(BlockId block, Optional<BlockOwner> now) {
        seen.remove(block);
        now.ifPresent(owner -> seen.put(block, owner));
        if (seen.size() > MOST_REMEMBERED) {
            seen.remove(seen.keySet().iterator().next());
        }
    }

    /** A block that is not known to be somebody's; empty: every block in the span is. */
    Optional<ClaimIntent> any(NodeView node, Pool pool, long span, Set<BlockId> busy) {
        long start = starts.computeIfAbsent(pool.id(), _ -> start(node, pool)) % Math.max(1, span);
        for (long i = 0; i < Math.min(span, MOST_LOOKED_AT); i++) {
            Cidr cidr = pool.block((start + i) % span);
            var id = new BlockId(pool.id(), cidr);
            boolean owned = seen.containsKey(id) && seen.get(id).install().isPresent();
            if (!owned && !busy.contains(id) && node.block(id).isEmpty() && pool.canUse(cidr)) {
                return Optional.of(intent(id));
            }
        }
        return Optional.empty();
    }

    /** A claim of that very block, as the store was last seen to show it. */
    ClaimIntent intent(BlockId id) {
        Optional<Token> tombstone =
                Optional.ofNullable(seen.get(id))
                        .filter(o -> o.install().isEmpty())
                        .map(BlockOwner::token);
        long generation = tombstone.map(Token::generation).orElse(1L);
        long epoch = tombstone.map(Token::epoch).orElse(0L) + 1;
        return new ClaimIntent(
                id, Optional.empty(), tombstone, new Token(generation, epoch, nonces.get()));
    }

    /** Whether another install was last seen to own the block. */
    boolean isOwnedElsewhere(BlockId id) {
        return Optional.ofNullable(seen.get(id)).flatMap(BlockOwner::install).isPresent();
    }

    /** Owners change: what was seen of a pool's blocks is asked anew. */
    void forgetOwners(Pool pool) {
        seen.entrySet()
                .removeIf(e ->
                        e.getKey().pool().equals(pool.id()) && e.getValue().install().isPresent());
    }

    private static long start(NodeView node, Pool pool) {
        long hash = node.profile().name().hashCode() * 31L + pool.id().hashCode();
        // Spreads neighbouring hashes over all bits (the finaliser of MurmurHash3).
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        return (hash ^ (hash >>> 33)) >>> 1;
    }
}
