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
    private final Map<PoolId, Round> rounds = new HashMap<>();

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

    /**
     * One step of a search.
     *
     * @param exhausted a whole round through the span found nothing; else the next step goes on
     */
    record Found(Optional<ClaimIntent> intent, boolean exhausted) {}

    /** Looks for a block that is not known to be somebody's, from where the last search ended. */
    Found any(NodeView node, Pool pool, long span, Set<BlockId> busy) {
        Round round = rounds.computeIfAbsent(pool.id(), _ -> new Round());
        round.over(span, start(node, pool));
        for (int looked = 0; looked < MOST_LOOKED_AT && round.left > 0; looked++) {
            long step = Math.min(pool.nextUnreserved(round.next), span) - round.next;
            if (step > 0) {
                round.pass(step);
                continue;
            }
            Cidr cidr = pool.block(round.next);
            var id = new BlockId(pool.id(), cidr);
            if (!isOwnedElsewhere(id)
                    && !busy.contains(id)
                    && node.block(id).isEmpty()
                    && pool.canUse(cidr)) {
                round.left = span;
                return new Found(Optional.of(intent(id)), false);
            }
            round.pass(1);
        }
        boolean exhausted = round.left <= 0;
        round.left = exhausted ? span : round.left;
        return new Found(Optional.empty(), exhausted);
    }

    /** Where the search of one pool stands, in indices of its blocks. */
    private static final class Round {
        private long span;
        private long next;
        private long left;

        /** Begins anew when the span is another. */
        void over(long wanted, long start) {
            if (span != wanted) {
                span = wanted;
                next = start % wanted;
                left = wanted;
            }
        }

        void pass(long blocks) {
            next = next + blocks < span ? next + blocks : 0;
            left -= blocks;
        }
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
