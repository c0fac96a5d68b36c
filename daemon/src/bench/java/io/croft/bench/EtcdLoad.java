package io.croft.bench;

import static io.croft.bench.Population.done;

import io.croft.adapter.etcd.EtcdStore;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.node.port.BlockOwner;
import io.croft.testing.LiveNode;
import io.croft.testing.Some;
import io.croft.testing.etcd.EtcdFigures;
import io.croft.testing.etcd.LiveCluster;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Whole nodes by their hundreds on one real etcd, from the command line: {@code ENDPOINT claims
 * NODES}, {@code ENDPOINT cluster NODES} or {@code ENDPOINT churn NODES SECONDS}. Nodes share
 * connections, and this process has the same processors as etcd.
 */
public final class EtcdLoad {
    /** 16,384 blocks of the usual size. */
    private static final Pool POOL =
            Some.pool("bench", "10.64.0.0/12", PoolMode.ROUTED, 26, Some.DEFAULT);

    private static final long BLOCKS = 1L << (26 - 12);
    private static final int BLOCKS_EACH = 3;
    private static final int MOST_CONNECTIONS = 32;

    private final String endpoint;
    private final int nodes;

    private EtcdLoad(String endpoint, int nodes) {
        this.endpoint = endpoint;
        this.nodes = nodes;
    }

    public static void main(String[] words) throws InterruptedException {
        int nodes = Integer.parseInt(words[2]);
        var load = new EtcdLoad(words[0], nodes);
        try (var cluster =
                new LiveCluster(words[0], Math.min(nodes, MOST_CONNECTIONS)).begin("load")) {
            switch (words[1]) {
                case "claims" -> load.claims(cluster);
                case "cluster" -> load.cluster(cluster);
                case "churn" -> load.churn(cluster, Integer.parseInt(words[3]));
                default -> throw new IllegalArgumentException(words[1]);
            }
        }
    }

    /** Nodes that are members hear of the cluster's first pool. */
    private void claims(LiveCluster cluster) {
        System.out.println(
                "| nodes | block wanted | all have it after ms | half of them | requests | Txn a node | by kind | bytes a node to etcd | from etcd |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        for (String wanted : List.of("ahead of need", "by a waiting pod")) {
            claims(cluster.begin(wanted.substring(0, 2)), wanted);
        }
        cluster.begin("nobody");
        EtcdFigures before = EtcdFigures.of(endpoint);
        cluster.create(POOL);
        System.out.printf(
                "%nOf these requests the pool's creation took %s.%n%n",
                EtcdFigures.of(endpoint).since(before).kinds());
    }

    private void claims(LiveCluster cluster, String wanted) {
        List<LiveNode> live =
                IntStream.range(0, nodes).mapToObj(each -> cluster.join("n" + each)).toList();
        await(() -> live.stream().allMatch(LiveNode::isMember));
        EtcdFigures before = EtcdFigures.of(endpoint);
        long start = System.nanoTime();
        cluster.create(POOL);
        List<CompletableFuture<Long>> having =
                live.stream()
                        .map(node ->
                                CompletableFuture.supplyAsync(
                                        () -> {
                                            if (wanted.startsWith("by")) {
                                                await(() -> added(node));
                                            } else {
                                                await(() -> !node.owned().join().isEmpty());
                                            }
                                            return System.nanoTime() - start;
                                        },
                                        task -> Thread.ofVirtual().start(task)))
                        .toList();
        long[] took = having.stream().mapToLong(CompletableFuture::join).sorted().toArray();
        EtcdFigures cost = EtcdFigures.of(endpoint).since(before);
        System.out.printf(
                "| %d | %s | %d | %d | %d | %.2f | %s | %d | %d |%n",
                nodes,
                wanted,
                TimeUnit.NANOSECONDS.toMillis(took[nodes - 1]),
                TimeUnit.NANOSECONDS.toMillis(took[nodes / 2]),
                cost.requests(),
                (double) cost.requests("Txn") / nodes,
                cost.kinds(),
                cost.received() / nodes,
                cost.sent() / nodes);
    }

    /** As a kubelet: what is refused is asked again. */
    private static boolean added(LiveNode node) {
        try {
            return !node.add("pod").join().allocation().addresses().isEmpty();
        } catch (CompletionException refused) {
            return false;
        }
    }

    /** What a large cluster takes in etcd, and what it costs when all agents start at once. */
    private void cluster(LiveCluster cluster) throws InterruptedException {
        cluster.create(POOL);
        var population = new Population(cluster, POOL, BLOCKS);
        List<Population.Member> members = population.settle("node-", nodes, BLOCKS_EACH);
        System.out.printf(
                "%d nodes with %d blocks each in a /12 of /26 blocks.%n%n%s%n",
                nodes, BLOCKS_EACH, Keyspace.of(endpoint, "/croft/v1/load/").table());
        EtcdFigures before = EtcdFigures.of(endpoint);
        long start = System.nanoTime();
        List<LiveNode> live = members.stream().map(population::start).toList();
        await(() -> live.stream().allMatch(LiveNode::isMember));
        long took = System.nanoTime() - start;
        EtcdFigures cost = EtcdFigures.of(endpoint).since(before);
        System.out.printf(
                "All start at once: validated after %.1f s; %d requests, %.1f a node (%s); %.1f KB a node to etcd, %.1f from it.%n%n",
                took / 1e9,
                cost.requests(),
                (double) cost.requests() / nodes,
                cost.kinds(),
                cost.received() / 1e3 / nodes,
                cost.sent() / 1e3 / nodes);
    }

    /** A large cluster at work: signs of life, reads of pools, and one block in a hundred moves. */
    private void churn(LiveCluster cluster, int seconds) throws InterruptedException {
        cluster.create(POOL);
        var population = new Population(cluster, POOL, BLOCKS);
        List<Population.Member> members = population.settle("node-", nodes, BLOCKS_EACH);
        List<LiveNode> live = members.stream().map(population::start).toList();
        await(() -> live.stream().allMatch(LiveNode::isMember));
        long moves = Math.max(1, (long) nodes * BLOCKS_EACH / 100 * seconds / 60);
        // Their blocks come and go while the others' stay.
        List<Population.Member> movers = population.settle("mover-", 20, 0);
        List<BlockId> free = population.free();
        EtcdFigures before = EtcdFigures.of(endpoint);
        long start = System.nanoTime();
        for (long move = 0; move < moves; move++) {
            long due = start + TimeUnit.SECONDS.toNanos(seconds) * move / moves;
            LockSupport.parkNanos(due - System.nanoTime());
            move(
                    cluster.store(),
                    movers.get((int) (move % movers.size())),
                    free.get((int) (move % free.size())),
                    cluster.uuid());
        }
        double took = (System.nanoTime() - start) / 1e9;
        EtcdFigures cost = EtcdFigures.of(endpoint).since(before);
        EtcdFigures now = EtcdFigures.of(endpoint);
        System.out.printf(
                "%d nodes for %.0f s, %d blocks claimed and returned (1 %% a minute): %.0f requests/s (%s), %.1f KB/s to etcd, %.1f KB/s from it; "
                        + "etcd used %.0f %% of a processor; database %.1f MB before, %.1f MB after, of it in use %.1f MB; etcd's memory %.0f MB.%n%n",
                nodes,
                took,
                moves,
                cost.requests() / took,
                cost.kinds(),
                cost.received() / took / 1e3,
                cost.sent() / took / 1e3,
                100 * cost.sum("process_cpu_seconds_total", "") / took,
                before.sum("etcd_mvcc_db_total_size_in_bytes", "") / 1e6,
                now.sum("etcd_mvcc_db_total_size_in_bytes", "") / 1e6,
                now.sum("etcd_mvcc_db_total_size_in_use_in_bytes", "") / 1e6,
                now.sum("process_resident_memory_bytes", "") / 1e6);
    }

    private static void move(EtcdStore store, Population.Member mover, BlockId block, UUID nonce) {
        done(store.session().check());
        Optional<Token> before = done(store.blocks().read(block)).map(BlockOwner::token);
        var token = new Token(1, before.map(Token::epoch).orElse(0L) + 1, nonce);
        var intent = new ClaimIntent(block, Optional.empty(), before, token);
        done(store.blocks().claim(intent, mover.registrant()));
        done(store.blocks().giveBack(block, token, mover.registrant()));
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
