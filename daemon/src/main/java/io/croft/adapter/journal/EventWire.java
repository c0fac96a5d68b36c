package io.croft.adapter.journal;

import io.croft.adapter.wire.AddressWire;
import io.croft.adapter.wire.PoolWire;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.DelMarker;
import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Resting;
import io.croft.core.block.Token;
import io.croft.core.engine.Event;
import io.croft.core.engine.Need;
import io.croft.core.netns.SeenNetns;
import io.croft.core.pool.PoolId;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.proto.journal.v1.BlockAdopted;
import io.croft.proto.journal.v1.BlockForgotten;
import io.croft.proto.journal.v1.BlockQuarantined;
import io.croft.proto.journal.v1.BlockRetired;
import io.croft.proto.journal.v1.BlockValidated;
import io.croft.proto.journal.v1.ClaimAbandoned;
import io.croft.proto.journal.v1.ClaimIntended;
import io.croft.proto.journal.v1.IncarnationIntended;
import io.croft.proto.journal.v1.JournalReplaced;
import io.croft.proto.journal.v1.Marked;
import io.croft.proto.journal.v1.PoolDefined;
import io.croft.proto.journal.v1.PoolRemoved;
import io.croft.proto.journal.v1.QuarantineCause;
import io.croft.proto.journal.v1.Record;
import io.croft.proto.journal.v1.Released;
import io.croft.proto.journal.v1.Rested;
import io.croft.proto.journal.v1.SequenceReached;
import io.croft.proto.journal.v1.Started;
import io.croft.proto.journal.v1.Unavailable;
import io.croft.proto.journal.v1.Vacated;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Events as the journal writes them, and back: the only mapping of the two. An event or value that
 * this version does not know is an {@link UnknownEventException}; it is never skipped.
 */
final class EventWire {
    private EventWire() {}

    static Record write(Moment at, List<Event> events) {
        var record = Record.newBuilder().setAt(ValueWire.moment(at));
        events.forEach(event -> record.addEvents(write(event)));
        return record.build();
    }

    static io.croft.proto.journal.v1.Event write(Event event) {
        var wire = io.croft.proto.journal.v1.Event.newBuilder();
        switch (event) {
            case Event.Started(var boot) ->
                    wire.setStarted(Started.newBuilder().setBootId(AddressWire.bytes(boot)));
            case Event.JournalReplaced(var boot) ->
                    wire.setJournalReplaced(
                            JournalReplaced.newBuilder().setBootId(AddressWire.bytes(boot)));
            case Event.IncarnationIntended(long incarnation, var nonce) ->
                    wire.setIncarnationIntended(
                            IncarnationIntended.newBuilder()
                                    .setIncarnation(incarnation)
                                    .setNonce(AddressWire.bytes(nonce)));
            case Event.StoreCompared(long generation, Optional<UUID> boot) ->
                    wire.setStoreCompared(ValueWire.compared(generation, boot));
            case Event.ClaimIntended(var intent) -> wire.setClaimIntended(intent(intent));
            case Event.ClaimAbandoned(BlockId id) ->
                    wire.setClaimAbandoned(
                            ClaimAbandoned.newBuilder().setBlock(AddressWire.ref(id)));
            case Event.BlockAdopted(BlockId id, Token token) ->
                    wire.setBlockAdopted(
                            BlockAdopted.newBuilder()
                                    .setBlock(AddressWire.ref(id))
                                    .setToken(ValueWire.token(token)));
            case Event.BlockValidated(BlockId id) ->
                    wire.setBlockValidated(
                            BlockValidated.newBuilder().setBlock(AddressWire.ref(id)));
            case Event.BlockRetired(BlockId id) ->
                    wire.setBlockRetired(BlockRetired.newBuilder().setBlock(AddressWire.ref(id)));
            case Event.BlockForgotten(BlockId id) ->
                    wire.setBlockForgotten(
                            BlockForgotten.newBuilder().setBlock(AddressWire.ref(id)));
            case Event.BlockQuarantined quarantined ->
                    wire.setBlockQuarantined(quarantined(quarantined));
            case Event.Allocated(Allocation allocation) ->
                    wire.setAllocated(ValueWire.allocated(allocation));
            case Event.Renewed renewed -> wire.setRenewed(ValueWire.renewed(renewed));
            case Event.Released(var attachment, long sequence, var at) ->
                    wire.setReleased(
                            Released.newBuilder()
                                    .setAttachment(ValueWire.attachment(attachment))
                                    .setSequence(sequence)
                                    .setAt(at.nanos()));
            case Event.Marked(var attachment, DelMarker marker) ->
                    wire.setMarked(
                            Marked.newBuilder()
                                    .setAttachment(ValueWire.attachment(attachment))
                                    .setBegan(marker.began().nanos())
                                    .setUntil(marker.until().nanos()));
            case Event.Vacated(var addresses) -> {
                var vacated = Vacated.newBuilder();
                addresses.forEach(address -> vacated.addAddresses(ValueWire.address(address)));
                wire.setVacated(vacated);
            }
            case Event.Rested(BlockId id, Resting resting) -> wire.setRested(rested(id, resting));
            case Event.SequenceReached(long sequence) ->
                    wire.setSequenceReached(SequenceReached.newBuilder().setSequence(sequence));
            case Event.PoolDefined(var pool) ->
                    wire.setPoolDefined(PoolDefined.newBuilder().setPool(PoolWire.write(pool)));
            case Event.PoolRemoved(PoolId id) ->
                    wire.setPoolRemoved(
                            PoolRemoved.newBuilder().setPoolUid(AddressWire.bytes(id.uid())));
            case Event.Unavailable(Need need, BootTime until) -> {
                var unavailable =
                        Unavailable.newBuilder()
                                .setPoolUid(AddressWire.bytes(need.pool().uid()))
                                .setUntil(until.nanos());
                need.block().ifPresent(block -> unavailable.setBlock(AddressWire.ref(block)));
                wire.setUnavailable(unavailable);
            }
        }
        return wire.build();
    }

    static Event read(io.croft.proto.journal.v1.Event wire) throws UnknownEventException {
        return switch (wire.getEventCase()) {
            case STARTED -> new Event.Started(AddressWire.uuid(wire.getStarted().getBootId()));
            case JOURNAL_REPLACED ->
                    new Event.JournalReplaced(
                            AddressWire.uuid(wire.getJournalReplaced().getBootId()));
            case INCARNATION_INTENDED -> {
                IncarnationIntended intended = wire.getIncarnationIntended();
                yield new Event.IncarnationIntended(
                        intended.getIncarnation(), AddressWire.uuid(intended.getNonce()));
            }
            case STORE_COMPARED -> ValueWire.compared(wire.getStoreCompared());
            case CLAIM_INTENDED -> new Event.ClaimIntended(intent(wire.getClaimIntended()));
            case CLAIM_ABANDONED ->
                    new Event.ClaimAbandoned(
                            AddressWire.block(wire.getClaimAbandoned().getBlock()));
            case BLOCK_ADOPTED ->
                    new Event.BlockAdopted(
                            AddressWire.block(wire.getBlockAdopted().getBlock()),
                            ValueWire.token(wire.getBlockAdopted().getToken()));
            case BLOCK_VALIDATED ->
                    new Event.BlockValidated(
                            AddressWire.block(wire.getBlockValidated().getBlock()));
            case BLOCK_RETIRED ->
                    new Event.BlockRetired(AddressWire.block(wire.getBlockRetired().getBlock()));
            case BLOCK_FORGOTTEN ->
                    new Event.BlockForgotten(
                            AddressWire.block(wire.getBlockForgotten().getBlock()));
            case BLOCK_QUARANTINED -> quarantined(wire.getBlockQuarantined());
            case ALLOCATED -> new Event.Allocated(ValueWire.allocated(wire.getAllocated()));
            case RENEWED -> ValueWire.renewed(wire.getRenewed());
            case RELEASED ->
                    new Event.Released(
                            ValueWire.attachment(wire.getReleased().getAttachment()),
                            wire.getReleased().getSequence(),
                            new BootTime(wire.getReleased().getAt()));
            case MARKED ->
                    new Event.Marked(
                            ValueWire.attachment(wire.getMarked().getAttachment()),
                            new DelMarker(
                                    new BootTime(wire.getMarked().getBegan()),
                                    new BootTime(wire.getMarked().getUntil())));
            case VACATED ->
                    new Event.Vacated(
                            wire.getVacated().getAddressesList().stream()
                                    .map(ValueWire::address)
                                    .toList());
            case RESTED -> rested(wire.getRested());
            case SEQUENCE_REACHED ->
                    new Event.SequenceReached(wire.getSequenceReached().getSequence());
            case POOL_DEFINED ->
                    new Event.PoolDefined(PoolWire.read(wire.getPoolDefined().getPool()));
            case POOL_REMOVED ->
                    new Event.PoolRemoved(ValueWire.pool(wire.getPoolRemoved().getPoolUid()));
            case UNAVAILABLE -> {
                Unavailable unavailable = wire.getUnavailable();
                Optional<BlockId> block =
                        unavailable.hasBlock()
                                ? Optional.of(AddressWire.block(unavailable.getBlock()))
                                : Optional.empty();
                yield new Event.Unavailable(
                        new Need(ValueWire.pool(unavailable.getPoolUid()), block),
                        new BootTime(unavailable.getUntil()));
            }
            case EVENT_NOT_SET -> throw UnknownEventException.of(wire);
        };
    }

    private static ClaimIntended intent(ClaimIntent intent) {
        var wire =
                ClaimIntended.newBuilder()
                        .setBlock(AddressWire.ref(intent.block()))
                        .setNext(ValueWire.token(intent.next()));
        intent.from().ifPresent(from -> wire.setFromInstall(AddressWire.bytes(from)));
        intent.expected().ifPresent(expected -> wire.setExpected(ValueWire.token(expected)));
        return wire.build();
    }

    private static ClaimIntent intent(ClaimIntended wire) {
        Optional<Token> expected =
                wire.hasExpected()
                        ? Optional.of(ValueWire.token(wire.getExpected()))
                        : Optional.empty();
        Optional<UUID> from =
                wire.getFromInstall().isEmpty()
                        ? Optional.empty()
                        : Optional.of(AddressWire.uuid(wire.getFromInstall()));
        return new ClaimIntent(
                AddressWire.block(wire.getBlock()),
                from,
                expected,
                ValueWire.token(wire.getNext()));
    }

    private static BlockQuarantined quarantined(Event.BlockQuarantined event) {
        QuarantineCause cause =
                switch (event.cause()) {
                    case FOREIGN_TOKEN -> QuarantineCause.QUARANTINE_CAUSE_FOREIGN_TOKEN;
                    case JOURNAL_LOST -> QuarantineCause.QUARANTINE_CAUSE_JOURNAL_LOST;
                    case VIOLATION -> QuarantineCause.QUARANTINE_CAUSE_VIOLATION;
                };
        var wire =
                BlockQuarantined.newBuilder()
                        .setBlock(AddressWire.ref(event.block()))
                        .setCause(cause);
        event.token().ifPresent(token -> wire.setToken(ValueWire.token(token)));
        return wire.build();
    }

    private static Event quarantined(BlockQuarantined wire) throws UnknownEventException {
        Cause cause =
                switch (wire.getCause()) {
                    case QUARANTINE_CAUSE_FOREIGN_TOKEN -> Cause.FOREIGN_TOKEN;
                    case QUARANTINE_CAUSE_JOURNAL_LOST -> Cause.JOURNAL_LOST;
                    case QUARANTINE_CAUSE_VIOLATION -> Cause.VIOLATION;
                    case QUARANTINE_CAUSE_UNSPECIFIED, UNRECOGNIZED ->
                            throw new UnknownEventException(
                                    "quarantine cause " + wire.getCauseValue());
                };
        return new Event.BlockQuarantined(
                AddressWire.block(wire.getBlock()),
                cause,
                wire.hasToken() ? Optional.of(ValueWire.token(wire.getToken())) : Optional.empty());
    }

    private static Rested rested(BlockId block, Resting resting) {
        var wire =
                Rested.newBuilder()
                        .setAddress(ValueWire.address(block, resting.ordinal()))
                        .setAt(resting.since().nanos())
                        .setVacated(resting.vacated());
        resting.netns().ifPresent(netns -> wire.setNetns(ValueWire.netns(netns)));
        return wire.build();
    }

    private static Event rested(Rested wire) {
        BlockAddress address = ValueWire.address(wire.getAddress());
        Optional<SeenNetns> netns =
                wire.hasNetns() ? Optional.of(ValueWire.netns(wire.getNetns())) : Optional.empty();
        return new Event.Rested(
                address.block(),
                new Resting(
                        address.ordinal(), new BootTime(wire.getAt()), netns, wire.getVacated()));
    }
}
