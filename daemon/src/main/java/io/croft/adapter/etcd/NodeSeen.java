package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.proto.store.v1.NodeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a node's name led to when it was read.
 *
 * @param former those before whose blocks may still be theirs, oldest first
 */
record NodeSeen(String key, Optional<Entry> entry, Optional<UUID> current, List<UUID> former) {
    /** Former ones that a name remembers. */
    static final int MOST_FORMER = 16;

    /** Refuses with STORE_UNUSABLE what cannot be read: a name that leads nowhere is not free. */
    static NodeSeen of(Keys keys, String node, Reading reading) {
        return of(keys.node(node), reading.first());
    }

    static NodeSeen of(String key, Optional<Entry> entry) {
        if (entry.isEmpty()) {
            return new NodeSeen(key, entry, Optional.empty(), List.of());
        }
        NodeRecord record = Values.read(entry.get(), NodeRecord.newBuilder()).build();
        return Values.checked(
                key,
                () -> {
                    if (record.getFormerCount() > MOST_FORMER) {
                        throw new IllegalArgumentException(
                                "former: %d installs are more than %d"
                                        .formatted(record.getFormerCount(), MOST_FORMER));
                    }
                    UUID current = UUID.fromString(record.getInstallId());
                    List<UUID> former =
                            record.getFormerList().stream().map(UUID::fromString).toList();
                    return new NodeSeen(key, entry, Optional.of(current), former);
                });
    }

    /** The current one last. */
    List<UUID> all() {
        var all = new ArrayList<>(former);
        current.ifPresent(all::add);
        return all;
    }

    boolean leadsTo(UUID install) {
        return current.filter(install::equals).isPresent();
    }

    Condition unchanged() {
        return Condition.unchanged(key, entry);
    }

    /** The installs that it remembers when it leads to another one. */
    List<UUID> formerOf(UUID next) {
        return all().stream().filter(each -> !each.equals(next)).distinct().toList();
    }

    String text(UUID leadsTo, List<UUID> remembered) {
        return Values.text(
                entry,
                NodeRecord.newBuilder()
                        .setInstallId(leadsTo.toString())
                        .addAllFormer(remembered.stream().map(UUID::toString).toList())
                        .build());
    }
}
