package io.croft.core.engine;

import io.croft.core.pool.Pool;
import java.util.Map;

/**
 * What pools may ask of the node: its name and the agent's labels. Configuration, the same for the
 * life of the process.
 */
public record NodeProfile(String name, Map<String, String> labels) {
    public NodeProfile {
        labels = Map.copyOf(labels);
    }

    public boolean mayUse(Pool pool) {
        return pool.access().allowsNode(name, labels);
    }
}
