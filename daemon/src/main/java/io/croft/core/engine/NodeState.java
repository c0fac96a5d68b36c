package io.croft.core.engine;

import io.croft.core.address.Cidr;
import io.croft.core.address.OrdinalSet;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.DelMarker;
import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Ownership;
import io.croft.core.block.Ownership.Claiming;
import io.croft.core.block.Ownership.Owned;
import io.croft.core.block.Ownership.Quarantined;
import io.croft.core.block.Ownership.Returning;
import io.croft.core.block.Ownership.Unvalidated;
import io.croft.core.block.Resting;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * All that a node knows, in memory: the journal, played. {@link #apply} is the only way to change
 * it, live and in replay alike, and the only switch over events. Rules of a block or a pool live
 * there; here they are held together.
 *
 * <p>{@code apply} never throws and never skips: a record that contradicts the state (an old
 * journal's, for live decisions are verified first) quarantines the block it speaks of. One thread.
 */
public final class NodeState implements NodeView {
    private final NodeProfile profile;
    private final Map<PoolId, Pool> pools = new TreeMap<>();
    private final Map<PoolId, NavigableMap<Cidr, Block>> blocks = new TreeMap<>();
    private final Holders holders = new Holders();
    private final Markers markers = new Markers();
    private final Map<Need, BootTime> unavailable = new HashMap<>();
    private final List<Violation> violations = new ArrayList<>();
    private Optional<UUID> bootId = Optional.empty();
    private Optional<UUID> replacedIn = Optional.empty();
    private Optional<Event.IncarnationIntended> incarnation = Optional.empty();
    private long comparedGeneration;
    private Optional<UUID> comparedIn = Optional.empty();
    private long starts;
    private long sequence;

    public NodeState(NodeProfile profile) {
        this.profile = profile;
    }

    /** Changes the state as the event says. */
    public void apply(Event event) {
        switch (event) {
            case Event.Started(UUID boot) -> start(boot);
            case Event.JournalReplaced(UUID boot) -> replacedIn = Optional.of(boot);
            case Event.IncarnationIntended intended -> incarnation = Optional.of(intended);
            case Event.StoreCompared(long generation, Optional<UUID> boot) -> {
                comparedGeneration = generation;
                comparedIn = boot;
            }
            case Event.ClaimIntended(var intent) -> intend(intent);
            case Event.ClaimAbandoned(BlockId id) -> forget(id);
            case Event.BlockAdopted(BlockId id, Token token) -> adopt(id, token);
            case Event.BlockValidated(BlockId id) -> block(id).ifPresent(NodeState::validate);
            case Event.BlockRetired(BlockId id) -> block(id).ifPresent(NodeState::retire);
            case Event.BlockForgotten(BlockId id) -> forget(id);
            case Event.BlockQuarantined(BlockId id, Cause cause, var token) ->
                    quarantine(id, cause, token);
            case Event.Allocated(Allocation allocation) -> allocate(allocation);
            case Event.Renewed renewed -> renew(renewed);
            case Event.Released(var attachment, long number, var at) ->
                    release(attachment, number, at);
            case Event.Marked(Attachment attachment, DelMarker marker) ->
                    markers.put(attachment, marker);
            case Event.Vacated(var addresses) ->
                    addresses.forEach(a -> block(a.block()).ifPresent(b -> b.vacate(a.ordinal())));
            case Event.Rested(BlockId id, Resting resting) -> rest(id, resting);
            case Event.SequenceReached(long number) -> sequence = Math.max(sequence, number);
            case Event.PoolDefined(Pool pool) -> define(pool);
            case Event.PoolRemoved(PoolId id) -> pools.remove(id);
            case Event.Unavailable(Need need, BootTime until) -> lack(need, until);
        }
    }

    private void start(UUID boot) {
        starts++;
        if (bootId.filter(boot::equals).isEmpty()) {
            holders.clear();
            markers.clear();
            unavailable.clear();
            blocks().forEach(NodeState::wake);
        }
        bootId = Optional.of(boot);
        for (Block block : blocks()) {
            if (block.ownership() instanceof Owned(Token token)) {
                block.become(new Unvalidated(token));
            }
        }
    }

    /**
     * After a boot nobody uses an address of the block, so what it was quarantined for is over; but
     * one that the store showed as another's is never this node's again.
     */
    private static void wake(Block block) {
        block.clear();
        if (block.ownership() instanceof Quarantined(Token token, Cause cause)
                && cause != Cause.FOREIGN_TOKEN) {
            block.become(new Unvalidated(token));
        }
    }

    private void intend(ClaimIntent intent) {
        if (block(intent.block()).isPresent()) {
            contradict(intent.block(), intent.block() + " is known and cannot be claimed");
        } else {
            add(intent.block(), new Claiming(intent));
        }
    }

    private void forget(BlockId id) {
        if (block(id).filter(block -> block.held() > 0).isPresent()) {
            contradict(id, id + " holds addresses and cannot be forgotten");
        } else {
            remove(id);
        }
    }

    /** Forgets by the times in the events, as the markers do, so that a replay does the same. */
    private void lack(Need need, BootTime until) {
        unavailable.values().removeIf(other -> !other.plus(Timings.UNAVAILABLE).isAfter(until));
        unavailable.put(need, until);
    }

    private Block add(BlockId id, Ownership ownership) {
        OrdinalSet withheld =
                pool(id.pool())
                        .map(pool -> pool.withheld(id.cidr()))
                        .orElseGet(() -> new OrdinalSet(Math.toIntExact(id.cidr().size())));
        Block block = new Block(id, ownership, withheld);
        blocks.computeIfAbsent(id.pool(), p -> new TreeMap<>()).put(id.cidr(), block);
        return block;
    }

    private void remove(BlockId id) {
        blocks.computeIfPresent(
                id.pool(),
                (pool, all) -> {
                    all.remove(id.cidr());
                    return all.isEmpty() ? null : all;
                });
    }

    private void adopt(BlockId id, Token token) {
        block(id).orElseGet(() -> add(id, new Owned(token))).become(new Owned(token));
        unavailable.keySet().removeIf(need -> need.pool().equals(id.pool()));
    }

    private static void validate(Block block) {
        if (block.ownership() instanceof Unvalidated(Token token)) {
            block.become(new Owned(token));
        }
    }

    private static void retire(Block block) {
        switch (block.ownership()) {
            case Owned(Token token) -> leave(block, token);
            case Quarantined(Token token, Cause cause) -> leave(block, token);
            case Unvalidated _, Returning _, Claiming _ -> {}
        }
    }

    private static void leave(Block block, Token token) {
        block.become(new Returning(token));
        block.clear();
    }

    private void quarantine(BlockId id, Cause cause, Optional<Token> given) {
        given.filter(token -> block(id).isEmpty())
                .ifPresent(token -> add(id, new Quarantined(token, cause)));
        block(id).ifPresent(block -> quarantine(block, cause));
    }

    private static void quarantine(Block block, Cause cause) {
        switch (block.ownership()) {
            case Owned(Token token) -> block.become(new Quarantined(token, cause));
            case Unvalidated(Token token) -> block.become(new Quarantined(token, cause));
            case Returning(Token token) -> block.become(new Quarantined(token, cause));
            case Claiming claiming ->
                    block.become(new Quarantined(claiming.intent().next(), cause));
            case Quarantined already -> {}
        }
    }

    private void allocate(Allocation allocation) {
        sequence = Math.max(sequence, allocation.sequence());
        holders.get(allocation.attachment())
                .ifPresent(held ->
                        held.addresses()
                                .forEach(each ->
                                        contradict(
                                                each.block(),
                                                held.attachment()
                                                        + " holds "
                                                        + each
                                                        + " already")));
        holders.put(allocation);
        for (BlockAddress each : allocation.addresses()) {
            Optional<Block> block = block(each.block());
            if (block.filter(b -> b.take(each.ordinal())).isEmpty()) {
                contradict(
                        each.block(), allocation.attachment() + " cannot hold " + each.address());
            }
        }
    }

    private void renew(Event.Renewed renewed) {
        sequence = Math.max(sequence, renewed.sequence());
        if (holders.get(renewed.attachment()).isEmpty()) {
            String what = renewed.attachment() + " holds nothing to renew";
            violations.add(new Violation(Optional.empty(), what));
        }
        holders.renew(renewed);
    }

    private void release(Attachment attachment, long number, BootTime at) {
        Optional<Allocation> held = holders.get(attachment);
        if (held.filter(a -> a.sequence() == number).isEmpty()) {
            String what = "sequence %d of %s is not held".formatted(number, attachment);
            held.ifPresentOrElse(
                    other -> other.addresses().forEach(each -> contradict(each.block(), what)),
                    () -> violations.add(new Violation(Optional.empty(), what)));
            return;
        }
        holders.remove(attachment);
        for (BlockAddress each : held.get().addresses()) {
            var netns = held.get().workload().netns();
            if (block(each.block()).filter(b -> b.rest(each.ordinal(), at, netns)).isEmpty()) {
                contradict(each.block(), attachment + " did not hold " + each.address());
            }
        }
    }

    private void rest(BlockId id, Resting resting) {
        boolean done =
                block(id)
                        .filter(b -> b.take(resting.ordinal()))
                        .filter(b -> b.rest(resting.ordinal(), resting.since(), resting.netns()))
                        .isPresent();
        if (!done) {
            contradict(id, "ordinal " + resting.ordinal() + " cannot rest");
        } else if (resting.vacated()) {
            block(id).ifPresent(b -> b.vacate(resting.ordinal()));
        }
    }

    private void define(Pool pool) {
        pools.put(pool.id(), pool);
        blocks(pool.id()).forEach(block -> block.withhold(pool.withheld(block.id().cidr())));
        unavailable.clear();
    }

    private void contradict(BlockId id, String what) {
        violations.add(Violation.of(id, what));
        block(id).ifPresent(block -> quarantine(block, Cause.VIOLATION));
    }

    /** The contradictions that {@link #apply} met since the last call. */
    public List<Violation> takeViolations() {
        var taken = List.copyOf(violations);
        violations.clear();
        return taken;
    }

    /**
     * The first contradiction between this state and events that are about to be written, if any.
     */
    public Optional<Violation> verify(List<Event> decision) {
        return Invariants.brokenBy(this, decision);
    }

    /** What rebuilds this state from an empty one: the snapshot. */
    public Stream<Event> events() {
        return Snapshot.of(this, markers, unavailable);
    }

    @Override
    public NodeProfile profile() {
        return profile;
    }

    @Override
    public Optional<UUID> bootId() {
        return bootId;
    }

    @Override
    public Optional<UUID> replacedIn() {
        return replacedIn;
    }

    @Override
    public Optional<Event.IncarnationIntended> incarnation() {
        return incarnation;
    }

    @Override
    public long comparedGeneration() {
        return comparedGeneration;
    }

    @Override
    public Optional<UUID> comparedIn() {
        return comparedIn;
    }

    @Override
    public long starts() {
        return starts;
    }

    @Override
    public Collection<Pool> pools() {
        return Collections.unmodifiableCollection(pools.values());
    }

    @Override
    public Optional<Pool> pool(PoolId id) {
        return Optional.ofNullable(pools.get(id));
    }

    @Override
    public Optional<Pool> pool(String name) {
        return pools.values().stream().filter(p -> p.name().equals(name)).findFirst();
    }

    @Override
    public Collection<Block> blocks(PoolId pool) {
        NavigableMap<Cidr, Block> all = blocks.get(pool);
        return all == null ? List.of() : Collections.unmodifiableCollection(all.values());
    }

    @Override
    public Optional<Block> block(BlockId id) {
        NavigableMap<Cidr, Block> all = blocks.get(id.pool());
        return all == null ? Optional.empty() : Optional.ofNullable(all.get(id.cidr()));
    }

    @Override
    public Collection<Block> blocks() {
        return blocks.values().stream().flatMap(all -> all.values().stream()).toList();
    }

    @Override
    public Optional<Allocation> allocation(Attachment attachment) {
        return holders.get(attachment);
    }

    @Override
    public Optional<Allocation> soleAllocation(String containerId, String ifName) {
        return holders.sole(containerId, ifName);
    }

    @Override
    public Collection<Allocation> allocations() {
        return holders.all();
    }

    @Override
    public Optional<DelMarker> marker(Attachment attachment) {
        return markers.get(attachment);
    }

    @Override
    public long markersDropped() {
        return markers.dropped();
    }

    @Override
    public Optional<BootTime> unavailable(Need need, Moment now) {
        return Optional.ofNullable(unavailable.get(need))
                .filter(until -> now.boot().isBefore(until));
    }

    @Override
    public long nextSequence() {
        return sequence + 1;
    }
}
