package io.croft.agent;

import io.croft.adapter.grpc.AgentFacts.Condition;
import io.croft.adapter.host.HostAddresses.HostAddress;
import io.croft.core.block.Block;
import io.croft.core.block.Ownership.Quarantined;
import io.croft.core.block.Ownership.Unvalidated;
import io.croft.core.engine.NodeView;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.node.reconcile.GarbageWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a person should know of a node, each with the remedy. */
final class Conditions {
    private static final int MOST_NAMED = 3;

    private Conditions() {}

    static List<Condition> of(NodeView node, Optional<String> notServing, List<HostAddress> host) {
        List<Condition> conditions = new ArrayList<>();
        notServing.ifPresent(why -> conditions.add(new Condition("NOT_SERVING", why)));
        node.blocks().forEach(block -> quarantined(block).ifPresent(conditions::add));
        long unvalidated =
                node.blocks().stream()
                        .filter(block -> block.ownership() instanceof Unvalidated)
                        .count();
        if (unvalidated > 0) {
            conditions.add(
                    new Condition(
                            "BLOCKS_UNVALIDATED",
                            "the store has not confirmed %d blocks of this node since the start; they give no address until it does"
                                    .formatted(unvalidated)));
        }
        if (node.markersDropped() > 0) {
            conditions.add(
                    new Condition(
                            "MARKERS_DROPPED",
                            node.markersDropped()
                                    + " DEL markers were forgotten before their time; the node"
                                    + " deletes more pods than it can remember"));
        }
        for (Pool pool : node.pools()) {
            host.stream()
                    .flatMap(each -> overlap(pool, each).stream())
                    .findFirst()
                    .ifPresent(conditions::add);
        }
        return conditions;
    }

    /** Of what cannot be read in the store. */
    static Optional<Condition> damage(List<String> found) {
        if (found.isEmpty()) {
            return Optional.empty();
        }
        String named = found.stream().limit(MOST_NAMED).collect(Collectors.joining("; "));
        String more =
                found.size() > MOST_NAMED
                        ? "; and %d more".formatted(found.size() - MOST_NAMED)
                        : "";
        return Optional.of(
                new Condition("STORE_DAMAGED", named + more + "; croft audit says what to do"));
    }

    /** Of what pods left behind. */
    static List<Condition> garbage(GarbageWatch.State state) {
        List<Condition> conditions = new ArrayList<>();
        if (state.braked()) {
            conditions.add(
                    new Condition(
                            "GARBAGE_BRAKED",
                            "of %d of %d attachments nothing was found, which is too many to free them unasked; see croft gc --dry-run, then free them with croft gc --confirm"
                                    .formatted(state.absent(), state.held())));
        }
        state.incomplete()
                .ifPresent(why ->
                        conditions.add(
                                new Condition(
                                        "INVENTORY_INCOMPLETE",
                                        "what pods leave behind is not freed: "
                                                + why
                                                + "; mend that, or see croft gc --dry-run")));
        return conditions;
    }

    private static Optional<Condition> quarantined(Block block) {
        return block.ownership() instanceof Quarantined(var token, var cause)
                ? Optional.of(
                        new Condition(
                                "BLOCK_QUARANTINED",
                                "block %s gives no more addresses (%s), %d are held; move its pods, then reboot the node"
                                        .formatted(block.id(), cause, block.held())))
                : Optional.empty();
    }

    /**
     * The gateway of a pool is the host's own where a plugin put it there; anything else clashes.
     */
    private static Optional<Condition> overlap(Pool pool, HostAddress host) {
        boolean gateway = pool.form().gateway().filter(host.address()::equals).isPresent();
        boolean given = pool.gives(host.address());
        boolean sameNetwork =
                pool.form().mode() != PoolMode.L2 && pool.cidr().overlaps(host.network());
        return gateway || !(given || sameNetwork)
                ? Optional.empty()
                : Optional.of(
                        new Condition(
                                "POOL_OVERLAPS_HOST",
                                "pool \"%s\" %s overlaps %s of this host's %s; reserve that address, or move the pool"
                                        .formatted(
                                                pool.name(),
                                                pool.cidr(),
                                                host.address() + "/" + host.network().prefix(),
                                                host.interfaceName())));
    }
}
