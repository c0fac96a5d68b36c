package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.etcd.FlakyProxy;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** etcd carries a claim out, and the agent never hears of it. */
final class EtcdLostReplyIT {
    @TempDir private Path dir;

    @Test
    void aClaimWhoseReplyWasLostIsFoundMade() {
        try (var place = EtcdPlace.one(dir);
                var proxy = FlakyProxy.to(place.etcd().member(0))) {
            RealAgent witness = place.agent("witness").start();
            RealAgent deaf = place.agent("deaf").with("store", proxy.url()).start();
            witness.croft("pool create pods 10.98.2.0/24 --mode routed --block-size 28 --default")
                    .expectSuccess();
            Eventually.holds(deaf::log, () -> deaf.shim().add(Place.pod(dir, "first")).ok());
            Set<String> before = Blocks.owned(witness, "deaf");

            proxy.swallowReplies();
            Pod pod = Place.pod(dir, "unheard");
            String block = Blocks.free(witness, "10.98.2.", 28);
            assertFalse(Blocks.firstOf(block, deaf, pod).ok(), deaf.log());
            assertTrue(Blocks.owned(witness, "deaf").contains(block), deaf.log());

            proxy.pass();
            proxy.cut();
            Eventually.holds(deaf::log, () -> Blocks.firstOf(block, deaf, pod).ok());
            assertEquals(before.size() + 1, Blocks.owned(witness, "deaf").size());
            place.croft("audit").expectSuccess();
        }
    }
}
