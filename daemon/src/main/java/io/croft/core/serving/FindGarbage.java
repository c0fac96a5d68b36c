package io.croft.core.serving;

import io.croft.core.allocation.Allocation;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.NodeView;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import java.util.List;
import java.util.Set;

/**
 * First half of a CNI GC: what attachments of a network hold that are not in the runtime's list and
 * began before it asked. Proves nothing yet: the look at their namespaces must come after this
 * read.
 */
public record FindGarbage(String network, Set<InterfaceKey> valid, BootTime began)
        implements Command<List<Allocation>> {
    @Override
    public Decision<List<Allocation>> decide(NodeView node, Moment now) {
        return Decision.answer(
                node.allocations().stream()
                        .filter(held -> held.attachment().network().equals(network))
                        .filter(held -> !valid.contains(InterfaceKey.of(held.attachment())))
                        .filter(held -> held.began().isBefore(began))
                        .toList());
    }
}
