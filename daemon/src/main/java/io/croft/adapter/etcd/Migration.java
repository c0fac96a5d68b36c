package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Delete;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.adapter.wire.RecordWire;
import io.croft.core.block.BlockId;
import io.croft.core.block.Token;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.StoredPool;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.Clock;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * One node's pools, ranges and blocks on their way from an embedded store into a cluster's.
 *
 * <p>Blocks go first, page by page under a marker: their pools are not there yet, so nobody sees
 * them and nobody can claim in them. One last transaction brings pools, ranges, install and name
 * and takes the marker away. What was cut off before that is finished by repeating, or undone by it
 * if something is in the way by now; another migration is refused meanwhile.
 */
final class Migration {
    /** More do not fit into the last transaction with the rest. */
    static final int MOST_POOLS = 100;

    private static final int PAGE = 50;
    private static final int TRIES = 5;

    private final Continuity session;
    private final Keys keys;
    private final Catalogue catalogue;
    private final Clock clock;
    private final EmbeddedContent content;

    Migration(
            Continuity session,
            Keys keys,
            Catalogue catalogue,
            Clock clock,
            EmbeddedContent content) {
        this.session = session;
        this.keys = keys;
        this.catalogue = catalogue;
        this.clock = clock;
        this.content = content;
    }

    /** True: it was brought over by this call; false: it was there. */
    CompletionStage<Boolean> make() {
        if (pools().size() + external().size() > MOST_POOLS) {
            throw conflict("it has more than %d pools and external ranges".formatted(MOST_POOLS));
        }
        return Retries.until(
                TRIES,
                "the migration",
                () ->
                        look().thenCompose(facts -> {
                            if (facts.install().entry().isPresent()) {
                                return wasThere(facts);
                            }
                            check(facts);
                            return catalogue.reread().thenCompose(seen -> bring(facts, seen));
                        }));
    }

    /** A backup from the middle of it brings its marker back, and the node its install. */
    private CompletionStage<Optional<Boolean>> wasThere(Facts facts) {
        return facts.marker().filter(this::isOurs).isEmpty()
                ? Retries.done(Optional.of(false))
                : undo().thenApply(done -> done.map(_ -> false));
    }

    private CompletionStage<Optional<Boolean>> undo() {
        return new UndoMigration(session, keys, catalogue, content.install().id()).make();
    }

    private Collection<StoredPool> pools() {
        return content.pools().pools().values();
    }

    private Collection<ExternalRange> external() {
        return content.pools().external().values();
    }

    private record Facts(Meta meta, Optional<Entry> marker, InstallSeen install, NodeSeen node) {}

    private CompletionStage<Facts> look() {
        Install install = content.install();
        return session.commitChecked(
                        Change.read(
                                new Get(keys.meta()),
                                new Get(keys.importing()),
                                new Get(keys.install(install.id())),
                                new Get(keys.node(install.node()))))
                .thenApply(answer ->
                        new Facts(
                                session.saw(answer.readings().get(0)),
                                answer.readings().get(1).first(),
                                InstallSeen.of(install.id(), keys, answer.readings().get(2)),
                                NodeSeen.of(keys, install.node(), answer.readings().get(3))));
    }

    private void check(Facts facts) {
        if (facts.meta().isFrozen()) {
            throw facts.meta().frozen().asException();
        }
        if (facts.marker().filter(marker -> !isOurs(marker)).isPresent()) {
            throw conflict(
                    "a migration of install %s was begun and not finished"
                            .formatted(facts.marker().get().value().strip()),
                    "repeat croft store migrate there; if that node is gone for good, say croft store migrate --abandon with that id");
        }
        facts.node()
                .current()
                .ifPresent(other -> {
                    throw Reason.NODE_NAME_TAKEN
                            .because(
                                    "the name \"%s\" is that of install %s"
                                            .formatted(content.install().node(), other))
                            .asException();
                });
        long generation = facts.meta().generation();
        if (content.blocks().values().stream().anyMatch(t -> t.generation() > generation)) {
            throw conflict("its blocks have tokens of a later generation than the store's");
        }
    }

    private boolean isOurs(Entry marker) {
        return marker.value().equals(marker());
    }

    private String marker() {
        return UndoMigration.marker(content.install().id());
    }

    private CompletionStage<Optional<Boolean>> bring(Facts facts, PoolsSeen seen) {
        PoolChange change;
        try {
            change = new PoolChange(keys, seen, merged(seen.set()));
            change.check();
        } catch (RejectedException refused) {
            Rejection inTheWay = inTheWay(refused.rejection());
            return facts.marker().isEmpty()
                    ? Retries.refused(inTheWay)
                    : undo().thenCompose(_ -> Retries.refused(inTheWay));
        }
        if (facts.marker().isEmpty()) {
            return session.commitChecked(
                            new Change(
                                    List.of(
                                            Condition.unchanged(facts.meta().entry()),
                                            Condition.missing(keys.importing()),
                                            facts.install().unchanged()),
                                    List.of(new Put(keys.importing(), marker())),
                                    List.of()))
                    .thenApply(_ -> Optional.empty());
        }
        Condition marked = Condition.unchanged(facts.marker().get());
        List<Map.Entry<BlockId, Token>> blocks =
                List.copyOf(new TreeMap<>(content.blocks()).entrySet());
        List<Condition> serving = List.of(marked, Condition.unchanged(facts.meta().entry()));
        return blocks(blocks, 0, serving)
                .thenCompose(written -> written ? finish(facts, change, marked) : clear());
    }

    /**
     * A pool cannot be renamed or moved on its way: one of the two must go, or the cluster be
     * another.
     */
    private static Rejection inTheWay(Rejection why) {
        return switch (why.reason()) {
            case POOL_EXISTS, RANGE_OVERLAPS, EXTERNAL_RANGE ->
                    why.remedy(
                            "delete what is in the way through an agent of the cluster (croft pool"
                                    + " delete, croft external remove), or here, before it moves,"
                                    + " through this node's own agent; or choose a --cluster"
                                    + " without it");
            default -> why;
        };
    }

    /** With the pools as they are, identity and span included; refuses what is in their way. */
    private PoolSet merged(PoolSet now) {
        PoolSet next = now;
        for (ExternalRange range : external()) {
            if (!range.equals(now.external().get(range.name()))) {
                next = next.register(range);
            }
        }
        for (StoredPool pool : pools()) {
            if (now.find(pool.pool().id()).isPresent()) {
                throw conflict("a pool of the id of \"%s\" exists".formatted(pool.pool().name()));
            }
            next = next.create(pool.pool());
        }
        var pools = new TreeMap<>(next.pools());
        pools().forEach(pool -> pools.put(pool.pool().name(), pool));
        return new PoolSet(next.revision() + 1, pools, next.external());
    }

    /**
     * What an earlier try wrote is not what is to be written now: the node served in between, and
     * its blocks have other tokens. All of it goes, if it is still ours, and the next try begins
     * anew.
     */
    private CompletionStage<Optional<Boolean>> clear() {
        return session.commitChecked(Change.read(new Get(keys.importing())))
                .thenCompose(answer ->
                        answer.readings().getFirst().entries().stream().anyMatch(this::isOurs)
                                ? undo().thenApply(_ -> Optional.empty())
                                : Retries.done(Optional.empty()));
    }

    /** False: something else is there. */
    private CompletionStage<Boolean> blocks(
            List<Map.Entry<BlockId, Token>> all, int from, List<Condition> serving) {
        if (from >= all.size()) {
            return Retries.done(true);
        }
        List<Map.Entry<BlockId, Token>> page = all.subList(from, Math.min(from + PAGE, all.size()));
        var conditions = new ArrayList<>(serving);
        var steps = new ArrayList<Step>();
        var reads = new ArrayList<Step>();
        var owner = new Registrant(content.install().id(), content.install().node(), 0, 0);
        for (var each : page) {
            BlockSeen none =
                    BlockSeen.of(each.getKey(), keys.block(each.getKey()), Optional.empty());
            conditions.add(none.unchanged());
            steps.addAll(none.give(keys, owner, each.getValue()));
            reads.add(new Get(none.key()));
        }
        return session.commitChecked(new Change(conditions, steps, reads))
                .thenCompose(answer ->
                        answer.matched() || isThere(page, answer)
                                ? blocks(all, from + PAGE, serving)
                                : Retries.done(false));
    }

    private boolean isThere(List<Map.Entry<BlockId, Token>> page, Answer answer) {
        for (int i = 0; i < page.size(); i++) {
            BlockSeen now = BlockSeen.of(page.get(i).getKey(), keys, answer.readings().get(i));
            if (!now.isOwnedBy(content.install().id(), page.get(i).getValue())) {
                return false;
            }
        }
        return true;
    }

    private CompletionStage<Optional<Boolean>> finish(
            Facts facts, PoolChange change, Condition marked) {
        Install install = content.install();
        var conditions = new ArrayList<>(change.conditions());
        conditions.add(Condition.unchanged(facts.meta().entry()));
        conditions.add(facts.install().unchanged());
        conditions.add(facts.node().unchanged());
        conditions.add(marked);
        var steps = new ArrayList<>(change.steps());
        steps.add(
                new Put(
                        keys.install(install.id()),
                        Values.text(RecordWire.write(install, clock.now().wall()))));
        steps.add(new Put(keys.node(install.node()), facts.node().text(install.id(), List.of())));
        steps.add(new Delete(keys.importing()));
        return session.commitChecked(new Change(conditions, steps, List.of()))
                .thenApply(answer -> answer.matched() ? Optional.of(true) : Optional.empty());
    }

    private static RejectedException conflict(String why) {
        return conflict(
                why,
                "choose another --cluster, or end what is in the way through an agent of the cluster, then repeat");
    }

    private static RejectedException conflict(String why, String remedy) {
        return Reason.STORE_UNUSABLE
                .because("the embedded store cannot be brought over: " + why)
                .remedy(remedy)
                .asException();
    }
}
