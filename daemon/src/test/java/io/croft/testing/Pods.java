package io.croft.testing;

import io.croft.core.address.Address;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Workload;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Grant;
import io.croft.core.serving.Release;
import java.util.Optional;

/** Pods of a node by their names, each in a namespace of its own. */
public final class Pods {
    private Pods() {}

    public static Allocate add(TestNode node, String pod) {
        return add(node, pod, AddressWish.NONE);
    }

    public static Allocate add(TestNode node, String pod, AddressWish wish) {
        return new Allocate(
                Some.attachment(pod),
                node.clock.now().boot(),
                wish,
                new Workload("ns", pod, "", node.inventory.create()),
                "");
    }

    public static Address start(TestNode node, String pod) {
        return given(node.ask(add(node, pod)));
    }

    public static Address given(Grant grant) {
        return grant.allocation().addresses().getFirst().address();
    }

    public static Optional<Allocation> held(TestNode node, String pod) {
        return node.state().allocation(Some.attachment(pod));
    }

    /** Its namespace goes with it. */
    public static void stop(TestNode node, String pod) {
        held(node, pod).ifPresent(held -> node.inventory.destroy(held.workload().netns()));
        node.ask(new Release(Some.attachment(pod), node.clock.now().boot(), false));
    }
}
