package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.core.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A look at all under a prefix that has rules, page by page, which derives them anew and repairs
 * nothing. Pressure, what was reclaimed, and keys of no kind of ours have none.
 *
 * <p>Pages are of different moments. So whatever seems wrong is asked again at the end: it is a
 * finding if none of the keys that it rests on changed since it was read; else it is only counted.
 * Memory: some hundred bytes for each block.
 */
public final class Audit {
    /** A store with more findings than this has one great one. */
    private static final int MOST = 1_000;

    private final Continuity session;
    private final Keys keys;

    public Audit(Etcd etcd, String cluster, Clock clock, Supplier<UUID> uuids) {
        this.keys = Keys.of(cluster);
        this.session = new Continuity(etcd, keys, clock, uuids);
    }

    /**
     * What was found.
     *
     * @param blocks that were looked at
     * @param changed findings that were dropped because their keys changed meanwhile
     * @param left findings past the most that are listed
     */
    public record Report(
            List<Finding> findings,
            long installs,
            long pools,
            long blocks,
            long owned,
            int changed,
            int left) {
        public Report {
            findings = List.copyOf(findings);
        }
    }

    /** A finding, and the keys as they were on which it rests. */
    record Suspect(Finding finding, List<Condition> on) {
        Suspect {
            on = List.copyOf(on);
        }
    }

    /** Fails with STORE_UNUSABLE where the prefix is none of a cluster. */
    public CompletionStage<Report> run() {
        var facts = new AuditFacts(keys);
        return one(facts, keys.meta())
                .thenCompose(_ -> one(facts, keys.raft()))
                .thenCompose(_ -> one(facts, keys.poolset()))
                .thenCompose(_ -> one(facts, keys.importing()))
                .thenCompose(_ -> walk("pools", Form.VALUES, facts::pool))
                .thenCompose(_ -> walk("external", Form.VALUES, facts::external))
                .thenCompose(_ -> walk("installs", Form.VALUES, facts::install))
                .thenCompose(_ -> walk("nodes", Form.VALUES, facts::node))
                .thenCompose(_ -> walk("owned", Form.VALUES, facts::owned))
                .thenCompose(_ -> walk("blocks", Form.VALUES, facts::block))
                .thenCompose(_ -> walk("live", Form.KEYS, facts::ofInstall))
                .thenCompose(_ -> walk("asserted", Form.KEYS, facts::ofInstall))
                .thenCompose(_ -> walk("mirror", Form.KEYS, facts::ofInstall))
                .thenCompose(_ -> confirm(facts));
    }

    private CompletionStage<Boolean> one(AuditFacts facts, String key) {
        return session.commit(Change.read(new Etcd.Step.Get(key)))
                .thenApply(answer -> {
                    facts.single(key, answer.readings().getFirst().first());
                    return true;
                });
    }

    private CompletionStage<Boolean> walk(String kind, Form form, Consumer<Entry> each) {
        return KeyPages.over(session, keys.kind(kind), form, each);
    }

    private CompletionStage<Report> confirm(AuditFacts facts) {
        facts.finish();
        List<Suspect> suspects = facts.suspects();
        var confirmed = new ArrayList<Finding>();
        int asked = Math.min(MOST, suspects.size());
        return confirm(suspects.subList(0, asked), confirmed)
                .thenApply(_ -> {
                    confirmed.sort(
                            Comparator.comparing(Finding::severity).thenComparing(Finding::key));
                    return new Report(
                            confirmed,
                            facts.installs(),
                            facts.pools(),
                            facts.blocks(),
                            facts.ownedBlocks(),
                            asked - confirmed.size(),
                            suspects.size() - asked);
                });
    }

    private CompletionStage<Boolean> confirm(List<Suspect> suspects, List<Finding> confirmed) {
        var left = suspects.iterator();
        return Retries.until(
                MOST + 1,
                "the audit",
                () -> {
                    if (!left.hasNext()) {
                        return Retries.done(Optional.of(true));
                    }
                    Suspect suspect = left.next();
                    return session.commit(new Change(suspect.on(), List.of(), List.of()))
                            .thenApply(answer -> {
                                if (answer.matched()) {
                                    confirmed.add(suspect.finding());
                                }
                                return Optional.empty();
                            });
                });
    }
}
