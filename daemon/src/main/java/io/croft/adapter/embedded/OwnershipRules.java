package io.croft.adapter.embedded;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.BlockPage;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/** What a transaction of etcd would compare: who may change the owner of a block, and when. */
final class OwnershipRules {
    private OwnershipRules() {}

    /** The answer; Won also when the block has the intent's token already. */
    static ClaimAnswer claim(Document now, ClaimIntent intent, Registrant by) {
        if (!isCurrent(now, by)) {
            return new ClaimAnswer.Denied(
                    Reason.INSTALL_SUPERSEDED.because(
                            "incarnation %d of node %s is not the latest"
                                    .formatted(by.incarnation(), by.node())));
        }
        BlockId block = intent.block();
        if (isOwned(now, block, intent.next(), by.install())) {
            return new ClaimAnswer.Won();
        }
        if (now.pools().find(block.pool()).isEmpty()) {
            return new ClaimAnswer.Denied(
                    Reason.POOL_UNKNOWN.because("the pool of block %s is gone".formatted(block)));
        }
        Optional<BlockOwner> owner = now.owner(block);
        boolean asExpected =
                owner.map(BlockOwner::token).equals(intent.expected())
                        && owner.flatMap(BlockOwner::install).equals(intent.from());
        return asExpected ? new ClaimAnswer.Won() : new ClaimAnswer.Lost(owner);
    }

    static boolean isCurrent(Document now, Registrant by) {
        return now.install(by.install()).map(Install::incarnation).orElse(0L) == by.incarnation();
    }

    static boolean isOwned(Document now, BlockId block, Token token, UUID install) {
        return now.owner(block)
                .filter(owner -> owner.token().equals(token))
                .flatMap(BlockOwner::install)
                .filter(install::equals)
                .isPresent();
    }

    static Map<BlockId, Token> owned(Document now, UUID install) {
        var owned = new TreeMap<BlockId, Token>();
        now.blocks()
                .forEach((block, owner) -> {
                    if (owner.install().filter(install::equals).isPresent()) {
                        owned.put(block, owner.token());
                    }
                });
        return owned;
    }

    static BlockPage page(Document now, Pool pool, long from, int most) {
        var owners = new TreeMap<BlockId, BlockOwner>();
        var next = OptionalLong.empty();
        for (var entry : now.blocks().entrySet()) {
            BlockId block = entry.getKey();
            if (!block.pool().equals(pool.id()) || index(pool, block) < from) {
                continue;
            }
            if (owners.size() == most) {
                next = OptionalLong.of(index(pool, block));
                break;
            }
            owners.put(block, entry.getValue());
        }
        return new BlockPage(owners, next);
    }

    private static long index(Pool pool, BlockId block) {
        return pool.cidr().indexOf(block.cidr().first(), pool.blockPrefix());
    }

    /** Refuses a set without a pool of which a block is owned. */
    static void checkDropped(Document now, PoolSet next) {
        for (StoredPool stored : now.pools().pools().values()) {
            if (next.find(stored.pool().id()).isPresent()) {
                continue;
            }
            List<BlockId> owned =
                    now.blocks().entrySet().stream()
                            .filter(entry -> entry.getKey().pool().equals(stored.pool().id()))
                            .filter(entry -> entry.getValue().install().isPresent())
                            .map(Map.Entry::getKey)
                            .sorted()
                            .toList();
            if (!owned.isEmpty()) {
                String name = stored.pool().name();
                throw Reason.POOL_NOT_EMPTY
                        .because(
                                "pool \"%s\" has %d blocks that are owned, %s first"
                                        .formatted(name, owned.size(), owned.getFirst()))
                        .with("pool", name)
                        .asException();
            }
        }
    }

    static RejectedException unknownInstall(UUID install) {
        return Reason.INSTALL_SUPERSEDED
                .because("the store has no record of install %s".formatted(install))
                .remedy("the store was put back or replaced: see docs/errors.md")
                .asException();
    }
}
