package io.croft.node.membership;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.Ownership.Claiming;
import io.croft.core.block.Token;
import io.croft.core.engine.NodeView;
import io.croft.core.ownership.QuarantineBlock;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.AssertedBlocks;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.BlockStore;
import io.croft.node.port.IpamListener;
import io.croft.node.port.PoolStore;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreSession;
import io.croft.node.port.StoreState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Tells a frozen store what it may have forgotten: the pools of this journal's blocks, and the
 * blocks. The highest token wins; a block that is another's by then gives no more addresses.
 */
final class Reassertion {
    private final BlockStore blocks;
    private final PoolStore pools;
    private final StoreSession session;
    private final EngineLoop loop;
    private final IpamListener listener;
    private final UUID bootId;

    Reassertion(
            BlockStore blocks,
            PoolStore pools,
            StoreSession session,
            EngineLoop loop,
            IpamListener listener,
            UUID bootId) {
        this.blocks = blocks;
        this.pools = pools;
        this.session = session;
        this.loop = loop;
        this.listener = listener;
        this.bootId = bootId;
    }

    /** In the freeze of that state only: what is said of one store is worth nothing in the next. */
    CompletionStage<Void> begin(NodeView node, Registrant me, StoreState in) {
        List<Pool> used =
                node.pools().stream().filter(pool -> !node.blocks(pool.id()).isEmpty()).toList();
        return pools.restore(set -> restored(set, used))
                .thenComposeAsync(
                        set -> {
                            List<Pool> gone =
                                    used.stream()
                                            .filter(pool -> set.find(pool.id()).isEmpty())
                                            .toList();
                            gone.forEach(pool -> giveUp(node, pool));
                            return tell(node, me, in, gone);
                        },
                        loop);
    }

    private static PoolSet restored(PoolSet set, List<Pool> used) {
        PoolSet all = set;
        for (Pool pool : used) {
            all = all.restore(pool);
        }
        return all;
    }

    /** Its addresses are another pool's by now. */
    private void giveUp(NodeView node, Pool pool) {
        listener.outage(
                "pool " + pool.name(),
                true,
                "the store lost it, and its name or range %s was given to something else"
                        .formatted(pool.cidr()));
        node.blocks(pool.id()).forEach(block -> quarantine(block.id()));
    }

    private CompletionStage<Void> tell(
            NodeView node, Registrant me, StoreState in, List<Pool> gone) {
        Map<BlockId, Token> tokens = JournalTokens.all(node);
        return Batches.each(
                        List.copyOf(tokens.entrySet()),
                        each ->
                                blocks.reassert(each.getKey(), each.getValue(), me)
                                        .thenAcceptAsync(now -> settle(node, each, me, now), loop),
                        loop)
                .thenComposeAsync(
                        _ ->
                                session.asserted(
                                        me,
                                        in,
                                        new AssertedBlocks(
                                                bootId,
                                                node.replacedIn()
                                                        .filter(bootId::equals)
                                                        .isPresent(),
                                                highestGeneration(node, tokens),
                                                gone.stream()
                                                        .filter(pool -> isHeld(node, pool))
                                                        .map(Pool::name)
                                                        .toList())),
                        loop);
    }

    private static boolean isHeld(NodeView node, Pool pool) {
        return node.blocks(pool.id()).stream().anyMatch(block -> block.held() > 0);
    }

    private void settle(
            NodeView node,
            Map.Entry<BlockId, Token> mine,
            Registrant me,
            Optional<BlockOwner> now) {
        boolean kept =
                now.filter(owner -> owner.token().equals(mine.getValue()))
                        .flatMap(BlockOwner::install)
                        .filter(me.install()::equals)
                        .isPresent();
        if (!kept && node.block(mine.getKey()).filter(Block::isOwned).isPresent()) {
            quarantine(mine.getKey());
        }
    }

    private void quarantine(BlockId id) {
        var _ = loop.propose(new QuarantineBlock(id, Cause.FOREIGN_TOKEN));
    }

    /**
     * The one in which this journal was compared, too: the next must be none that was. A claim
     * whose outcome is open may have been made, in what was lost too.
     */
    private static long highestGeneration(NodeView node, Map<BlockId, Token> tokens) {
        long written = tokens.values().stream().mapToLong(Token::generation).max().orElse(0);
        long open =
                node.blocks().stream()
                        .mapToLong(block ->
                                block.ownership() instanceof Claiming(var intent)
                                        ? intent.next().generation()
                                        : 0)
                        .max()
                        .orElse(0);
        return Math.max(node.comparedGeneration(), Math.max(written, open));
    }
}
