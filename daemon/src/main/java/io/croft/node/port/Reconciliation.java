package io.croft.node.port;

import io.croft.core.allocation.Allocation;
import io.croft.core.time.BootTime;
import java.util.List;

/**
 * What the node found out by itself about attachments that nobody ended, for operators. On the
 * loop's thread.
 */
public interface Reconciliation {
    /** Of a node that does not look. */
    Reconciliation NONE =
            new Reconciliation() {
                @Override
                public String why(Allocation held, BootTime now) {
                    return "";
                }

                @Override
                public List<Allocation> confirm(BootTime now) {
                    return List.of();
                }
            };

    /** Why it is not freed by itself, or when it will be, in a clause; empty: nothing is known. */
    String why(Allocation held, BootTime now);

    /**
     * What was absent from two complete inventories, the later one of late, and is old enough: may
     * be freed on an operator's word, each if it is still exactly that allocation. Lifts the brake.
     */
    List<Allocation> confirm(BootTime now);
}
