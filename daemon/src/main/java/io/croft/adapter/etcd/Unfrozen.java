package io.croft.adapter.etcd;

import io.croft.node.port.StoreState;
import java.util.List;

/**
 * The end of a freeze, and by whose word.
 *
 * @param installs those that spoke, and those that were missing and named; none if it was not
 *     frozen
 */
public record Unfrozen(StoreState state, List<FrozenInstall> installs) {
    public Unfrozen {
        installs = List.copyOf(installs);
    }
}
