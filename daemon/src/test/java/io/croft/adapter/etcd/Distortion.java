package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Header;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** What a simulated etcd might do otherwise than a real one, and once did; each is to be found. */
enum Distortion {
    /** Once so. */
    DELETES_A_KEY_ONCE_ONLY {
        @Override
        CompletionStage<Answer> commit(Distorted at, Change change) {
            return deletesTwice(change.then()) || deletesTwice(change.otherwise())
                    ? Retries.refused(Reason.INTERNAL.because("duplicate key"))
                    : super.commit(at, change);
        }
    },
    /** Once so. */
    ORDERS_BY_CHARACTERS {
        @Override
        CompletionStage<Answer> commit(Distorted at, Change change) {
            return with(
                    super.commit(at, change),
                    reading ->
                            new Reading(
                                    reading.entries().stream()
                                            .sorted(Comparator.comparing(Entry::key))
                                            .toList(),
                                    reading.count()));
        }
    },
    /** Once so. */
    LETS_NO_KEYS_FULFIL_EVERYTHING {
        @Override
        CompletionStage<Answer> commit(Distorted at, Change change) {
            List<Condition> left =
                    change.conditions().stream()
                            .filter(each -> each.modified() == 0 || at.finds(each))
                            .toList();
            return super.commit(at, new Change(left, change.then(), change.otherwise()));
        }
    },
    /** Once so. */
    LOGS_ONLY_WHAT_WRITES_NOW {
        @Override
        CompletionStage<Answer> commit(Distorted at, Change change) {
            return super.commit(at, change)
                    .thenApply(answer -> {
                        List<Step> made = answer.matched() ? change.then() : change.otherwise();
                        boolean wrote = new Change(List.of(), made, List.of()).writes();
                        at.unlogged += change.writes() && !wrote ? 1 : 0;
                        return answer;
                    });
        }
    },
    /** Once so. */
    ENDS_LEASES_SILENTLY {
        @Override
        CompletionStage<Void> revoke(Distorted at, long lease) {
            at.muted = true;
            CompletionStage<Void> answer = super.revoke(at, lease);
            at.muted = false;
            return answer;
        }
    },
    /** Once so. */
    KNOWS_NO_OPEN_ENDS {
        @Override
        CompletionStage<Answer> commit(Distorted at, Change change) {
            return super.commit(
                    at,
                    each(
                            change,
                            step ->
                                    step
                                                            instanceof
                                                            Step.Range(
                                                                    String from,
                                                                    String to,
                                                                    int most,
                                                                    Form form)
                                                    && to.equals("\0")
                                            ? new Step.Range(from, from, most, form)
                                            : step));
        }
    },
    /** Once so, in the simulated network. */
    DELETES_NOTHING_WHEN_FULL {
        @Override
        CompletionStage<Answer> commit(Distorted at, Change change) {
            boolean deletes = change.writes() && !SimRequests.needsRoom(change);
            if (at.full && deletes) {
                return Retries.refused(Reason.STORE_FULL.because("full"));
            }
            CompletableFuture<Answer> answer = super.commit(at, change).toCompletableFuture();
            boolean roomAgain = !answer.isCompletedExceptionally() && SimRequests.needsRoom(change);
            at.full = isFull(answer) || (at.full && !roomAgain);
            return answer;
        }
    },
    FORGETS_LEASES_OF_KEYS {
        @Override
        CompletionStage<Answer> commit(Distorted at, Change change) {
            return super.commit(
                    at,
                    each(
                            change,
                            step ->
                                    step instanceof Step.Put(String key, String value, long _)
                                            ? new Step.Put(key, value)
                                            : step));
        }
    },
    COUNTS_THE_PAGE {
        @Override
        CompletionStage<Answer> commit(Distorted at, Change change) {
            return with(
                    super.commit(at, change),
                    reading ->
                            reading.entries().isEmpty()
                                    ? reading
                                    : new Reading(reading.entries(), reading.entries().size()));
        }
    },
    LEAVES_OUT_THE_LAST_CONDITION {
        @Override
        CompletionStage<Answer> commit(Distorted at, Change change) {
            List<Condition> all = change.conditions();
            return super.commit(
                    at,
                    new Change(
                            all.subList(0, Math.max(0, all.size() - 1)),
                            change.then(),
                            change.otherwise()));
        }
    },
    NEVER_DOES_THE_OTHER {
        @Override
        CompletionStage<Answer> commit(Distorted at, Change change) {
            return super.commit(at, new Change(change.conditions(), change.then(), List.of()));
        }
    },
    RAISES_THE_REVISION_BY_READING {
        @Override
        CompletionStage<Answer> commit(Distorted at, Change change) {
            at.reads += change.writes() ? 0 : 1;
            return super.commit(at, change)
                    .thenApply(answer ->
                            new Answer(
                                    answer.matched(),
                                    answer.readings(),
                                    new Header(
                                            answer.header().cluster(),
                                            answer.header().member(),
                                            answer.header().revision() + at.reads / 100,
                                            answer.header().term())));
        }
    },
    RENEWS_THE_DEAD {
        @Override
        CompletionStage<Boolean> renew(Distorted at, long lease) {
            return super.renew(at, lease).thenApply(_ -> true);
        }
    },
    KEEPS_REVOKED_LEASES {
        @Override
        CompletionStage<Void> revoke(Distorted at, long lease) {
            return Retries.refused(Reason.OUTCOME_UNKNOWN.because("lost"));
        }
    },
    WATCHES_THE_KEY_ONLY {
        @Override
        void watch(Distorted at, String prefix, Runnable hint) {
            super.watch(at, prefix + "/", hint);
        }
    };

    Etcd of(Etcd etcd) {
        return new Distorted(this, etcd);
    }

    CompletionStage<Answer> commit(Distorted at, Change change) {
        return at.etcd().commit(change);
    }

    CompletionStage<Boolean> renew(Distorted at, long lease) {
        return at.etcd().renew(lease);
    }

    CompletionStage<Void> revoke(Distorted at, long lease) {
        return at.etcd().revoke(lease);
    }

    void watch(Distorted at, String prefix, Runnable hint) {
        at.etcd().watch(prefix, hint);
    }

    private static boolean isFull(CompletableFuture<Answer> answer) {
        return answer.isCompletedExceptionally()
                && answer.exceptionNow() instanceof RejectedException refused
                && refused.rejection().reason() == Reason.STORE_FULL;
    }

    private static boolean deletesTwice(List<Step> steps) {
        var seen = new HashSet<String>();
        return steps.stream()
                .anyMatch(step -> step instanceof Step.Delete(String key) && !seen.add(key));
    }

    private static Change each(Change change, UnaryOperator<Step> becomes) {
        return new Change(
                change.conditions(),
                change.then().stream().map(becomes).toList(),
                change.otherwise().stream().map(becomes).toList());
    }

    private static CompletionStage<Answer> with(
            CompletionStage<Answer> answer, UnaryOperator<Reading> becomes) {
        return answer.thenApply(made ->
                new Answer(
                        made.matched(),
                        made.readings().stream().map(becomes).toList(),
                        made.header()));
    }
}
