package io.croft.node.keeper;

import io.croft.core.address.Cidr;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.time.BootTime;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.BlockPage;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Which block to claim next, and what to expect of it. In a pool that is mostly free the first
 * guess hits: any block of the span, at random, so that nodes seldom meet. Once a guess hit
 * another's block, a page of records is looked at first, from a random place on, and its free
 * blocks are claimed at random.
 */
final class ClaimChoice {
    private static final int MOST_REMEMBERED = 4096;

    private final Supplier<UUID> nonces;
    private final Supplier<Double> spread;
    private final Map<BlockId, BlockOwner> seen = new LinkedHashMap<>();
    private final Map<PoolId, Search> searches = new HashMap<>();

    ClaimChoice(Supplier<UUID> nonces, Supplier<Double> spread) {
        this.nonces = nonces;
        this.spread = spread;
    }

    /** What to do next to find a block. */
    sealed interface Step {
        /** This one may be free. */
        record Claim(ClaimIntent intent) implements Step {}

        /** A page must be read, from that index on. */
        record Look(long from) implements Step {}

        /** A whole round through the span found nothing. */
        record Exhausted() implements Step {}
    }

    /** The next step of a search for any block. */
    Step any(
            NodeView node, Pool pool, long span, long generation, Set<BlockId> busy, BootTime now) {
        Search search = searches.computeIfAbsent(pool.id(), _ -> new Search());
        search.begin(span, now);
        Optional<BlockId> found =
                search.tombstone()
                        .filter(id -> isFree(node, pool, id, busy))
                        .or(() -> among(node, pool, search, busy));
        if (found.isPresent()) {
            return new Step.Claim(intent(found.get(), generation));
        }
        return search.goOn(spread.get());
    }

    private Optional<BlockId> among(NodeView node, Pool pool, Search search, Set<BlockId> busy) {
        long size = search.end() - search.from();
        long index = search.from() + (long) (size * spread.get());
        long left = size;
        for (int steps = 0; left > 0 && steps < Search.MOST_LOOKED_AT; steps++) {
            long next = Math.min(pool.nextUnreserved(index), search.end());
            left -= next - index;
            if (next < search.end()) {
                var id = new BlockId(pool.id(), pool.block(next));
                if (isFree(node, pool, id, busy)) {
                    return Optional.of(id);
                }
                left--;
            }
            index = next + 1 < search.end() ? next + 1 : search.from();
        }
        return Optional.empty();
    }

    private boolean isFree(NodeView node, Pool pool, BlockId id, Set<BlockId> busy) {
        Cidr cidr = id.cidr();
        return !isOwnedElsewhere(id)
                && !busy.contains(id)
                && node.block(id).isEmpty()
                && pool.canUse(cidr);
    }

    /** What the store answered to a claim of a block. */
    void learn(BlockId block, Optional<BlockOwner> now) {
        remember(block, now);
        Search search = searches.computeIfAbsent(block.pool(), _ -> new Search());
        if (isOwnedElsewhere(block)) {
            search.lookFirst();
        } else {
            search.add(block);
        }
    }

    /** What a page showed that was asked for. True: most of its blocks are somebody's. */
    boolean learn(Pool pool, long from, BlockPage page, BootTime now) {
        Search search = searches.computeIfAbsent(pool.id(), _ -> new Search());
        search.show(from, page.next().orElse(pool.blocks()), now);
        long owned = 0;
        for (var entry : page.owners().entrySet()) {
            long index = pool.cidr().indexOf(entry.getKey().cidr().first(), pool.blockPrefix());
            if (index < search.end()) {
                remember(entry.getKey(), Optional.of(entry.getValue()));
                owned += isOwnedElsewhere(entry.getKey()) ? 1 : 0;
            }
        }
        boolean crowded = owned * 2 > search.end() - search.from();
        search.judge(crowded);
        return crowded;
    }

    /** What the store is known to show of a block. */
    void remember(BlockId block, Optional<BlockOwner> now) {
        seen.remove(block);
        now.ifPresent(owner -> seen.put(block, owner));
        if (seen.size() > MOST_REMEMBERED) {
            seen.remove(seen.keySet().iterator().next());
        }
    }

    /** A claim of that very block, as the store was last seen to show it. */
    ClaimIntent intent(BlockId id, long generation) {
        Optional<Token> tombstone =
                Optional.ofNullable(seen.get(id))
                        .filter(o -> o.install().isEmpty())
                        .map(BlockOwner::token);
        long epoch =
                tombstone.filter(t -> t.generation() == generation).map(Token::epoch).orElse(0L)
                        + 1;
        return new ClaimIntent(
                id, Optional.empty(), tombstone, new Token(generation, epoch, nonces.get()));
    }

    /** Whether an install was last seen to own the block. */
    boolean isOwnedElsewhere(BlockId id) {
        return Optional.ofNullable(seen.get(id)).flatMap(BlockOwner::install).isPresent();
    }

    /** Its owner may be another by now. */
    void forget(BlockId id) {
        seen.remove(id);
    }

    /** All of what was seen may be otherwise by now. */
    void forget() {
        seen.clear();
        searches.clear();
    }

    /** Forgets searches of pools that are gone. */
    void keepOnly(NodeView node) {
        searches.keySet().removeIf(id -> node.pool(id).isEmpty());
    }
}
