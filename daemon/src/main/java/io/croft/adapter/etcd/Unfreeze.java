package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Member;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Delete;
import io.croft.adapter.etcd.Etcd.Step.DeleteRange;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.adapter.wire.RecordWire;
import io.croft.core.engine.Timings;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.time.Clock;
import io.croft.node.port.StoreState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * One end of a freeze. Every install must have re-asserted its blocks in this freeze, or the
 * operator gives a word for it: off, or rebooted since. A word for who gives a sign of life is
 * refused. Then a generation begins that is higher than all that is known of, and the present raft
 * log counts from now on. The wall clock goes into it, in seconds: another restore may have
 * forgotten a generation of which nobody speaks.
 *
 * <p>Re-assertions write a key that the last transaction compares, so none goes unread.
 */
final class Unfreeze {
    /** In one sentence. */
    private static final int MOST_NAMED = 20;

    private final Continuity session;
    private final Etcd etcd;
    private final Keys keys;
    private final Clock clock;
    private final FreezeFacts facts;

    Unfreeze(Continuity session, Etcd etcd, Keys keys, Clock clock) {
        this.session = session;
        this.etcd = etcd;
        this.keys = keys;
        this.clock = clock;
        this.facts = new FreezeFacts(session, keys);
    }

    /** Who spoke, and who is missing now. */
    CompletionStage<List<FrozenInstall>> installs() {
        return look().thenApply(answer -> installs(meta(answer)));
    }

    /**
     * Empty: somebody re-asserted meanwhile.
     *
     * @param freeze of which the words were said; refused in any other
     */
    CompletionStage<Optional<Unfrozen>> make(String freeze, Set<String> words) {
        return look().thenCompose(answer -> {
            Meta meta = meta(answer);
            if (!meta.isFrozen()) {
                return Retries.done(Optional.of(new Unfrozen(meta.state(), List.of())));
            }
            if (!meta.record().getFreeze().equals(freeze)) {
                throw another(meta, freeze);
            }
            List<FrozenInstall> all = installs(meta);
            List<FrozenInstall> unnamed =
                    all.stream()
                            .filter(FrozenInstall::isMissing)
                            .filter(each -> !each.isIn(words))
                            .toList();
            if (!unnamed.isEmpty()) {
                throw refusal(unnamed);
            }
            List<FrozenInstall> named = all.stream().filter(FrozenInstall::isMissing).toList();
            checkKnown(words, all);
            named.forEach(this::checkDead);
            return etcd.members()
                    .thenCompose(members -> write(answer, meta, named, members))
                    .thenApply(ended -> ended.map(state -> new Unfrozen(state, all)));
        });
    }

    private Meta meta(Answer answer) {
        return Meta.of(keys.meta(), answer.readings().getFirst());
    }

    /**
     * First whether it is still the same freeze: one that a backup brought back ends by the check.
     * Then what the last transaction compares, then all the rest.
     */
    private CompletionStage<Answer> look() {
        return session.check()
                .thenCompose(_ ->
                        session.commitChecked(
                                Change.read(
                                        new Get(keys.meta()),
                                        new Get(keys.assertions()),
                                        new Get(keys.raft()))))
                .thenCompose(answer -> facts.read().thenApply(_ -> answer));
    }

    private List<FrozenInstall> installs(Meta meta) {
        return facts.installs(meta.record().getFreeze());
    }

    /** Words of a freeze before it: whoever was off then may have run since. */
    private static RejectedException another(Meta meta, String freeze) {
        return Reason.STORE_FROZEN
                .because(
                        "the store was frozen anew, in freeze %s; %s is none of it: %s"
                                .formatted(
                                        meta.record().getFreeze(),
                                        freeze.isEmpty() ? "no id" : freeze,
                                        meta.record().getFrozenBecause()))
                .remedy(
                        "see by croft store status who is missing now, then croft store unfreeze"
                                + " --freeze with the id that it shows")
                .asException();
    }

    private static RejectedException last(String key) {
        return Reason.STORE_UNUSABLE
                .because("%s says the last generation there can be".formatted(key))
                .remedy("nothing of Croft writes it: correct the value with etcdctl, then repeat")
                .with("key", key)
                .asException();
    }

    private static RejectedException refusal(List<FrozenInstall> unnamed) {
        String names =
                unnamed.stream()
                        .limit(MOST_NAMED)
                        .map(each ->
                                "%s (%s %s)"
                                        .formatted(
                                                each.node(),
                                                each.install(),
                                                each.missing().orElseThrow()))
                        .collect(Collectors.joining("; "));
        return Reason.STORE_FROZEN
                .because("%d installs are missing: %s".formatted(unnamed.size(), names))
                .remedy(
                        "start their agents, or name each whose machine is off or was rebooted"
                                + " since the freeze; idle is not enough. Addresses in a pool that"
                                + " was given away: delete their pods, then restart that agent")
                .asException();
    }

    /** A word for nobody is a slip of the pen, and another one may go without its word. */
    private void checkKnown(Set<String> words, List<FrozenInstall> all) {
        Map<UUID, String> known = facts.known();
        List<String> unknown =
                words.stream()
                        .filter(word -> !known.containsValue(word))
                        .filter(word -> Keys.uuid(word).filter(known::containsKey).isEmpty())
                        .sorted()
                        .toList();
        if (!unknown.isEmpty()) {
            String missing =
                    all.stream()
                            .filter(FrozenInstall::isMissing)
                            .limit(MOST_NAMED)
                            .map(each -> "%s (%s)".formatted(each.node(), each.install()))
                            .collect(Collectors.joining(", "));
            throw Reason.NODE_UNKNOWN
                    .because(
                            "the store knows no node or install \"%s\""
                                    .formatted(String.join("\", \"", unknown)))
                    .remedy(
                            missing.isEmpty()
                                    ? "leave it out: no install is missing"
                                    : "name only those that are missing: " + missing)
                    .with("node", unknown.getFirst())
                    .asException();
        }
    }

    /** Who gives a sign of life is neither off nor gone: it must speak for itself. */
    private void checkDead(FrozenInstall named) {
        facts.lifeOf(named.install())
                .ifPresent(life -> {
                    String by = life.equals(named.install()) ? "" : ", by install " + life;
                    throw Reason.NODE_LIVE
                            .because(
                                    "node %s (%s), which %s, gave a sign of life less than %d s ago%s"
                                            .formatted(
                                                    named.node(),
                                                    named.install(),
                                                    named.missing().orElse("is named"),
                                                    Timings.LIFE.toSeconds(),
                                                    by))
                            .remedy(
                                    "wait until it has spoken; if it does not, see its croft status, reboot"
                                            + " its machine or power it off, and repeat after 45 s")
                            .with("node", named.node())
                            .asException();
                });
    }

    private CompletionStage<Optional<StoreState>> write(
            Answer answer, Meta meta, List<FrozenInstall> named, List<Member> members) {
        Optional<RaftLog> log = RaftLog.of(answer.header(), members);
        if (log.isEmpty()) {
            return Retries.done(Optional.empty());
        }
        long seconds = clock.now().wall().getEpochSecond();
        long generation =
                Math.max(seconds, Math.max(facts.highestGeneration(), meta.generation())) + 1;
        if (!RecordWire.isCounter(generation)) {
            // Written, it would make meta one that nobody can read.
            throw last(meta.generation() + 1 == generation ? keys.meta() : facts.highestKey());
        }
        Optional<Entry> touched = answer.readings().get(1).first();
        Optional<Entry> mark = answer.readings().get(2).first();
        Keys.KeyRange asserted = keys.kind("asserted");
        var conditions = new ArrayList<Condition>();
        conditions.add(Condition.unchanged(meta.entry()));
        conditions.add(Condition.unchanged(keys.assertions(), touched));
        named.stream()
                .flatMap(each -> facts.witnesses(each.install()).stream())
                .distinct()
                .limit(Etcd.MOST_STEPS / 2)
                .forEach(each -> conditions.add(Condition.missing(keys.live(each))));
        List<Step> steps =
                List.of(
                        new Put(keys.meta(), meta.unfrozenText(generation)),
                        new Put(keys.raft(), log.get().text(mark)),
                        new Delete(keys.assertions()),
                        new DeleteRange(asserted.from(), asserted.to()));
        return session.commitChecked(new Change(conditions, steps, List.of()))
                .thenApply(sent ->
                        sent.matched()
                                ? Optional.of(StoreState.serving(generation))
                                : Optional.empty());
    }
}
