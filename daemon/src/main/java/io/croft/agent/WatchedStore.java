package io.croft.agent;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.node.port.AssertedBlocks;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.BlockPage;
import io.croft.node.port.BlockStore;
import io.croft.node.port.Install;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.InstallStore;
import io.croft.node.port.PoolStore;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreSession;
import io.croft.node.port.StoreState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** A store whose answers to the node's duties are seen by a {@link StoreWatch}. */
final class WatchedStore {
    private WatchedStore() {}

    static Store of(Store all, StoreWatch watch) {
        return new Store(
                all.name(),
                new Blocks(all.blocks(), watch),
                new Installs(all.installs(), watch),
                new Pools(all.pools(), watch),
                new Session(all.session(), watch),
                all.pressure(),
                all.mirror(),
                all.directory(),
                all.isUsed(),
                all.writes(),
                all.damaged(),
                all.remember(),
                all.end());
    }

    private record Blocks(BlockStore store, StoreWatch watch) implements BlockStore {
        @Override
        public CompletionStage<ClaimAnswer> claim(ClaimIntent intent, Registrant by) {
            return store.claim(intent, by).whenComplete(watch::blocks);
        }

        @Override
        public CompletionStage<Optional<BlockOwner>> read(BlockId block) {
            return store.read(block);
        }

        @Override
        public CompletionStage<Boolean> giveBack(BlockId block, Token token, Registrant by) {
            return store.giveBack(block, token, by).whenComplete(watch::blocks);
        }

        @Override
        public CompletionStage<Map<BlockId, Token>> owned(UUID install) {
            return store.owned(install);
        }

        @Override
        public CompletionStage<BlockPage> page(Pool pool, long from, int most) {
            return store.page(pool, from, most);
        }

        @Override
        public CompletionStage<Optional<BlockOwner>> reassert(
                BlockId block, Token token, Registrant by) {
            return store.reassert(block, token, by);
        }
    }

    private record Pools(PoolStore store, StoreWatch watch) implements PoolStore {
        @Override
        public CompletionStage<PoolSet> read() {
            return store.read().whenComplete(watch::pools);
        }

        @Override
        public CompletionStage<PoolSet> change(UnaryOperator<PoolSet> edit) {
            return store.change(edit);
        }

        @Override
        public CompletionStage<PoolSet> restore(UnaryOperator<PoolSet> edit) {
            return store.restore(edit);
        }

        @Override
        public void watch(Runnable hint) {
            store.watch(hint);
        }
    }

    private record Session(StoreSession session, StoreWatch watch) implements StoreSession {
        @Override
        public CompletionStage<StoreState> check() {
            return session.check().whenComplete(watch::state);
        }

        @Override
        public CompletionStage<StoreState> freeze(String proof) {
            return session.freeze(proof).whenComplete(watch::state);
        }

        @Override
        public CompletionStage<Void> asserted(Registrant by, StoreState in, AssertedBlocks word) {
            return session.asserted(by, in, word);
        }

        @Override
        public void onLost(Runnable lost) {
            session.onLost(lost);
        }
    }

    private record Installs(InstallStore store, StoreWatch watch) implements InstallStore {
        @Override
        public CompletionStage<Optional<Install>> read(UUID install) {
            return store.read(install);
        }

        @Override
        public CompletionStage<List<Install>> ofNode(String node) {
            return store.ofNode(node);
        }

        @Override
        public CompletionStage<List<Install>> predecessors(InstallIdentity heir) {
            return store.predecessors(heir);
        }

        @Override
        public CompletionStage<Install> register(Install next, long expectedIncarnation) {
            return store.register(next, expectedIncarnation).whenComplete(watch::registration);
        }

        @Override
        public CompletionStage<Boolean> keepAlive(Registrant by) {
            return store.keepAlive(by);
        }

        @Override
        public CompletionStage<Void> endLife(Registrant by) {
            return store.endLife(by);
        }

        @Override
        public CompletionStage<Boolean> isLive(UUID install) {
            return store.isLive(install);
        }

        @Override
        public CompletionStage<Boolean> forget(Install former) {
            return store.forget(former);
        }
    }
}
