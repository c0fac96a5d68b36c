package io.croft.adapter.grpc;

import io.croft.adapter.wire.AllocationWire;
import io.croft.core.allocation.Allocation;
import io.croft.core.engine.NodeView;
import io.croft.core.netns.NetnsFate;
import io.croft.core.serving.Grant;
import io.croft.core.serving.Look;
import io.croft.core.time.BootTime;
import io.croft.node.port.Inventory;
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
 * What operators ask about garbage, a slice of the allocations at a time. The same proof as for a
 * runtime's collection: a namespace that was seen, and is gone.
 */
final class GarbageCalls {
    private static final Comparator<Grant> ORDER =
            Comparator.comparing(grant -> grant.allocation().attachment());

    private record Looked(List<Grant> grants, Garbage garbage, Optional<Grant> next) {}

    private final Engine engine;
    private final Inventory inventory;

    GarbageCalls(Engine engine, Inventory inventory) {
        this.engine = engine;
        this.inventory = inventory;
    }

    PageStream.Source<Grant, PreviewGarbageResponse> preview(Supplier<BootTime> deadline) {
        return cursor -> look(cursor, deadline.get()).thenApply(GarbageCalls::preview);
    }

    private static PageStream.Slice<Grant, PreviewGarbageResponse> preview(Looked looked) {
        List<GarbageEntry> entries =
                looked.grants().stream()
                        .map(grant -> entry(grant, looked.garbage().fate(grant.allocation())))
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

    private static GarbageEntry entry(Grant grant, NetnsFate fate) {
        return GarbageEntry.newBuilder()
                .setAllocation(AllocationWire.write(grant.allocation(), grant.pools()))
                .setFate(
                        switch (fate) {
                            case GONE -> io.croft.proto.v1.NetnsFate.NETNS_FATE_GONE;
                            case ALIVE -> io.croft.proto.v1.NetnsFate.NETNS_FATE_ALIVE;
                            case UNKNOWN -> io.croft.proto.v1.NetnsFate.NETNS_FATE_UNKNOWN;
                        })
                .build();
    }

    CompletionStage<ConfirmGarbageResponse> confirm(Supplier<BootTime> deadline) {
        return confirm(Optional.empty(), deadline, ConfirmGarbageResponse.getDefaultInstance());
    }

    private CompletionStage<ConfirmGarbageResponse> confirm(
            Optional<Grant> cursor, Supplier<BootTime> deadline, ConfirmGarbageResponse before) {
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

    private static ConfirmGarbageResponse sum(
            ConfirmGarbageResponse before, int freed, Looked looked) {
        return ConfirmGarbageResponse.newBuilder()
                .setFreed(before.getFreed() + freed)
                .setUnknown(before.getUnknown() + looked.garbage().of(NetnsFate.UNKNOWN).size())
                .build();
    }

    private CompletionStage<Looked> look(Optional<Grant> cursor, BootTime deadline) {
        return engine.submit(new Look<>((node, now) -> slice(node, cursor)), deadline)
                .thenCompose(grants -> {
                    List<Allocation> held = grants.stream().map(Grant::allocation).toList();
                    // An empty slice is the end of the list.
                    Optional<Grant> next =
                            grants.isEmpty() ? Optional.empty() : Optional.of(grants.getLast());
                    return Garbage.look(inventory, held)
                            .thenApply(garbage -> new Looked(grants, garbage, next));
                });
    }

    private static List<Grant> slice(NodeView node, Optional<Grant> cursor) {
        var all = node.allocations().stream().map(held -> new Grant(held, List.of()));
        int most = Slices.sizeFor(node.allocations().size());
        return Slices.next(all, cursor, most, ORDER).stream()
                .map(bare -> Grant.of(node, bare.allocation()))
                .toList();
    }
}
