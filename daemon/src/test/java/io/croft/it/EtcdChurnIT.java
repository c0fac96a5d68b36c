package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.EtcdStore;
import io.croft.core.address.Address;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.node.port.ClusterDirectory;
import io.croft.node.port.Registrant;
import io.croft.testing.Eventually;
import io.croft.testing.LiveNode;
import io.croft.testing.Some;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.LiveCluster;
import io.croft.testing.etcd.RealEtcd;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Nodes join, serve, die and are reclaimed, in waves that need most of the pool. */
final class EtcdChurnIT {
    private static final int WAVES = 20;
    private static final int NODES = 50;
    private static final int BLOCKS = 64;

    /** The store of this cluster has never been restored, and each agent starts once. */
    private static final long FIRST = 1;

    private static final Pool POOL =
            Some.limited(Some.pool("churn", "10.64.0.0/22", PoolMode.ROUTED, 28, Some.DEFAULT), 1);

    @Test
    void noBlockIsLostWhenAThousandNodesComeAndGo() {
        try (var etcd = RealEtcd.start(EtcdSetup.one(EtcdVersion.newest()));
                var cluster = new LiveCluster(etcd.urls(), 4)) {
            cluster.begin("churn").create(POOL);
            EtcdStore operator = cluster.store();
            done(operator.session().check());
            for (int wave = 0; wave < WAVES; wave++) {
                String prefix = "w%d-".formatted(wave);
                List<LiveNode> nodes =
                        IntStream.range(0, NODES)
                                .mapToObj(each -> cluster.join(prefix + each))
                                .toList();
                serve(nodes);
                nodes.forEach(LiveNode::close);
                nodes.forEach(node -> reclaim(operator, node));
            }
            assertEquals(List.of(), done(operator.directory().members(new UUID(0, 0), 10)));
            var owners = done(operator.blocks().page(POOL, 0, BLOCKS)).owners();
            assertTrue(owners.size() >= NODES, owners::toString);
            assertTrue(owners.values().stream().allMatch(owner -> owner.install().isEmpty()));
        }
    }

    private static void serve(List<LiveNode> nodes) {
        nodes.forEach(node -> Eventually.holds(() -> node.identity().node(), node::isMember));
        Set<Address> given = new HashSet<>();
        for (var add : nodes.stream().map(node -> node.add("pod")).toList()) {
            assertTrue(given.add(add.join().allocation().addresses().getFirst().address()));
        }
    }

    private static void reclaim(EtcdStore operator, LiveNode dead) {
        String name = dead.identity().node();
        var registrant = new Registrant(dead.identity().installId(), name, FIRST, FIRST);
        done(operator.installs().endLife(registrant));
        assertEquals(
                1,
                done(
                        operator.directory()
                                .reclaim(name, new ClusterDirectory.PoweredOff("a test", false))),
                name);
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
