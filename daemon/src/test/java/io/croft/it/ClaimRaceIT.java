package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.address.Address;
import io.croft.core.block.BlockId;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.serving.Grant;
import io.croft.testing.Eventually;
import io.croft.testing.LiveNode;
import io.croft.testing.Some;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.LiveCluster;
import io.croft.testing.etcd.RealEtcd;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Thirty-two nodes want sixteen blocks of a real etcd, again and again. */
final class ClaimRaceIT {
    /** The long run: {@code -Dcroft.rounds=1000}. */
    private static final int ROUNDS = Integer.getInteger("croft.rounds", 100);

    private static final int NODES = 32;
    private static final int BLOCKS = 16;
    private static final int CONNECTIONS = 8;

    private static final Pool POOL =
            Some.limited(Some.pool("race", "10.64.0.0/24", PoolMode.ROUTED, 28, Some.DEFAULT), 1);

    @Test
    void eachBlockHasOneOwnerAndTheOthersAreTold() {
        try (var etcd = RealEtcd.start(EtcdSetup.one(EtcdVersion.newest()));
                var cluster = new LiveCluster(etcd.urls(), CONNECTIONS)) {
            for (int round = 0; round < ROUNDS; round++) {
                race(cluster.begin("race-" + round));
            }
        }
    }

    private static void race(LiveCluster cluster) {
        List<LiveNode> nodes =
                IntStream.range(0, NODES).mapToObj(each -> cluster.join("n" + each)).toList();
        cluster.create(POOL);
        // Each hears of it by its watch; then all are asked at once.
        nodes.forEach(node -> Eventually.holds(() -> "no pool", () -> node.pools().join() == 1));
        List<CompletableFuture<Grant>> adds = nodes.stream().map(node -> node.add("pod")).toList();
        Set<Address> given = new HashSet<>();
        int refused = 0;
        for (CompletableFuture<Grant> add : adds) {
            try {
                given.add(add.join().allocation().addresses().getFirst().address());
            } catch (CompletionException failed) {
                assertEquals(Reason.POOL_EXHAUSTED, reason(failed), failed::toString);
                refused++;
            }
        }
        List<BlockId> owned = new ArrayList<>();
        nodes.forEach(node -> owned.addAll(node.owned().join()));
        assertEquals(BLOCKS, owned.size(), owned::toString);
        assertEquals(BLOCKS, Set.copyOf(owned).size(), owned::toString);
        assertEquals(NODES, given.size() + refused);
    }

    private static Reason reason(CompletionException failed) {
        assertTrue(failed.getCause() instanceof RejectedException, failed::toString);
        return ((RejectedException) failed.getCause()).rejection().reason();
    }
}
