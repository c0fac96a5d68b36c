package io.croft.node.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.address.Address;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.Workload;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Grant;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What callers see who repeat themselves, or name the network otherwise. */
class RepeatedCallsTest {
    @Test
    void aDelOfAnUnknownNetworkFreesTheOneAllocationOfItsInterface() {
        TestNode node = TestNode.alone(1, Some.pool("a", "10.0.0.0/24", PoolMode.ROUTED));
        var renamed = new Attachment("after", "c1", "eth0");
        node.ask(ServingTest.add(node, new Attachment("before", "c1", "eth0")));
        assertTrue(node.ask(ServingTest.del(node, renamed)));
    }

    @Test
    void aDelOfAnUnknownNetworkRefusesALateAddOfWhatItFreed() {
        TestNode node = TestNode.alone(1, Some.pool("a", "10.0.0.0/24", PoolMode.ROUTED));
        var before = new Attachment("before", "c1", "eth0");
        Allocate add = ServingTest.add(node, before);
        node.ask(add);
        assertTrue(node.ask(ServingTest.del(node, new Attachment("after", "c1", "eth0"))));
        assertEquals(Reason.DELETED_MEANWHILE, node.refusal(add).reason());
    }

    @Test
    void aRepeatedDelOfAFormerNetworkFreesNothingOfTheNextOne() {
        TestNode node = TestNode.alone(1, Some.pool("a", "10.0.0.0/24", PoolMode.ROUTED));
        var before = new Attachment("before", "c1", "eth0");
        var after = new Attachment("after", "c1", "eth0");
        node.ask(ServingTest.add(node, before));
        assertTrue(node.ask(ServingTest.del(node, before)));
        node.pass(Duration.ofSeconds(1));
        Grant grant = node.ask(ServingTest.add(node, after));
        assertFalse(node.ask(ServingTest.del(node, before)));
        assertEquals(
                ServingTest.addresses(grant),
                ServingTest.addresses(node.ask(ServingTest.add(node, after))));
    }

    @Test
    void aRepeatedAddThatWantsAnotherAddressIsRefused() {
        TestNode node = TestNode.alone(1, Some.pool("a", "10.0.0.0/24", PoolMode.ROUTED));
        Attachment pod = Some.attachment("pod");
        node.ask(ServingTest.add(node, pod));
        var wish = new AddressWish(List.of(), List.of(Address.parse("ip", "10.0.0.77")));
        var again = new Allocate(pod, node.clock.now().boot(), wish, Workload.UNKNOWN, "");
        assertEquals(Reason.ADDRESSES_DIFFER, node.refusal(again).reason());
    }
}
