package io.croft.adapter.etcd;

import com.google.protobuf.util.Timestamps;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Delete;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.adapter.etcd.Etcd.Step.Range;
import io.croft.core.engine.Timings;
import io.croft.core.rejection.Reason;
import io.croft.core.time.Clock;
import io.croft.node.port.Install;
import io.croft.proto.store.v1.InstallRecord;
import io.croft.proto.store.v1.ReclaimRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * One reclaim of a node's blocks, on an operator's word.
 *
 * <p>Of each install of that name: its record is marked if it is unchanged and nothing on its
 * hardware is live, which fences all its transactions, signs of life and registrations; its blocks
 * become tombstones page by page; then its record and its name go. A call that finds the mark of
 * one that was cut off goes on behind it.
 */
final class Reclaim {
    private static final int TRIES = 5;

    private final Continuity session;
    private final Keys keys;
    private final Clock clock;
    private final String node;
    private final String by;
    private final TreeMap<UUID, InstallSeen> installs = new TreeMap<>();
    private final Set<UUID> live = new TreeSet<>();
    private NodeSeen name;

    Reclaim(Continuity session, Keys keys, Clock clock, String node, String by) {
        this.session = session;
        this.keys = keys;
        this.clock = clock;
        this.node = node;
        this.by = by;
        this.name = NodeSeen.of(keys.node(node), Optional.empty());
    }

    CompletionStage<Long> make() {
        return session.commitChecked(Change.read(new Get(keys.meta()), new Get(keys.node(node))))
                .thenCompose(answer -> {
                    Meta meta = session.saw(answer.readings().getFirst());
                    if (meta.isFrozen()) {
                        throw meta.frozen().asException();
                    }
                    name = NodeSeen.of(keys, node, answer.readings().getLast());
                    return readInstalls().thenCompose(_ -> readLive());
                })
                .thenCompose(_ -> {
                    List<UUID> targets = targets();
                    checkDead(targets);
                    return each(targets, 0, 0);
                });
    }

    private CompletionStage<Boolean> readInstalls() {
        return KeyPages.over(
                session,
                keys.kind("installs"),
                Form.VALUES,
                entry ->
                        Keys.idOf(entry.key())
                                .ifPresent(id ->
                                        installs.put(
                                                id,
                                                InstallSeen.of(entry.key(), Optional.of(entry)))));
    }

    private CompletionStage<Boolean> readLive() {
        return KeyPages.over(
                session,
                keys.kind("live"),
                Form.KEYS,
                entry -> Keys.idOf(entry.key()).ifPresent(live::add));
    }

    /**
     * The installs of that name, whether or not the name still leads to them; else the one of that
     * id: the only way to take the blocks of a machine whose name another one has by now.
     */
    private List<UUID> targets() {
        var targets = new TreeSet<UUID>();
        name.all().stream().filter(installs::containsKey).forEach(targets::add);
        installs.forEach((id, seen) -> {
            if (seen.install().filter(install -> install.node().equals(node)).isPresent()) {
                targets.add(id);
            }
        });
        if (targets.isEmpty()) {
            Keys.uuid(node).filter(installs::containsKey).ifPresent(targets::add);
        }
        if (targets.isEmpty()) {
            throw Reason.NODE_UNKNOWN
                    .because("no install registered as node \"%s\"".formatted(node))
                    .with("node", node)
                    .asException();
        }
        return List.copyOf(targets);
    }

    private void checkDead(List<UUID> targets) {
        for (UUID target : targets) {
            for (UUID other : kin(target)) {
                if (live.contains(other)) {
                    throw isLive(other);
                }
            }
        }
    }

    private RuntimeException isLive(UUID install) {
        String who =
                Optional.ofNullable(installs.get(install))
                        .flatMap(InstallSeen::install)
                        .map(Install::node)
                        .orElse(install.toString());
        return Reason.NODE_LIVE
                .because(
                        "node %s gave a sign of life on that machine less than %d s ago"
                                .formatted(who, Timings.LIFE.toSeconds()))
                .with("node", node)
                .asException();
    }

    /** The install, and all others on its hardware. */
    private Set<UUID> kin(UUID target) {
        Optional<String> hardware = hardware(target);
        var kin = new TreeSet<UUID>(Set.of(target));
        kin.addAll(
                installs.keySet().stream()
                        .filter(id -> hardware.isPresent() && hardware(id).equals(hardware))
                        .collect(Collectors.toSet()));
        return kin;
    }

    private Optional<String> hardware(UUID id) {
        return Optional.ofNullable(installs.get(id))
                .flatMap(InstallSeen::install)
                .map(Install::hardwareId)
                .filter(text -> !text.isEmpty());
    }

    private CompletionStage<Long> each(List<UUID> targets, int from, long taken) {
        return from == targets.size()
                ? Retries.done(taken)
                : one(targets.get(from)).thenCompose(more -> each(targets, from + 1, taken + more));
    }

    private CompletionStage<Long> one(UUID target) {
        return mark(target)
                .thenCompose(marked ->
                        new Tombstones(session, keys, target, marked)
                                .make()
                                .thenCompose(taken ->
                                        Retries.until(
                                                        TRIES,
                                                        "the reclaim of node " + node,
                                                        () -> forget(target, marked))
                                                .thenApply(_ -> taken)));
    }

    /** The record with the mark; with the first one goes the word for audits. */
    private CompletionStage<InstallSeen> mark(UUID target) {
        InstallSeen seen = Objects.requireNonNull(installs.get(target));
        if (seen.isReclaiming()) {
            return Retries.done(seen);
        }
        Keys.KeyRange owned = keys.ownedBy(target);
        return session.commit(Change.read(new Range(owned.from(), owned.to(), 0, Form.COUNT)))
                .thenCompose(answer -> mark(target, seen, answer.readings().getFirst().count()));
    }

    private CompletionStage<InstallSeen> mark(UUID target, InstallSeen seen, long blocks) {
        Entry entry = seen.entry().orElseThrow();
        String text =
                Values.text(
                        seen.entry(),
                        Values.read(entry, InstallRecord.newBuilder()).setReclaiming(true).build());
        var conditions = new ArrayList<Condition>();
        conditions.add(seen.unchanged());
        kin(target).stream()
                .limit(Etcd.MOST_STEPS / 2)
                .forEach(each -> conditions.add(Condition.missing(keys.live(each))));
        List<Step> steps =
                List.of(
                        new Put(entry.key(), text),
                        new Put(keys.reclaimed(target), Values.text(word(target, blocks))));
        return session.commitChecked(new Change(conditions, steps, List.of()))
                .thenApply(answer -> {
                    if (!answer.matched()) {
                        throw Reason.STORE_UNAVAILABLE
                                .because("node %s changed meanwhile".formatted(node))
                                .remedy("repeat")
                                .asException();
                    }
                    var marked = new Entry(entry.key(), text, answer.header().revision(), 0);
                    return InstallSeen.of(entry.key(), Optional.of(marked));
                });
    }

    /** The name that leads, or led, to it. */
    private String nameOf(UUID target) {
        return name.all().contains(target)
                ? node
                : Optional.ofNullable(installs.get(target))
                        .flatMap(InstallSeen::install)
                        .map(Install::node)
                        .orElse(node);
    }

    private ReclaimRecord word(UUID target, long blocks) {
        return ReclaimRecord.newBuilder()
                .setNode(nameOf(target))
                .setBy(by)
                .setAt(Timestamps.fromMillis(clock.now().wall().toEpochMilli()))
                .setBlocks(blocks)
                .build();
    }

    private CompletionStage<Optional<Boolean>> forget(UUID target, InstallSeen marked) {
        String named = nameOf(target);
        return session.commit(Change.read(new Get(keys.node(named)), new Get(marked.key())))
                .thenCompose(answer -> {
                    NodeSeen now = NodeSeen.of(keys, named, answer.readings().getFirst());
                    if (answer.readings().getLast().count() == 0) {
                        return Retries.done(Optional.of(true));
                    }
                    var steps = new ArrayList<Step>();
                    steps.add(new Delete(marked.key()));
                    steps.add(new Delete(keys.mirror(target)));
                    steps.add(new Delete(keys.asserted(target)));
                    steps.addAll(EtcdDirectory.forget(now, target));
                    return session.commitChecked(
                                    new Change(
                                            List.of(marked.unchanged(), now.unchanged()),
                                            steps,
                                            List.of()))
                            .thenApply(
                                    sent -> sent.matched() ? Optional.of(true) : Optional.empty());
                });
    }
}
