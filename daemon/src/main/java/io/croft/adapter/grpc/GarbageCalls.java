package io.croft.adapter.grpc;

import io.croft.adapter.wire.AllocationWire;
import io.croft.core.allocation.Allocation;
import io.croft.core.engine.NodeView;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.serving.Grant;
import io.croft.core.serving.Look;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.port.Inventory;
import io.croft.node.port.Reconciliation;
import io.croft.proto.v1.ConfirmGarbageResponse;
import io.croft.proto.v1.GarbageEntry;
import io.croft.proto.v1.PreviewGarbageResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * What operators ask about garbage, a slice of the allocations at a time. A namespace that was
 * seen, is gone, and that a search which could see everything did not find; and what the node
 * itself found absent twice.
 */
final class GarbageCalls {
    /** An allocation, and what the node found of it. */
    record Held(Grant grant, String why) {}

    private static final Comparator<Held> ORDER =
            Comparator.comparing(held -> held.grant().allocation().attachment());

    private record Looked(List<Held> slice, Garbage garbage, Optional<Held> next) {}

    private final Engine engine;
    private final Inventory inventory;
    private final Reconciliation reconciliation;

    GarbageCalls(Engine engine, Inventory inventory, Reconciliation reconciliation) {
        this.engine = engine;
        this.inventory = inventory;
        this.reconciliation = reconciliation;
    }

    PageStream.Source<Held, PreviewGarbageResponse> preview(Supplier<BootTime> deadline) {
        return cursor -> look(cursor, deadline.get()).thenApply(GarbageCalls::preview);
    }

    private static PageStream.Slice<Held, PreviewGarbageResponse> preview(Looked looked) {
        List<GarbageEntry> entries =
                looked.slice().stream()
                        .map(held -> entry(held, looked.garbage().trace(held.grant().allocation())))
                        .filter(entry ->
                                entry.getFate() != io.croft.proto.v1.NetnsFate.NETNS_FATE_ALIVE)
                        .toList();
        List<PreviewGarbageResponse> pages =
                Slices.pages(entries).stream()
                        .map(page ->
                                PreviewGarbageResponse.newBuilder().addAllEntries(page).build())
                        .toList();
        return new PageStream.Slice<>(pages, looked.next());
    }

    private static GarbageEntry entry(Held held, NetnsTrace trace) {
        return GarbageEntry.newBuilder()
                .setAllocation(
                        AllocationWire.write(held.grant().allocation(), held.grant().pools()))
                .setFate(
                        switch (trace) {
                            case GONE -> io.croft.proto.v1.NetnsFate.NETNS_FATE_GONE;
                            case ALIVE -> io.croft.proto.v1.NetnsFate.NETNS_FATE_ALIVE;
                            case MISSING, UNKNOWN -> io.croft.proto.v1.NetnsFate.NETNS_FATE_UNKNOWN;
                        })
                .setWhy(held.why())
                .build();
    }

    CompletionStage<ConfirmGarbageResponse> confirm(Supplier<BootTime> deadline) {
        return confirm(Optional.empty(), deadline, ConfirmGarbageResponse.getDefaultInstance())
                .thenCompose(soFar -> absent(soFar, deadline));
    }

    private CompletionStage<ConfirmGarbageResponse> confirm(
            Optional<Held> cursor, Supplier<BootTime> deadline, ConfirmGarbageResponse before) {
        return look(cursor, deadline.get())
                .thenCompose(looked ->
                        looked.garbage()
                                .free(engine, deadline.get())
                                .thenCompose(freed ->
                                        further(looked, deadline, sum(before, freed, looked))));
    }

    private CompletionStage<ConfirmGarbageResponse> further(
            Looked looked, Supplier<BootTime> deadline, ConfirmGarbageResponse soFar) {
        return looked.next().isPresent()
                ? confirm(looked.next(), deadline, soFar)
                : CompletableFuture.completedFuture(soFar);
    }

    /** Then what two inventories did not show, which no look alone proves. */
    private CompletionStage<ConfirmGarbageResponse> absent(
            ConfirmGarbageResponse soFar, Supplier<BootTime> deadline) {
        return engine.submit(
                        new Look<>((_, now) -> reconciliation.confirm(now.boot())), deadline.get())
                .thenCompose(absent -> Garbage.free(engine, absent, deadline.get()))
                .thenApply(freed ->
                        soFar.toBuilder()
                                .setFreed(soFar.getFreed() + freed)
                                .setUnknown(Math.max(0, soFar.getUnknown() - freed))
                                .build());
    }

    private static ConfirmGarbageResponse sum(
            ConfirmGarbageResponse before, int freed, Looked looked) {
        return ConfirmGarbageResponse.newBuilder()
                .setFreed(before.getFreed() + freed)
                .setUnknown(before.getUnknown() + looked.garbage().unproved())
                .build();
    }

    private CompletionStage<Looked> look(Optional<Held> cursor, BootTime deadline) {
        return engine.submit(new Look<>((node, now) -> slice(node, now, cursor)), deadline)
                .thenCompose(slice -> {
                    List<Allocation> held =
                            slice.stream().map(each -> each.grant().allocation()).toList();
                    // An empty slice is the end of the list.
                    Optional<Held> next =
                            slice.isEmpty() ? Optional.empty() : Optional.of(slice.getLast());
                    return Garbage.search(inventory, held)
                            .thenApply(garbage -> new Looked(slice, garbage, next));
                });
    }

    private List<Held> slice(NodeView node, Moment now, Optional<Held> cursor) {
        var all = node.allocations().stream().map(held -> new Held(new Grant(held, List.of()), ""));
        int most = Slices.sizeFor(node.allocations().size());
        return Slices.next(all, cursor, most, ORDER).stream()
                .map(bare -> bare.grant().allocation())
                .map(held -> new Held(Grant.of(node, held), reconciliation.why(held, now.boot())))
                .toList();
    }
}
