package io.croft.adapter.grpc;

import io.croft.adapter.wire.RecordWire;
import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.PoolSet;
import io.croft.node.port.PoolStore;
import io.croft.proto.v1.CreateExternalRangeResponse;
import io.croft.proto.v1.ListExternalRangesResponse;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What is asked about ranges that others use. */
final class RangeCalls {
    private static final int SLICE = 128;

    private final PoolStore store;

    RangeCalls(PoolStore store) {
        this.store = store;
    }

    CompletionStage<CreateExternalRangeResponse> create(io.croft.proto.v1.ExternalRange wire) {
        ExternalRange range = RecordWire.read(wire);
        return store.change(all -> all.register(range))
                .thenApply(all ->
                        CreateExternalRangeResponse.newBuilder()
                                .setRange(RecordWire.write(range))
                                .build());
    }

    CompletionStage<PoolSet> delete(String name) {
        return store.change(all -> all.forget(name));
    }

    PageStream.Source<String, ListExternalRangesResponse> list() {
        return cursor ->
                store.read()
                        .thenApply(all -> {
                            List<ExternalRange> ranges = behind(all, cursor);
                            var page =
                                    ListExternalRangesResponse.newBuilder()
                                            .addAllRanges(
                                                    ranges.stream().map(RecordWire::write).toList())
                                            .build();
                            return new PageStream.Slice<>(
                                    List.of(page),
                                    Slices.cursor(ranges, SLICE).map(ExternalRange::name));
                        });
    }

    private static List<ExternalRange> behind(PoolSet all, Optional<String> cursor) {
        return all.external().values().stream()
                .filter(range -> cursor.filter(c -> range.name().compareTo(c) <= 0).isEmpty())
                .sorted(Comparator.comparing(ExternalRange::name))
                .limit(SLICE)
                .toList();
    }
}
