package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.core.block.ClaimIntent;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.BlockStore.ClaimAnswer.Denied;
import io.croft.node.port.BlockStore.ClaimAnswer.Lost;
import io.croft.node.port.BlockStore.ClaimAnswer.Won;
import io.croft.node.port.Registrant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One claim: a transaction that compares the block, {@code meta}, the pool and the claimant's
 * record with what was last seen of them, and whose other branch reads all four. They tell why it
 * did not match; if nothing forbids it, the identical claim is sent again against what they are
 * now.
 */
final class Claim {
    private static final int TRIES = 5;

    private final Continuity session;
    private final Keys keys;
    private final Catalogue pools;
    private final Seen seen;
    private final ClaimIntent intent;
    private final Registrant by;

    Claim(
            Continuity session,
            Keys keys,
            Catalogue pools,
            Seen seen,
            ClaimIntent intent,
            Registrant by) {
        this.session = session;
        this.keys = keys;
        this.pools = pools;
        this.seen = seen;
        this.intent = intent;
        this.by = by;
    }

    /** All that a claim rests on, as it was read at one time or another. */
    private record Facts(
            BlockSeen block, Meta meta, InstallSeen install, Optional<PoolSeen> pool) {}

    CompletionStage<ClaimAnswer> make() {
        return session.isChecked()
                ? Retries.until(TRIES, "the claim of block " + intent.block(), this::round)
                : session.unchecked();
    }

    private CompletionStage<Optional<ClaimAnswer>> round() {
        Optional<Facts> remembered = remembered().filter(facts -> verdict(facts).isEmpty());
        return remembered.isPresent()
                ? send(remembered.get())
                : pools.find(intent.block().pool()).thenCompose(this::look);
    }

    private Optional<Facts> remembered() {
        BlockSeen never =
                BlockSeen.of(intent.block(), keys.block(intent.block()), Optional.empty());
        Optional<BlockSeen> block =
                intent.expected().isEmpty()
                        ? Optional.of(never)
                        : seen.block(intent.block()).filter(each -> each.isAsExpected(intent));
        Optional<Meta> meta = session.meta();
        Optional<InstallSeen> install = seen.install(by.install());
        Optional<PoolSeen> pool = pools.known(intent.block().pool());
        return block.isPresent() && meta.isPresent() && install.isPresent() && pool.isPresent()
                ? Optional.of(new Facts(block.get(), meta.get(), install.get(), pool))
                : Optional.empty();
    }

    private CompletionStage<Optional<ClaimAnswer>> look(Optional<PoolSeen> pool) {
        return session.commitChecked(Change.read(reads(pool)))
                .thenApply(answer -> verdict(facts(answer, pool)));
    }

    private CompletionStage<Optional<ClaimAnswer>> send(Facts on) {
        PoolSeen pool = on.pool().orElseThrow();
        List<Condition> conditions =
                List.of(
                        on.block().unchanged(),
                        Condition.unchanged(on.meta().entry()),
                        on.install().unchanged(),
                        Condition.unchanged(pool.entry()));
        List<Step> steps = on.block().give(keys, by, intent.next());
        return session.commitChecked(new Change(conditions, steps, reads(on.pool())))
                .thenApply(answer -> {
                    if (answer.matched()) {
                        remember(on.block().key(), steps, answer);
                        return Optional.of(new Won());
                    }
                    return verdict(facts(answer, on.pool()));
                });
    }

    /** The record as it was written: the answer's revision is its own. */
    private void remember(String key, List<Step> steps, Answer answer) {
        if (steps.getFirst() instanceof Step.Put(String _, String value, long _)) {
            var entry = new Entry(key, value, answer.header().revision(), 0);
            seen.saw(BlockSeen.of(intent.block(), key, Optional.of(entry)));
        }
    }

    private List<Step> reads(Optional<PoolSeen> pool) {
        var reads = new ArrayList<Step>();
        reads.add(new Get(keys.block(intent.block())));
        reads.add(new Get(keys.meta()));
        reads.add(new Get(keys.install(by.install())));
        pool.ifPresent(each -> reads.add(new Get(each.entry().key())));
        return reads;
    }

    private Facts facts(Answer answer, Optional<PoolSeen> asked) {
        List<Reading> readings = answer.readings();
        return new Facts(
                seen.saw(BlockSeen.of(intent.block(), keys, readings.get(0))),
                session.saw(readings.get(1)),
                seen.saw(by.install(), InstallSeen.of(by.install(), keys, readings.get(2))),
                asked.flatMap(each -> pools.saw(each, readings.get(3))));
    }

    /**
     * Why the claim is answered without being sent; empty: it may be sent. A claim that was applied
     * is won, whatever else changed since.
     */
    private Optional<ClaimAnswer> verdict(Facts facts) {
        if (!facts.install().isOf(by)) {
            return denied(facts.install().superseded(by));
        }
        if (facts.block().isOwnedBy(by.install(), intent.next())) {
            return Optional.of(new Won());
        }
        if (facts.meta().isFrozen()) {
            return denied(facts.meta().frozen());
        }
        long generation = facts.meta().generation();
        if (by.generation() != generation || intent.next().generation() != generation) {
            return denied(
                    Reason.STORE_UNAVAILABLE.because(
                            "the store is of generation %d by now, and the claim of %d"
                                    .formatted(generation, intent.next().generation())));
        }
        if (facts.pool().isEmpty()) {
            return denied(
                    Reason.POOL_UNKNOWN.because(
                            "the pool of block %s is gone, or its record cannot be read"
                                    .formatted(intent.block())));
        }
        if (facts.pool().get().isDeleting()) {
            return denied(
                    Reason.POOL_UNKNOWN.because(
                            "pool \"%s\" is being deleted".formatted(facts.pool().get().name())));
        }
        if (!facts.pool().get().hasBlock(intent.block())) {
            return denied(
                    Reason.POOL_UNKNOWN.because(
                            "block %s is none of pool \"%s\" as the store has it"
                                    .formatted(intent.block(), facts.pool().get().name())));
        }
        return facts.block().isAsExpected(intent)
                ? Optional.empty()
                : Optional.of(new Lost(facts.block().owner()));
    }

    private static Optional<ClaimAnswer> denied(Rejection why) {
        return Optional.of(new Denied(why));
    }
}
