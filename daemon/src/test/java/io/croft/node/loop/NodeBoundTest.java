package io.croft.node.loop;

import static io.croft.node.loop.ServingTest.add;
import static io.croft.node.loop.ServingTest.del;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.croft.core.engine.Timings;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import org.junit.jupiter.api.Test;

/** How many attachments one node takes. */
class NodeBoundTest {
    @Test
    void refusesMoreAttachmentsThanANodeCanCarry() {
        TestNode node = TestNode.alone(1, Some.pool("a", "10.0.0.0/16", PoolMode.ROUTED));
        for (int i = 0; i < Timings.MOST_ALLOCATIONS; i++) {
            node.ask(add(node, Some.attachment("pod-" + i)));
        }
        var why = node.refusal(add(node, Some.attachment("one-more")));
        assertEquals(Reason.NODE_FULL, why.reason());
        node.ask(del(node, Some.attachment("pod-0")));
        node.ask(add(node, Some.attachment("one-more")));
    }
}
