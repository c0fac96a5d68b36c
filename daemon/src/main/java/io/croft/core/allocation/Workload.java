package io.croft.core.allocation;

import io.croft.core.netns.SeenNetns;
import java.util.Optional;

/** Who an allocation is for. Labels for pools and people; never an identity. Texts may be empty. */
public record Workload(String namespace, String pod, String uid, Optional<SeenNetns> netns) {
    public static final Workload UNKNOWN = new Workload("", "", "", Optional.empty());
}
