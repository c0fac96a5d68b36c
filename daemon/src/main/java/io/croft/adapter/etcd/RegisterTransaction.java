package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.adapter.etcd.Etcd.Step.Range;
import io.croft.adapter.wire.RecordWire;
import io.croft.core.engine.Timings;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.Clock;
import io.croft.node.port.Install;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * One registration: reads the install's record, what its name leads to and who of them is live,
 * then writes record, name and sign of life if none of that changed.
 */
final class RegisterTransaction {
    private static final int TRIES = 8;

    private final Continuity session;
    private final Keys keys;
    private final Clock clock;
    private final Seen seen;
    private final SignOfLife life;
    private final Install next;
    private final long expected;

    RegisterTransaction(
            Continuity session,
            Keys keys,
            Clock clock,
            Seen seen,
            SignOfLife life,
            Install next,
            long expected) {
        this.session = session;
        this.keys = keys;
        this.clock = clock;
        this.seen = seen;
        this.life = life;
        this.next = next;
        this.expected = expected;
    }

    /**
     * What it rests on.
     *
     * @param live the sign of life of this install
     * @param other the sign of life of the one to which the name leads, where it is another
     * @param bearer that one's record
     */
    private record Facts(
            InstallSeen install,
            NodeSeen node,
            Reading live,
            Optional<Reading> other,
            Optional<Install> bearer) {}

    CompletionStage<Install> make() {
        return Retries.until(
                TRIES,
                "the registration of node " + next.node(),
                () ->
                        look().thenCompose(facts -> {
                            Optional<Install> there = answer(facts);
                            return there.isPresent() ? Retries.done(there) : write(facts);
                        }));
    }

    private CompletionStage<Facts> look() {
        return session.commit(
                        Change.read(
                                new Get(keys.install(next.id())),
                                new Get(keys.node(next.node())),
                                new Get(keys.live(next.id()))))
                .thenCompose(answer -> {
                    List<Reading> readings = answer.readings();
                    var install = InstallSeen.of(next.id(), keys, readings.get(0));
                    var node = NodeSeen.of(keys, next.node(), readings.get(1));
                    var facts =
                            new Facts(
                                    install,
                                    node,
                                    readings.get(2),
                                    Optional.empty(),
                                    Optional.empty());
                    Optional<UUID> other = node.current().filter(id -> !id.equals(next.id()));
                    return other.isEmpty()
                            ? Retries.done(facts)
                            : session.commit(
                                            Change.read(
                                                    new Get(keys.live(other.get())),
                                                    new Get(keys.install(other.get()))))
                                    .thenApply(found ->
                                            new Facts(
                                                    install,
                                                    node,
                                                    readings.get(2),
                                                    Optional.of(found.readings().getFirst()),
                                                    InstallSeen.of(
                                                                    other.get(),
                                                                    keys,
                                                                    found.readings().getLast())
                                                            .install()));
                });
    }

    /** The record with which the registration is answered; empty: it is to be written. */
    private Optional<Install> answer(Facts facts) {
        Optional<Install> there = facts.install().install();
        facts.install().requireReadable();
        if (facts.install().isReclaiming()) {
            throw Reason.INSTALL_SUPERSEDED
                    .because("the blocks of node %s are being reclaimed".formatted(next.node()))
                    .remedy(
                            "repeat croft node reclaim to finish it; in a frozen store drain and reboot this machine first, then say croft store unfreeze --off, then reclaim")
                    .asException();
        }
        if (facts.other().filter(live -> live.count() > 0).isPresent()) {
            throw taken(facts);
        }
        boolean sent = there.filter(now -> now.nonce().equals(next.nonce())).isPresent();
        if (sent) {
            // Another install may have had the name for a while: then all is written again.
            return facts.node().leadsTo(next.id()) ? there : Optional.empty();
        }
        boolean otherBoot = there.filter(now -> !now.bootId().equals(next.bootId())).isPresent();
        if (otherBoot && facts.live().count() > 0) {
            throw Reason.INSTALL_LIVE
                    .because(
                            "node %s gave a sign of life in its former boot less than %d s ago"
                                    .formatted(next.node(), Timings.LIFE.toSeconds()))
                    .asException();
        }
        if (there.isEmpty() && expected != 0) {
            throw Reason.INSTALL_SUPERSEDED
                    .because("the store has no record of install %s".formatted(next.id()))
                    .remedy(
                            "the store was put back or replaced: see docs/runbooks/etcd-restored.md")
                    .asException();
        }
        return there.filter(now -> now.incarnation() != expected);
    }

    private RejectedException taken(Facts facts) {
        UUID other = facts.node().current().orElseThrow();
        Rejection why =
                Reason.NODE_NAME_TAKEN
                        .because(
                                "the name \"%s\" is that of install %s, which is live"
                                        .formatted(next.node(), other))
                        .with("node", next.node());
        boolean sameMachine =
                facts.bearer()
                        .map(Install::hardwareId)
                        .filter(id -> !id.isEmpty() && id.equals(next.hardwareId()))
                        .isPresent();
        return sameMachine
                ? why.remedy(
                                "wait: it has this machine's hardware id, and a former life of this"
                                        + " node lapses within %d s; this is tried again by itself."
                                                .formatted(Timings.LIFE.toSeconds())
                                        + " If it stays so, another machine has the same name and"
                                        + " hardware id: stop the agent of one")
                        .asException()
                : why.asException();
    }

    private CompletionStage<Optional<Install>> write(Facts facts) {
        return remembered(facts.node())
                .thenCompose(former ->
                        life.lease(next.id()).thenCompose(lease -> write(facts, former, lease)));
    }

    private CompletionStage<Optional<Install>> write(Facts facts, List<UUID> former, long lease) {
        var conditions = new ArrayList<Condition>();
        conditions.add(facts.install().unchanged());
        conditions.add(facts.node().unchanged());
        facts.other()
                .ifPresent(_ ->
                        conditions.add(
                                Condition.missing(
                                        keys.live(facts.node().current().orElseThrow()))));
        conditions.add(Condition.unchanged(keys.live(next.id()), facts.live().first()));
        String record =
                Values.text(facts.install().entry(), RecordWire.write(next, clock.now().wall()));
        List<Step> steps =
                new ArrayList<>(
                        List.of(
                                new Put(keys.install(next.id()), record),
                                new Put(
                                        keys.node(next.node()),
                                        facts.node().text(next.id(), former)),
                                life.sign(next.id(), next.incarnation(), lease)));
        // An unfreeze that is under way has not seen this install.
        session.meta()
                .filter(Meta::isFrozen)
                .ifPresent(meta -> steps.add(meta.assertionMade(keys)));
        return session.commitChecked(new Change(conditions, steps, List.of()))
                .thenApply(answer -> {
                    if (answer.matched()) {
                        remember(record, answer);
                        return Optional.of(next);
                    }
                    return Optional.empty();
                });
    }

    private void remember(String record, Answer answer) {
        String key = keys.install(next.id());
        var entry = new Etcd.Entry(key, record, answer.header().revision(), 0);
        seen.saw(next.id(), InstallSeen.of(key, Optional.of(entry)));
    }

    /** The former installs of the name; of too many those that own blocks go last. */
    private CompletionStage<List<UUID>> remembered(NodeSeen node) {
        List<UUID> former = node.formerOf(next.id());
        if (former.size() <= NodeSeen.MOST_FORMER) {
            return Retries.done(former);
        }
        return session.commit(Change.read(former.stream().map(this::count).toList()))
                .thenApply(answer -> {
                    var kept = new ArrayList<UUID>();
                    for (int i = 0; i < former.size(); i++) {
                        if (answer.readings().get(i).count() > 0) {
                            kept.add(former.get(i));
                        }
                    }
                    int surplus = Math.max(0, kept.size() - NodeSeen.MOST_FORMER);
                    return List.copyOf(kept.subList(surplus, kept.size()));
                });
    }

    private Range count(UUID install) {
        Keys.KeyRange owned = keys.ownedBy(install);
        return new Range(owned.from(), owned.to(), 0, Form.COUNT);
    }
}
