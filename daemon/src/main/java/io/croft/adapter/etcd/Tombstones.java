package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Delete;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Range;
import io.croft.core.block.BlockId;
import io.croft.core.rejection.Reason;
import io.croft.node.port.BlockOwner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The tombstones for all blocks of an install that can do nothing any more. A block that is
 * another's by now loses only its place in the index; one whose record cannot be read stays as it
 * is.
 */
final class Tombstones {
    private static final int PAGE = 40;
    private static final int MOST_PAGES = 10_000;
    private static final int TRIES_OF_A_PAGE = 5;

    private final Continuity session;
    private final Keys keys;
    private final UUID install;
    private final InstallSeen fenced;
    private Keys.KeyRange left;
    private long taken;
    private int tries;

    /**
     * The tombstones, not written yet.
     *
     * @param fenced the install's record with its mark
     */
    Tombstones(Continuity session, Keys keys, UUID install, InstallSeen fenced) {
        this.session = session;
        this.keys = keys;
        this.install = install;
        this.fenced = fenced;
        this.left = keys.ownedBy(install);
    }

    /** How many were taken. */
    CompletionStage<Long> make() {
        return Retries.until(MOST_PAGES, "the taking of blocks", this::page);
    }

    private CompletionStage<Optional<Long>> page() {
        return session.commit(
                        Change.read(
                                new Get(keys.meta()),
                                new Range(left.from(), left.to(), PAGE, Form.KEYS)))
                .thenCompose(answer -> {
                    Meta meta = session.requireServing(answer.readings().getFirst());
                    List<Entry> entries = answer.readings().getLast().entries();
                    return entries.isEmpty()
                            ? Retries.done(Optional.of(taken))
                            : take(meta, entries);
                });
    }

    private CompletionStage<Optional<Long>> take(Meta meta, List<Entry> index) {
        List<Entry> ours =
                index.stream().filter(each -> Keys.blockOf(each.key()).isPresent()).toList();
        List<Get> reads = ours.stream().map(each -> new Get(keys.block(block(each)))).toList();
        return session.commit(Change.read(reads))
                .thenCompose(answer -> {
                    var batch = new Batch(meta);
                    for (int i = 0; i < ours.size(); i++) {
                        batch.add(
                                ours.get(i),
                                BlockSeen.of(block(ours.get(i)), keys, answer.readings().get(i)));
                    }
                    return batch.send(index.getLast());
                });
    }

    private static BlockId block(Entry index) {
        return Keys.blockOf(index.key()).orElseThrow();
    }

    /** One transaction. */
    private final class Batch {
        private final List<Condition> conditions = new ArrayList<>();
        private final List<Step> steps = new ArrayList<>();
        private long tombstones;

        Batch(Meta meta) {
            conditions.add(Condition.unchanged(meta.entry()));
            conditions.add(fenced.unchanged());
        }

        void add(Entry index, BlockSeen block) {
            Optional<BlockOwner> owner = block.owner();
            if (owner.filter(Values.UNREADABLE::equals).isPresent()) {
                return;
            }
            conditions.add(block.unchanged());
            if (owner.flatMap(BlockOwner::install).filter(install::equals).isPresent()) {
                steps.addAll(block.tombstone(keys));
                tombstones++;
            } else {
                steps.add(new Delete(index.key()));
            }
        }

        /** Sent again from the same place where something changed; else behind the last. */
        CompletionStage<Optional<Long>> send(Entry last) {
            List<Step> fence = List.of(new Get(fenced.key()));
            return session.commitChecked(new Change(conditions, steps, fence))
                    .thenApply(answer -> {
                        if (answer.matched()) {
                            taken += tombstones;
                            left = left.after(last.key());
                            tries = 0;
                        } else {
                            overtaken(answer.readings().getFirst());
                        }
                        return Optional.empty();
                    });
        }
    }

    /** Goes on only while the mark is the one under which this began. */
    private void overtaken(Etcd.Reading fence) {
        tries++;
        boolean mine =
                fence.first()
                        .filter(now -> fenced.unchanged().equals(Condition.unchanged(now)))
                        .isPresent();
        if (!mine || tries >= TRIES_OF_A_PAGE) {
            throw Reason.STORE_UNAVAILABLE
                    .because(
                            mine
                                    ? "the blocks of install %s change all the time"
                                            .formatted(install)
                                    : "somebody else reclaims install %s, or has"
                                            .formatted(install))
                    .remedy("see croft node list, then repeat")
                    .asException();
        }
    }
}
