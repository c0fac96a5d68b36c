package io.croft.sim;

import io.croft.adapter.etcd.Etcd;
import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Header;
import io.croft.adapter.etcd.Etcd.Member;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.agent.SimAgent.Sabotage;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.node.port.AssertedBlocks;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.BlockPage;
import io.croft.node.port.BlockStore;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreSession;
import io.croft.node.port.StoreState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Rules between a node and its store, switched off at the ports between the two. */
final class StoreRules {
    private StoreRules() {}

    /** Some changes go without some of their conditions. */
    static Controls unconditional(Predicate<Change> changes, Predicate<Condition> conditions) {
        return new Controls() {
            @Override
            public Change forge(Change change) {
                return changes.test(change) ? ForgedEtcd.without(change, conditions) : change;
            }
        };
    }

    /** Signs of life are not there: those of all, or of the agent's own install only. */
    static Controls nobodyIsLive(boolean onlyMyself) {
        return new Controls() {
            @Override
            public Etcd etcd(Etcd server, Supplier<String> install) {
                return new ForgedEtcd(server) {
                    @Override
                    Change sent(Change change) {
                        return without(change, each -> each.key().contains(part()));
                    }

                    @Override
                    Answer heard(Answer answer) {
                        return hiding(answer, part());
                    }

                    private String part() {
                        return onlyMyself ? "/live/" + install.get() : "/live/";
                    }
                };
            }
        };
    }

    /** Whatever stands there, its log goes on from what was seen; and proofs are for nothing. */
    static Controls noticesNoRestore() {
        return new Controls() {
            private long revision;

            @Override
            public boolean minds() {
                return false;
            }

            @Override
            public Etcd etcd(Etcd server, Supplier<String> install) {
                return new ForgedEtcd(server) {
                    @Override
                    Answer heard(Answer answer) {
                        return new Answer(
                                answer.matched(), answer.readings(), header(answer.header()));
                    }

                    @Override
                    Member heard(Member each) {
                        return new Member(
                                each.endpoint(),
                                header(each.header()),
                                1L << 40,
                                each.version(),
                                each.databaseBytes(),
                                each.leader());
                    }
                };
            }

            private Header header(Header header) {
                revision = Math.max(revision + 1, header.revision());
                return new Header(1, header.member(), revision, 1L << 20);
            }

            @Override
            public Sabotage sabotage() {
                return session(session ->
                        new Session(session) {
                            @Override
                            public CompletionStage<StoreState> freeze(String proof) {
                                return session.check();
                            }
                        });
            }
        };
    }

    /** A frozen store is one like any other. */
    static Sabotage takesAFrozenStoresWord() {
        return session(session ->
                new Session(session) {
                    @Override
                    public CompletionStage<StoreState> check() {
                        return session.check()
                                .thenApply(now -> StoreState.serving(now.generation()));
                    }
                });
    }

    /** A look that failed was none: the next one that succeeds comes after no loss. */
    static Sabotage forgetsThatNobodyAnswered() {
        return session(session ->
                new Session(session) {
                    @Override
                    public CompletionStage<StoreState> check() {
                        return session.check()
                                .handle((now, failure) ->
                                        failure == null
                                                ? CompletableFuture.completedStage(now)
                                                : check())
                                .thenCompose(next -> next);
                    }
                });
    }

    private static Sabotage session(Function<StoreSession, StoreSession> change) {
        return new Sabotage() {
            @Override
            public StoreSession session(StoreSession session) {
                return change.apply(session);
            }
        };
    }

    /** An inheriting claim compares the token, and whose the block is not. */
    static Sabotage claimsByTheTokenAlone() {
        return new Sabotage() {
            @Override
            public BlockStore blocks(BlockStore blocks) {
                return new Blocks(blocks) {
                    @Override
                    public CompletionStage<ClaimAnswer> claim(ClaimIntent intent, Registrant by) {
                        return blocks.claim(intent, by)
                                .thenCompose(answer ->
                                        answer instanceof ClaimAnswer.Lost(var now)
                                                        && now.map(BlockOwner::token)
                                                                .equals(intent.expected())
                                                ? blocks.claim(asIs(intent, now), by)
                                                : CompletableFuture.completedFuture(answer));
                    }
                };
            }
        };
    }

    private static ClaimIntent asIs(ClaimIntent intent, Optional<BlockOwner> now) {
        return new ClaimIntent(
                intent.block(), now.flatMap(BlockOwner::install), intent.expected(), intent.next());
    }

    /** An unfreeze goes on in the generation that was. */
    static Controls unfreezesInTheSameGeneration() {
        return new Controls() {
            private String generation = "";

            @Override
            public Change operators(Change change) {
                List<Step> then = new ArrayList<>();
                for (Step step : change.then()) {
                    then.add(
                            step instanceof Step.Put(String key, String value, long lease)
                                            && key.endsWith("/meta")
                                    ? new Step.Put(key, same(value), lease)
                                    : step);
                }
                return new Change(change.conditions(), then, change.otherwise());
            }

            private String same(String value) {
                String said = value.replaceFirst("(?s).*\"generation\": ?\"(\\d+)\".*", "$1");
                if (generation.isEmpty()) {
                    generation = said;
                }
                return value.replace("\"" + said + "\"", "\"" + generation + "\"");
            }
        };
    }

    /** What an install says in a freeze does not say that it replaces a lost one. */
    static Change withoutLosses(Change change) {
        List<Step> then =
                change.then().stream()
                        .map(step ->
                                step instanceof Step.Put(String key, String value, long lease)
                                                && key.contains("/asserted/")
                                        ? new Step.Put(
                                                key,
                                                value.replaceFirst(
                                                        "\"replacesLost\": ?true",
                                                        "\"replacesLost\":false"),
                                                lease)
                                        : step)
                        .toList();
        return new Change(change.conditions(), then, change.otherwise());
    }

    private static class Session implements StoreSession {
        private final StoreSession session;

        Session(StoreSession session) {
            this.session = session;
        }

        @Override
        public CompletionStage<StoreState> check() {
            return session.check();
        }

        @Override
        public CompletionStage<StoreState> freeze(String proof) {
            return session.freeze(proof);
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
