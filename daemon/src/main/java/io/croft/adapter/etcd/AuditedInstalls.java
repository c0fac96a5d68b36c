package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Finding.Severity;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.Install;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** The installs that an audit saw, then their names, and what seems wrong with them. */
final class AuditedInstalls {
    private static final int MOST_NAMED = 8;

    private final Keys keys;
    private final AuditFacts facts;
    private final Set<UUID> ids = new HashSet<>();
    private final Map<String, List<Condition>> ofNode = new TreeMap<>();
    private final Map<String, Map<String, Condition>> nodesOfHardware = new TreeMap<>();

    AuditedInstalls(Keys keys, AuditFacts facts) {
        this.keys = keys;
        this.facts = facts;
    }

    long count() {
        return ids.size();
    }

    boolean contains(UUID id) {
        return ids.contains(id);
    }

    void install(Entry entry) {
        InstallSeen seen = InstallSeen.of(entry.key(), Optional.of(entry));
        Condition on = Condition.unchanged(entry);
        Keys.idOf(entry.key()).ifPresent(ids::add);
        seen.install()
                .ifPresent(install -> {
                    ofNode.computeIfAbsent(install.node(), _ -> new ArrayList<>()).add(on);
                    nodesOfHardware
                            .computeIfAbsent(install.hardwareId(), _ -> new TreeMap<>())
                            .put(install.node(), on);
                });
        if (seen.isUnreadable()) {
            facts.suspect(
                    Severity.WASTE, on, "the install's record cannot be read", AuditFacts.MEND);
        }
        if (seen.isReclaiming()) {
            facts.suspect(
                    Severity.WASTE,
                    on,
                    "the reclaim of node %s was begun and not finished"
                            .formatted(seen.install().map(Install::node).orElse("?")),
                    "repeat croft node reclaim");
        }
    }

    void node(Entry entry) {
        try {
            NodeSeen node = NodeSeen.of(entry.key(), Optional.of(entry));
            node.current()
                    .filter(id -> !ids.contains(id))
                    .ifPresent(id ->
                            facts.suspect(
                                    Severity.NOTE,
                                    List.of(
                                            Condition.unchanged(entry),
                                            Condition.missing(keys.install(id))),
                                    "the name leads to install %s, which is none".formatted(id),
                                    AuditFacts.MEND));
        } catch (RejectedException e) {
            facts.unreadable(entry, e);
        }
    }

    /** A sign of life, an assertion or a copy of an install that is none. */
    void ofInstall(Entry entry) {
        Optional<UUID> install = Keys.idOf(entry.key());
        if (install.isEmpty() || !ids.contains(install.get())) {
            var on = new ArrayList<Condition>(List.of(Condition.unchanged(entry)));
            install.ifPresent(id -> on.add(Condition.missing(keys.install(id))));
            facts.suspect(Severity.NOTE, on, "it belongs to no install", AuditFacts.MEND);
        }
    }

    /** After all entries. */
    void finish() {
        ofNode.forEach((node, installs) -> {
            if (installs.size() > 1) {
                facts.suspect(
                        Severity.NOTE,
                        installs.subList(0, Math.min(installs.size(), Etcd.MOST_STEPS)),
                        "node %s has %d installs".formatted(node, installs.size()),
                        "a former one's blocks are inherited after a reboot; else croft node"
                                + " reclaim");
            }
        });
        nodesOfHardware.forEach((hardware, nodes) -> {
            if (nodes.size() > 1) {
                facts.suspect(
                        Severity.NOTE,
                        nodes.values().stream().limit(Etcd.MOST_STEPS).toList(),
                        "hardware id %s is that of %d nodes: %s"
                                .formatted(
                                        hardware,
                                        nodes.size(),
                                        nodes.keySet().stream()
                                                .limit(MOST_NAMED)
                                                .collect(Collectors.joining(", "))),
                        "give each machine a --hardware-id of its own; reclaim the former name of a"
                                + " machine that was renamed");
            }
        });
    }
}
