package io.croft.sim;

import io.croft.adapter.etcd.Etcd;
import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Header;
import io.croft.adapter.etcd.Etcd.Member;
import io.croft.agent.SimAgent.Sabotage;
import io.croft.node.port.AssertedBlocks;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreSession;
import io.croft.node.port.StoreState;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Rules between a node and its store, switched off at the ports between the two. */
final class StoreRules {
    private StoreRules() {}

    /**
     * Some changes go without some of their conditions. Counted are those that would not have been
     * made with them.
     */
    static Controls unconditional(
            Effects effects, Predicate<Change> changes, Predicate<Condition> conditions) {
        return new Controls() {
            @Override
            public Etcd etcd(Etcd server, Supplier<String> install) {
                return new ForgedEtcd(server) {
                    @Override
                    Change sent(Change change) {
                        if (!changes.test(change)) {
                            return change;
                        }
                        Change free = without(change, conditions);
                        if (!matches(server, change) && matches(server, free)) {
                            effects.add();
                        }
                        return free;
                    }
                };
            }
        };
    }

    private static boolean matches(Etcd server, Change change) {
        return server.commit(new Change(change.conditions(), List.of(), List.of()))
                .handle((answer, failure) -> failure == null && answer.matched())
                .toCompletableFuture()
                .join();
    }

    /** Signs of life are not there: those of all, or of the agent's own install only. */
    static Controls nobodyIsLive(Effects effects, boolean onlyMyself) {
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
                        return effects.instead(answer, hiding(answer, part()));
                    }

                    private String part() {
                        return onlyMyself ? "/live/" + install.get() : "/live/";
                    }
                };
            }
        };
    }

    /** Whatever stands there, its log goes on from what was seen; and proofs are for nothing. */
    static Controls noticesNoRestore(Effects effects) {
        return new Controls() {
            private long revision;

            @Override
            public boolean minds() {
                effects.add();
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

    static Sabotage session(Function<StoreSession, StoreSession> change) {
        return new Sabotage() {
            @Override
            public StoreSession session(StoreSession session) {
                return change.apply(session);
            }
        };
    }

    static class Session implements StoreSession {
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
}
