package io.croft.sim;

import io.croft.agent.SimAgent.Sabotage;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.BlockPage;
import io.croft.node.port.BlockStore;
import io.croft.node.port.InstallStore;
import io.croft.node.port.Registrant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Rules of blocks, switched off at the port between a node and its store. */
final class BlockRules {
    private BlockRules() {}

    /** What is an install's own in the store and not in its journal stays so. */
    static Sabotage inheritsNothingFromItself(Effects effects) {
        return new Sabotage() {
            private Optional<UUID> asking = Optional.empty();

            @Override
            public InstallStore installs(InstallStore installs) {
                return new OtherInstalls(
                        installs,
                        (heir, all) -> {
                            asking = Optional.of(heir.installId());
                            return all;
                        });
            }

            @Override
            public BlockStore blocks(BlockStore blocks) {
                return new Blocks(blocks) {
                    @Override
                    public CompletionStage<Map<BlockId, Token>> owned(UUID install) {
                        if (asking.filter(install::equals).isEmpty()) {
                            return super.owned(install);
                        }
                        asking = Optional.empty();
                        return super.owned(install)
                                .thenApply(all -> effects.instead(all, Map.of()));
                    }
                };
            }
        };
    }

    /** The epoch of a block's next token says nothing of the one before it. */
    static Sabotage beginsEpochsAnew(Effects effects) {
        return new Sabotage() {
            @Override
            public BlockStore blocks(BlockStore blocks) {
                return new LowEpochs(blocks, effects);
            }
        };
    }

    private static final class LowEpochs extends Blocks {
        private final Effects effects;
        private final Map<BlockId, Token> tombstones = new HashMap<>();

        LowEpochs(BlockStore blocks, Effects effects) {
            super(blocks);
            this.effects = effects;
        }

        @Override
        public CompletionStage<ClaimAnswer> claim(ClaimIntent intent, Registrant by) {
            Optional<Token> expected =
                    intent.expected()
                            .map(shown ->
                                    shown.epoch() == 0
                                            ? tombstones.getOrDefault(intent.block(), shown)
                                            : shown);
            effects.instead(expected, intent.expected());
            return super.claim(
                            new ClaimIntent(intent.block(), intent.from(), expected, intent.next()),
                            by)
                    .thenApply(answer ->
                            answer instanceof ClaimAnswer.Lost(var now)
                                    ? new ClaimAnswer.Lost(
                                            now.map(owner -> shown(intent.block(), owner)))
                                    : answer);
        }

        @Override
        public CompletionStage<BlockPage> page(Pool pool, long from, int most) {
            return super.page(pool, from, most)
                    .thenApply(page -> {
                        var owners = new HashMap<BlockId, BlockOwner>();
                        page.owners().forEach((id, owner) -> owners.put(id, shown(id, owner)));
                        return new BlockPage(owners, page.next());
                    });
        }

        private BlockOwner shown(BlockId id, BlockOwner owner) {
            if (owner.install().isPresent() || owner.token().epoch() == 0) {
                return owner;
            }
            tombstones.put(id, owner.token());
            Token token = owner.token();
            return new BlockOwner(
                    Optional.empty(),
                    owner.node(),
                    new Token(token.generation(), 0, token.nonce()));
        }
    }

    private static class Blocks implements BlockStore {
        private final BlockStore blocks;

        Blocks(BlockStore blocks) {
            this.blocks = blocks;
        }

        @Override
        public CompletionStage<ClaimAnswer> claim(ClaimIntent intent, Registrant by) {
            return blocks.claim(intent, by);
        }

        @Override
        public CompletionStage<Optional<BlockOwner>> read(BlockId block) {
            return blocks.read(block);
        }

        @Override
        public CompletionStage<Boolean> giveBack(BlockId block, Token token, Registrant by) {
            return blocks.giveBack(block, token, by);
        }

        @Override
        public CompletionStage<Map<BlockId, Token>> owned(UUID install) {
            return blocks.owned(install);
        }

        @Override
        public CompletionStage<BlockPage> page(Pool pool, long from, int most) {
            return blocks.page(pool, from, most);
        }

        @Override
        public CompletionStage<Optional<BlockOwner>> reassert(
                BlockId block, Token token, Registrant by) {
            return blocks.reassert(block, token, by);
        }
    }
}
