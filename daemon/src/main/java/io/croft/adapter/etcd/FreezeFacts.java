package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.wire.RecordWire;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.Install;
import io.croft.proto.store.v1.Assertion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Who has a part in a store that is frozen, what each of them said, and the highest generation. */
final class FreezeFacts {
    private final Continuity session;
    private final Keys keys;
    private final Map<UUID, InstallSeen> installs = new TreeMap<>();
    private final Map<UUID, Assertion> assertions = new HashMap<>();
    private final Map<UUID, String> owners = new TreeMap<>();
    private final Set<UUID> live = new TreeSet<>();
    private long highestGeneration;
    private String highestKey = "";

    FreezeFacts(Continuity session, Keys keys) {
        this.session = session;
        this.keys = keys;
    }

    /** Completes when all was read; once. */
    CompletionStage<Boolean> read() {
        return walk("installs", this::install)
                .thenCompose(_ -> walk("asserted", this::assertion))
                .thenCompose(_ -> walk("blocks", this::block))
                .thenCompose(_ ->
                        KeyPages.over(
                                session,
                                keys.kind("live"),
                                Form.KEYS,
                                entry -> Keys.idOf(entry.key()).ifPresent(live::add)));
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
        count(generation, entry);
    }

    private void count(long generation, Entry entry) {
        if (generation > highestGeneration) {
            highestGeneration = generation;
            highestKey = entry.key();
        }
    }

    private void block(Entry entry) {
        BlockOwner owner = Values.ownerOrTaken(entry);
        count(owner.token().generation(), entry);
        if (!owner.equals(Values.UNREADABLE)) {
            owner.install().ifPresent(id -> owners.put(id, owner.node()));
        }
    }

    /** Of all tokens and of all that installs know of. */
    long highestGeneration() {
        return highestGeneration;
    }

    /** Which key says it; empty: none. */
    String highestKey() {
        return highestKey;
    }

    /** All that the store knows of, with the names of their nodes. */
    Map<UUID, String> known() {
        var all = new TreeMap<UUID, String>(owners);
        installs.forEach((id, seen) ->
                all.put(id, seen.install().map(Install::node).orElse("(unreadable)")));
        return all;
    }

    /** Whose sign of life says that its machine runs in the boot in which that install lived. */
    Optional<UUID> lifeOf(UUID id) {
        return witnesses(id).stream().filter(live::contains).findFirst();
    }

    /**
     * The install, and those of its name and hardware in the same boot. A later boot is no witness:
     * the pods of the one before are gone.
     */
    Set<UUID> witnesses(UUID id) {
        var all = new TreeSet<UUID>(Set.of(id));
        install(id)
                .ifPresent(one ->
                        installs.keySet().stream()
                                .filter(other ->
                                        install(other)
                                                .filter(two -> isSameLife(one, two))
                                                .isPresent())
                                .forEach(all::add));
        return all;
    }

    private static boolean isSameLife(Install one, Install two) {
        return one.node().equals(two.node())
                && one.hardwareId().equals(two.hardwareId())
                && one.bootId().equals(two.bootId());
    }

    /** The installs that count in that freeze, with what is missing of each. */
    List<FrozenInstall> installs(String freeze) {
        Map<UUID, String> all = known();
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

    private Optional<Install> install(UUID id) {
        return Optional.ofNullable(installs.get(id)).flatMap(InstallSeen::install);
    }
}
