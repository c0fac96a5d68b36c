package io.croft.adapter.etcd;

import io.croft.core.engine.Timings;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.Install;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Whose blocks a reclaim takes, and whose sign of life forbids it: as it was read at its beginning.
 *
 * @param node what the operator named: a node, or an install's id
 * @param name what that name leads to
 * @param live those that gave a sign of life
 * @param sharedHardware a hardware id is that of several machines: other nodes forbid nothing
 */
record ReclaimTargets(
        String node,
        NodeSeen name,
        Map<UUID, InstallSeen> installs,
        Set<UUID> live,
        boolean sharedHardware) {
    ReclaimTargets {
        installs = new TreeMap<>(installs);
        live = Set.copyOf(live);
    }

    /**
     * The installs of that name, whether or not the name still leads to them; else the one of that
     * id: the only way to take the blocks of a machine whose name another one has by now, or whose
     * record cannot be read.
     */
    List<UUID> all() {
        var all = new TreeSet<UUID>();
        name.all().stream().filter(installs::containsKey).forEach(all::add);
        installs.keySet().stream()
                .filter(id -> nodeOf(id).filter(node::equals).isPresent())
                .forEach(all::add);
        all.forEach(this::checkReadable);
        if (all.isEmpty()) {
            Keys.uuid(node).filter(installs::containsKey).ifPresent(all::add);
        }
        if (all.isEmpty()) {
            throw Reason.NODE_UNKNOWN
                    .because("no install registered as node \"%s\"".formatted(node))
                    .with("node", node)
                    .asException();
        }
        return List.copyOf(all);
    }

    private void checkReadable(UUID id) {
        InstallSeen seen = installs.get(id);
        if (seen != null && seen.isUnreadable()) {
            throw Reason.STORE_UNUSABLE
                    .because(
                            "the value of %s cannot be read, so nobody knows its hardware"
                                    .formatted(seen.key()))
                    .remedy("correct it with etcdctl, or reclaim it by its id: " + id)
                    .with("key", seen.key())
                    .asException();
        }
    }

    void checkDead(UUID target) {
        for (UUID other : kin(target)) {
            if (live.contains(other)) {
                throw isLive(target, other).asException();
            }
        }
    }

    private Rejection isLive(UUID target, UUID other) {
        Rejection why =
                Reason.NODE_LIVE
                        .because(
                                "node %s gave a sign of life on that machine less than %d s ago"
                                        .formatted(
                                                nodeOf(other).orElse(other.toString()),
                                                Timings.LIFE.toSeconds()))
                        .with("node", node);
        return isSameName(target, other)
                ? why
                : why.remedy(
                        "power that machine off, or, where several machines share hardware id %s, give each a --hardware-id of its own and say --shared-hardware"
                                .formatted(hardware(other).orElse("")));
    }

    /** The install, and those on its hardware whose sign of life is also its machine's. */
    Set<UUID> kin(UUID target) {
        Optional<String> hardware = hardware(target);
        return installs.keySet().stream()
                .filter(id ->
                        id.equals(target)
                                || (hardware.isPresent()
                                        && hardware(id).equals(hardware)
                                        && (!sharedHardware || isSameName(target, id))))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isSameName(UUID one, UUID other) {
        return nodeOf(one).equals(nodeOf(other));
    }

    private Optional<String> hardware(UUID id) {
        return install(id).map(Install::hardwareId).filter(text -> !text.isEmpty());
    }

    private Optional<String> nodeOf(UUID id) {
        return install(id).map(Install::node);
    }

    private Optional<Install> install(UUID id) {
        return Optional.ofNullable(installs.get(id)).flatMap(InstallSeen::install);
    }

    /** The name that leads, or led, to it. */
    String nameOf(UUID target) {
        return name.all().contains(target) ? node : nodeOf(target).orElse(node);
    }
}
