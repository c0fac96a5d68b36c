package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Member;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Delete;
import io.croft.adapter.etcd.Etcd.Step.DeleteRange;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.adapter.wire.RecordWire;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.time.Clock;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.Install;
import io.croft.node.port.StoreState;
import io.croft.proto.store.v1.Assertion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One end of a freeze. Every install must have re-asserted its blocks in this freeze, or the
 * operator gives a word for it: off, or rebooted since. Then a generation begins that is higher
 * than all that is known of, and the present raft log counts from now on. The wall clock goes into
 * it, in seconds: another restore may have forgotten a generation of which nobody speaks.
 *
 * <p>Re-assertions write a key that the last transaction compares, so none goes unread.
 */
final class Unfreeze {
    private final Continuity session;
    private final Etcd etcd;
    private final Keys keys;
    private final Clock clock;
    private final Map<UUID, InstallSeen> installs = new TreeMap<>();
    private final Map<UUID, Assertion> assertions = new HashMap<>();
    private final Map<UUID, String> owners = new TreeMap<>();
    private long highest;

    Unfreeze(Continuity session, Etcd etcd, Keys keys, Clock clock) {
        this.session = session;
        this.etcd = etcd;
        this.keys = keys;
        this.clock = clock;
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
            return etcd.members()
                    .thenCompose(members -> write(answer, meta, members))
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
                .thenCompose(answer ->
                        walk("installs", this::install)
                                .thenCompose(_ -> walk("asserted", this::assertion))
                                .thenCompose(_ -> walk("blocks", this::block))
                                .thenApply(_ -> answer));
    }

    private CompletionStage<Boolean> walk(String kind, Consumer<Entry> each) {
        return KeyPages.over(session, keys.kind(kind), Form.VALUES, each);
    }

    private void install(Entry entry) {
        Keys.idOf(entry.key())
                .ifPresent(id -> installs.put(id, InstallSeen.of(entry.key(), Optional.of(entry))));
    }

    private void assertion(Entry entry) {
        Assertion word;
        long generation;
        try {
            word = Values.read(entry, Assertion.newBuilder()).build();
            generation = RecordWire.counter("highestGeneration", word.getHighestGeneration());
        } catch (RejectedException unreadable) {
            return;
        }
        Keys.idOf(entry.key()).ifPresent(id -> assertions.put(id, word));
        highest = Math.max(highest, generation);
    }

    private void block(Entry entry) {
        BlockOwner owner = Values.ownerOrTaken(entry);
        highest = Math.max(highest, owner.token().generation());
        if (!owner.equals(Values.UNREADABLE)) {
            owner.install().ifPresent(id -> owners.put(id, owner.node()));
        }
    }

    private List<FrozenInstall> installs(Meta meta) {
        String freeze = meta.record().getFreeze();
        var all = new TreeMap<UUID, String>(owners);
        installs.forEach((id, seen) ->
                all.put(id, seen.install().map(Install::node).orElse("(unreadable)")));
        var found = new ArrayList<FrozenInstall>();
        all.forEach((id, node) -> {
            Optional<Assertion> word =
                    Optional.ofNullable(assertions.get(id))
                            .filter(each -> each.getFreeze().equals(freeze));
            if (word.isPresent() || !isFormerSelf(id, freeze)) {
                found.add(new FrozenInstall(id, node, unsaid(word)));
            }
        });
        return found;
    }

    /** What keeps an install's word from being enough. */
    private static Optional<String> unsaid(Optional<Assertion> word) {
        if (word.isEmpty()) {
            return Optional.of("has not re-asserted its blocks");
        }
        if (word.get().getReplacesLost()) {
            return Optional.of("began in place of a lost journal, whose pods may live");
        }
        return word.get().getGivenUpCount() == 0
                ? Optional.empty()
                : Optional.of(
                        "holds addresses in pool %s, whose name or range was given away"
                                .formatted(String.join(", ", word.get().getGivenUpList())));
    }

    /** Its machine spoke since, in a later boot and with its journal: the pods of it are gone. */
    private boolean isFormerSelf(UUID id, String freeze) {
        Optional<Install> former = install(id);
        return former.isPresent()
                && assertions.entrySet().stream()
                        .filter(word -> !word.getKey().equals(id))
                        .filter(word -> word.getValue().getFreeze().equals(freeze))
                        .filter(word -> !word.getValue().getReplacesLost())
                        .filter(word ->
                                !word.getValue()
                                        .getBootId()
                                        .equals(former.get().bootId().toString()))
                        .flatMap(word -> install(word.getKey()).stream())
                        .anyMatch(other ->
                                other.node().equals(former.get().node())
                                        && other.hardwareId().equals(former.get().hardwareId()));
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

    private Optional<Install> install(UUID id) {
        return Optional.ofNullable(installs.get(id)).flatMap(InstallSeen::install);
    }

    private static RejectedException refusal(List<FrozenInstall> unnamed) {
        String names =
                unnamed.stream()
                        .limit(20)
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

    private CompletionStage<Optional<StoreState>> write(
            Answer answer, Meta meta, List<Member> members) {
        Optional<RaftLog> log = RaftLog.of(answer.header(), members);
        if (log.isEmpty()) {
            return Retries.done(Optional.empty());
        }
        long seconds = clock.now().wall().getEpochSecond();
        long generation = Math.max(seconds, Math.max(highest, meta.generation())) + 1;
        Optional<Entry> touched = answer.readings().get(1).first();
        Optional<Entry> mark = answer.readings().get(2).first();
        Keys.KeyRange asserted = keys.kind("asserted");
        List<Condition> conditions =
                List.of(
                        Condition.unchanged(meta.entry()),
                        Condition.unchanged(keys.assertions(), touched));
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
