package io.croft.sim;

import io.croft.adapter.etcd.Etcd;
import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Header;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.agent.SimAgent.Sabotage;
import io.croft.node.port.StoreSession;
import io.croft.node.port.StoreState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Rules of a store that went back, switched off. */
final class FreezeRules {
    private FreezeRules() {}

    /** A frozen store is one like any other. */
    static Sabotage takesAFrozenStoresWord(Effects effects) {
        return StoreRules.session(session ->
                new StoreRules.Session(session) {
                    @Override
                    public CompletionStage<StoreState> check() {
                        return session.check()
                                .thenApply(now ->
                                        effects.instead(now, StoreState.serving(now.generation())));
                    }
                });
    }

    /** A look that failed was none: the next one that succeeds comes after no loss. */
    static Controls forgetsThatNobodyAnswered(Effects effects) {
        return new Controls() {
            private Optional<Scheduler> scheduler = Optional.empty();

            @Override
            public void spoil(World world) {
                scheduler = Optional.of(world.scheduler);
            }

            @Override
            public Sabotage sabotage() {
                return StoreRules.session(
                        session -> new Unfailing(session, scheduler.orElseThrow(), effects));
            }
        };
    }

    /** Looks again by itself, so that nobody hears of a look that failed. */
    private static final class Unfailing extends StoreRules.Session {
        private final Scheduler scheduler;
        private final Effects effects;
        private boolean looking;

        Unfailing(StoreSession session, Scheduler scheduler, Effects effects) {
            super(session);
            this.scheduler = scheduler;
            this.effects = effects;
        }

        @Override
        public CompletionStage<StoreState> check() {
            looking = true;
            return super.check()
                    .handle((now, failure) -> {
                        looking = failure != null;
                        return looking ? later() : CompletableFuture.completedStage(now);
                    })
                    .thenCompose(next -> next);
        }

        private CompletionStage<StoreState> later() {
            effects.add();
            var next = new CompletableFuture<StoreState>();
            scheduler.after(Duration.ofMillis(500), "", () -> check().thenAccept(next::complete));
            return next;
        }

        @Override
        public void onLost(Runnable lost) {
            super.onLost(() -> {
                if (!looking) {
                    lost.run();
                }
            });
        }
    }

    /** The mark in the store says nothing of another log. */
    static Controls ignoresTheMark(Effects effects) {
        return new Controls() {
            @Override
            public Etcd etcd(Etcd server, Supplier<String> install) {
                return new ForgedEtcd(server) {
                    @Override
                    Answer heard(Answer answer) {
                        return new Answer(
                                answer.matched(),
                                answer.readings().stream()
                                        .map(each -> unmarked(each, answer.header()))
                                        .toList(),
                                answer.header());
                    }
                };
            }

            private Reading unmarked(Reading reading, Header header) {
                return new Reading(
                        reading.entries().stream()
                                .map(each ->
                                        each.key().endsWith("/raft")
                                                ? effects.instead(each, low(each, header))
                                                : each)
                                .toList(),
                        reading.count());
            }

            private Entry low(Entry mark, Header header) {
                return new Entry(
                        mark.key(),
                        "{\"clusterId\":\"%x\",\"term\":\"0\",\"index\":\"0\"}"
                                .formatted(header.cluster()),
                        mark.modified(),
                        mark.lease());
            }
        };
    }

    /** No agent knows where the store was when the one before it ended. */
    static Controls forgetsThePosition(Effects effects) {
        return WorldRules.disk(disk ->
                new OtherDisk(disk) {
                    @Override
                    public boolean exists(Path path) throws IOException {
                        boolean there = super.exists(path);
                        return path.getFileName().toString().equals("position")
                                ? effects.instead(there, false)
                                : there;
                    }
                });
    }

    /** An unfreeze goes on in the generation that was. */
    static Controls unfreezesInTheSameGeneration(Effects effects) {
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
                return effects.instead(
                        value, value.replace("\"" + said + "\"", "\"" + generation + "\""));
            }
        };
    }

    /** What an install says in a freeze does not say that it replaces a lost one. */
    static Controls hidesLosses(Effects effects) {
        return new Controls() {
            @Override
            public Change forge(Change change) {
                return effects.instead(change, withoutLosses(change));
            }
        };
    }

    private static Change withoutLosses(Change change) {
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
}
