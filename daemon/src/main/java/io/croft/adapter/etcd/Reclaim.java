package io.croft.adapter.etcd;

import com.google.protobuf.util.Timestamps;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.adapter.etcd.Etcd.Step.Range;
import io.croft.adapter.wire.RecordWire;
import io.croft.core.rejection.Reason;
import io.croft.core.time.Clock;
import io.croft.node.port.ClusterDirectory.PoweredOff;
import io.croft.node.port.Install;
import io.croft.proto.store.v1.InstallRecord;
import io.croft.proto.store.v1.ReclaimRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * One reclaim of a node's blocks, on an operator's word.
 *
 * <p>Of each install of that name: its record is marked if it is unchanged and nothing on its
 * hardware is live, which fences all its transactions, signs of life and registrations; its blocks
 * become tombstones page by page; then its record and its name go. A call that finds the mark of
 * one that was cut off goes on behind it. Nothing of it is done in a frozen store.
 */
final class Reclaim {
    private static final int TRIES = 5;

    private final Continuity session;
    private final Keys keys;
    private final Clock clock;
    private final String node;
    private final PoweredOff word;

    Reclaim(Continuity session, Keys keys, Clock clock, String node, PoweredOff word) {
        this.session = session;
        this.keys = keys;
        this.clock = clock;
        this.node = node;
        this.word = word;
    }

    CompletionStage<Long> make() {
        return session.commitChecked(Change.read(new Get(keys.meta()), new Get(keys.node(node))))
                .thenCompose(answer -> {
                    session.requireServing(answer.readings().getFirst());
                    return targets(NodeSeen.of(keys, node, answer.readings().getLast()));
                })
                .thenCompose(targets -> {
                    List<UUID> all = targets.all();
                    all.forEach(targets::checkDead);
                    return each(targets, all, 0, 0);
                });
    }

    private CompletionStage<ReclaimTargets> targets(NodeSeen name) {
        Map<UUID, InstallSeen> installs = new TreeMap<>();
        Set<UUID> live = new TreeSet<>();
        return KeyPages.over(
                        session,
                        keys.kind("installs"),
                        Form.VALUES,
                        entry ->
                                Keys.idOf(entry.key())
                                        .ifPresent(id -> installs.put(id, seen(entry))))
                .thenCompose(_ ->
                        KeyPages.over(
                                session,
                                keys.kind("live"),
                                Form.KEYS,
                                entry -> Keys.idOf(entry.key()).ifPresent(live::add)))
                .thenApply(
                        _ -> new ReclaimTargets(node, name, installs, live, word.sharedHardware()));
    }

    private static InstallSeen seen(Entry entry) {
        return InstallSeen.of(entry.key(), Optional.of(entry));
    }

    private CompletionStage<Long> each(
            ReclaimTargets targets, List<UUID> all, int from, long taken) {
        return from == all.size()
                ? Retries.done(taken)
                : one(targets, all.get(from))
                        .thenCompose(more -> each(targets, all, from + 1, taken + more));
    }

    private CompletionStage<Long> one(ReclaimTargets targets, UUID target) {
        return mark(targets, target)
                .thenCompose(marked ->
                        new Tombstones(session, keys, target, marked)
                                .make()
                                .thenCompose(taken ->
                                        Retries.until(
                                                        TRIES,
                                                        "the reclaim of node " + node,
                                                        () ->
                                                                forget(
                                                                        target,
                                                                        marked,
                                                                        targets.nameOf(target)))
                                                .thenApply(_ -> taken)));
    }

    /** The record with the mark; with the first one goes the word for audits. */
    private CompletionStage<InstallSeen> mark(ReclaimTargets targets, UUID target) {
        InstallSeen seen = Objects.requireNonNull(targets.installs().get(target));
        if (seen.isReclaiming()) {
            return Retries.done(seen);
        }
        Keys.KeyRange owned = keys.ownedBy(target);
        return session.commit(
                        Change.read(
                                new Get(keys.meta()),
                                new Range(owned.from(), owned.to(), 0, Form.COUNT)))
                .thenCompose(answer ->
                        mark(
                                targets,
                                target,
                                session.requireServing(answer.readings().getFirst()),
                                answer.readings().getLast().count()));
    }

    private CompletionStage<InstallSeen> mark(
            ReclaimTargets targets, UUID target, Meta meta, long blocks) {
        InstallSeen seen = Objects.requireNonNull(targets.installs().get(target));
        String text = marked(target, seen);
        var conditions = new ArrayList<Condition>();
        conditions.add(Condition.unchanged(meta.entry()));
        conditions.add(seen.unchanged());
        targets.kin(target).stream()
                .limit(Etcd.MOST_STEPS / 2)
                .forEach(each -> conditions.add(Condition.missing(keys.live(each))));
        ReclaimRecord record =
                ReclaimRecord.newBuilder()
                        .setNode(targets.nameOf(target))
                        .setBy(word.by())
                        .setAt(Timestamps.fromMillis(clock.now().wall().toEpochMilli()))
                        .setBlocks(blocks)
                        .setSharedHardware(word.sharedHardware())
                        .build();
        List<Step> steps =
                List.of(
                        new Put(seen.key(), text),
                        new Put(keys.reclaimed(target), Values.text(record)));
        return session.commitChecked(new Change(conditions, steps, List.of()))
                .thenApply(answer -> {
                    if (!answer.matched()) {
                        throw Reason.STORE_UNAVAILABLE
                                .because("node %s changed meanwhile".formatted(node))
                                .remedy("repeat")
                                .asException();
                    }
                    return seen(new Entry(seen.key(), text, answer.header().revision(), 0));
                });
    }

    /** In place of a record that cannot be read stands one of nobody, for as long as it takes. */
    private String marked(UUID target, InstallSeen seen) {
        var nobody = new UUID(0, 0);
        InstallRecord.Builder record =
                seen.isUnreadable()
                        ? RecordWire.write(
                                new Install(target, node, "", "", nobody, 0, nobody, ""),
                                clock.now().wall())
                                .toBuilder()
                        : Values.read(seen.entry().orElseThrow(), InstallRecord.newBuilder());
        return Values.text(
                seen.entry().filter(_ -> !seen.isUnreadable()), record.setReclaiming(true).build());
    }

    private CompletionStage<Optional<Boolean>> forget(
            UUID target, InstallSeen marked, String name) {
        return session.commit(Change.read(new Get(marked.key())))
                .thenCompose(answer ->
                        answer.readings().getFirst().count() == 0
                                ? Retries.done(Optional.of(true))
                                : new ForgetInstall(session, keys)
                                        .make(target, marked, name, List.of())
                                        .thenApply(gone ->
                                                gone ? Optional.of(true) : Optional.empty()));
    }
}
