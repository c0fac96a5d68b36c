package io.croft.core.engine;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Allocations by attachment, and by container and interface alone: a conflist may be renamed under
 * live pods.
 */
final class Holders {
    private record Interface(String containerId, String ifName) {
        static Interface of(Attachment attachment) {
            return new Interface(attachment.containerId(), attachment.ifName());
        }
    }

    private final Map<Attachment, Allocation> byAttachment = new HashMap<>();
    private final Map<Interface, List<Attachment>> byInterface = new HashMap<>();

    Optional<Allocation> get(Attachment attachment) {
        return Optional.ofNullable(byAttachment.get(attachment));
    }

    Optional<Allocation> sole(String containerId, String ifName) {
        List<Attachment> all =
                byInterface.getOrDefault(new Interface(containerId, ifName), List.of());
        return all.size() == 1 ? get(all.getFirst()) : Optional.empty();
    }

    Collection<Allocation> all() {
        return Collections.unmodifiableCollection(byAttachment.values());
    }

    void put(Allocation allocation) {
        Attachment attachment = allocation.attachment();
        if (byAttachment.put(attachment, allocation) == null) {
            byInterface
                    .computeIfAbsent(Interface.of(attachment), i -> new ArrayList<>(1))
                    .add(attachment);
        }
    }

    void renew(Event.Renewed event) {
        byAttachment.computeIfPresent(
                event.attachment(),
                (_, held) -> held.renewed(event.sequence(), event.began(), event.workload()));
    }

    void remove(Attachment attachment) {
        if (byAttachment.remove(attachment) != null) {
            byInterface.computeIfPresent(
                    Interface.of(attachment),
                    (i, all) -> {
                        all.remove(attachment);
                        return all.isEmpty() ? null : all;
                    });
        }
    }

    void clear() {
        byAttachment.clear();
        byInterface.clear();
    }
}
