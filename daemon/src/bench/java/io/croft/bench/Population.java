package io.croft.bench;

import io.croft.adapter.etcd.EtcdStore;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.engine.Event;
import io.croft.core.pool.Pool;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.Install;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.Registrant;
import io.croft.testing.LiveNode;
import io.croft.testing.MemoryJournal;
import io.croft.testing.etcd.LiveCluster;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;

/**
 * Installs that registered and claimed blocks by the real stores, with the journals that they would
 * have. No two want the same block: how they find free ones is measured elsewhere.
 */
final class Population {
    private static final int AT_ONCE = 64;

    /** One of them; its node does not run. */
    record Member(InstallIdentity identity, MemoryJournal journal, Registrant registrant) {}

    private final LiveCluster cluster;
    private final Pool pool;
    private final List<Long> free;

    Population(LiveCluster cluster, Pool pool, long blocks) {
        this.cluster = cluster;
        this.pool = pool;
        this.free = new ArrayList<>(LongStream.range(0, blocks).boxed().toList());
        Collections.shuffle(free, new Random(1));
    }

    /** So many more members of such names with so many blocks each. */
    List<Member> settle(String prefix, int members, int blocks) throws InterruptedException {
        var places = new Semaphore(AT_ONCE);
        List<Future<Member>> settling = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = 0; number < members; number++) {
                String node = prefix + number;
                List<Long> mine = take(blocks);
                places.acquire();
                settling.add(
                        threads.submit(() -> {
                            try {
                                return settle(node, mine);
                            } finally {
                                places.release();
                            }
                        }));
            }
            List<Member> settled = new ArrayList<>();
            for (Future<Member> each : settling) {
                settled.add(each.get());
            }
            return settled;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Blocks that nobody ever had. */
    List<BlockId> free() {
        return free.stream().map(index -> new BlockId(pool.id(), pool.block(index))).toList();
    }

    private List<Long> take(int blocks) {
        List<Long> last = free.subList(free.size() - blocks, free.size());
        List<Long> taken = List.copyOf(last);
        last.clear();
        return taken;
    }

    private Member settle(String node, List<Long> blocks) {
        EtcdStore store = cluster.store();
        done(store.session().check());
        InstallIdentity identity = cluster.identity(node);
        var install =
                new Install(
                        identity.installId(),
                        node,
                        identity.hardwareId(),
                        identity.machineId(),
                        cluster.boot(),
                        1,
                        cluster.uuid(),
                        "bench");
        done(store.installs().register(install, 0));
        var registrant = new Registrant(install.id(), node, 1, 1);
        List<Event> history = new ArrayList<>();
        history.add(new Event.Started(cluster.boot()));
        history.add(new Event.PoolDefined(pool));
        history.add(new Event.IncarnationIntended(1, install.nonce()));
        for (long index : blocks) {
            var id = new BlockId(pool.id(), pool.block(index));
            var token = new Token(1, 1, cluster.uuid());
            claim(store, id, token, registrant);
            history.add(new Event.BlockAdopted(id, token));
        }
        var journal = new MemoryJournal();
        journal.append(cluster.clock().now(), history);
        journal.commit();
        return new Member(identity, journal, registrant);
    }

    private static void claim(EtcdStore store, BlockId id, Token token, Registrant by) {
        var intent = new ClaimIntent(id, Optional.empty(), Optional.empty(), token);
        ClaimAnswer answer = done(store.blocks().claim(intent, by));
        if (!(answer instanceof ClaimAnswer.Won)) {
            throw new IllegalStateException(id + ": " + answer);
        }
    }

    LiveNode start(Member member) {
        return cluster.start(member.identity(), member.journal());
    }

    static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
