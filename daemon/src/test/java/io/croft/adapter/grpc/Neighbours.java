package io.croft.adapter.grpc;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.pool.Pool;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.Install;
import io.croft.node.port.Mirror;
import io.croft.node.port.Registrant;
import io.croft.testing.Some;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Other nodes of the cluster of a {@link TestAgent}, as the store knows them. */
public final class Neighbours {
    private final TestAgent agent;

    public Neighbours(TestAgent agent) {
        this.agent = agent;
        // The rules of ownership ask for the pools as well.
        var _ = agent.others().change(all -> agent.pools().read().toCompletableFuture().join());
    }

    public Registrant register(String node) {
        var install =
                new Install(
                        Some.uuid(node),
                        node,
                        "hw-" + node,
                        "machine-" + node,
                        Some.uuid("boot of " + node),
                        3,
                        Some.uuid("nonce of " + node),
                        "0.1.0");
        agent.others().register(install, 0).toCompletableFuture().join();
        return new Registrant(install.id(), node, 3, 1);
    }

    public void live(Registrant node) {
        agent.others().keepAlive(node).toCompletableFuture().join();
    }

    /** Makes the block of that index the node's. */
    public void own(Registrant node, String pool, long index) {
        Pool of = agent.others().read().toCompletableFuture().join().get(pool).pool();
        var block = new BlockId(of.id(), of.cidr().part(of.blockPrefix(), index));
        var intent =
                new ClaimIntent(block, Optional.empty(), Optional.empty(), Some.token(index + 1));
        var answer = agent.others().claim(intent, node).toCompletableFuture().join();
        if (!(answer instanceof ClaimAnswer.Won)) {
            throw new AssertionError(answer);
        }
    }

    /** The node's copy of its addresses, made a while ago. */
    public void copy(Registrant node, Duration ago, int left, Mirror.Line... lines) {
        var copy = new Mirror.Copy(node.node(), TestAgent.WALL.minus(ago), List.of(lines), left);
        agent.others().write(node, copy).toCompletableFuture().join();
    }

    /** One address of pool "pods". */
    public static Mirror.Line line(String address, String pod) {
        return new Mirror.Line(address, "pods", "web", pod, "0123456789abcdef");
    }
}
