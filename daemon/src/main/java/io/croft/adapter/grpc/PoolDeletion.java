package io.croft.adapter.grpc;

import io.croft.core.block.Block;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolState;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.serving.Look;
import io.croft.core.time.BootTime;
import io.croft.node.port.FailedStage;
import io.croft.node.port.PoolStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * The removal of one pool, one step at a time: refused while an address is held; else the pool
 * drains, and is removed as soon as the store knows of no block of it. To be asked again until
 * then.
 */
final class PoolDeletion {
    /** Enough to know whom to ask. */
    private static final int SHOWN = 3;

    private final Engine engine;
    private final PoolStore store;
    private final PoolCalls pools;

    PoolDeletion(Engine engine, PoolStore store, PoolCalls pools) {
        this.engine = engine;
        this.store = store;
        this.pools = pools;
    }

    CompletionStage<Void> delete(String name, BootTime deadline) {
        return store.read()
                .thenCompose(all -> look(all.get(name).pool(), deadline))
                .thenCompose(rest -> drain(name, rest, deadline))
                .thenAccept(gone -> {});
    }

    private CompletionStage<Rest> look(Pool pool, BootTime deadline) {
        return engine.submit(new Look<>((node, now) -> Rest.of(pool, node)), deadline)
                .thenApply(rest -> {
                    if (rest.held() > 0) {
                        throw rest.refusal().asException();
                    }
                    return rest;
                });
    }

    private CompletionStage<?> drain(String name, Rest rest, BootTime deadline) {
        return pools.edit(all -> all.become(name, PoolState.DRAINING), false, deadline)
                .thenCompose(drained -> pools.edit(all -> all.delete(name), false, deadline))
                .exceptionally(failure -> {
                    throw isNotEmpty(failure)
                            ? rest.refusal().asException()
                            : new CompletionException(failure);
                });
    }

    private static boolean isNotEmpty(Throwable failure) {
        return FailedStage.refusal(failure)
                .filter(why -> why.reason() == Reason.POOL_NOT_EMPTY)
                .isPresent();
    }

    /** What this node still has of the pool. */
    private record Rest(Pool pool, int held, int resting, int blocks, List<String> holders) {
        static Rest of(Pool pool, NodeView node) {
            int held = 0;
            int resting = 0;
            int blocks = 0;
            for (Block block : node.blocks(pool.id())) {
                blocks++;
                held += block.held();
                resting += block.restingCount();
            }
            var holders = new ArrayList<String>();
            if (held > 0) {
                Listed.held(node)
                        .filter(each -> each.pool().equals(pool.name()))
                        .sorted(Listed.ORDER)
                        .limit(SHOWN)
                        .forEach(each -> holders.add(holder(each)));
            }
            return new Rest(pool, held, resting, blocks, holders);
        }

        private static String holder(Listed each) {
            var held = each.allocation().orElseThrow();
            String pod = held.workload().namespace() + "/" + held.workload().pod();
            return each.address() + " by " + (pod.equals("/") ? held.attachment().toString() : pod);
        }

        Rejection refusal() {
            return held > 0 ? heldRefusal() : waiting();
        }

        private Rejection heldRefusal() {
            String more = held > SHOWN ? " and %d more".formatted(held - SHOWN) : "";
            return Reason.POOL_NOT_EMPTY
                    .because(
                            "pool \"%s\" has %d addresses held: %s%s"
                                    .formatted(pool.name(), held, String.join(", ", holders), more))
                    .with("pool", pool.name())
                    .with("held", Integer.toString(held));
        }

        private Rejection waiting() {
            return Reason.POOL_NOT_EMPTY
                    .because(
                            "pool \"%s\" drains: %d addresses rest, %d blocks of this node go back"
                                    .formatted(pool.name(), resting, blocks))
                    .remedy("repeat until it is gone; no address of it is held on this node")
                    .with("pool", pool.name())
                    .with("held", "0")
                    .with("resting", Integer.toString(resting))
                    .with("blocks", Integer.toString(blocks));
        }
    }
}
