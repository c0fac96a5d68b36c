package io.croft.adapter.wire;

import io.croft.core.pool.ExternalRange;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.PoolState;
import io.croft.core.pool.StoredPool;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.AppliedExternalRange;
import io.croft.proto.v1.AppliedPool;
import io.croft.proto.v1.ApplyPoolsRequest;
import io.croft.proto.v1.ApplyPoolsResponse;
import io.croft.proto.v1.PoolSpec;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Pools and external ranges that somebody asks for, as one change of the set: those that are
 * missing are made, those that differ are changed, and one that cannot be refuses them all. Ranges
 * come first: they can move out of the way of a pool, and pools never move.
 *
 * <p>May be applied several times, as a store does that lost a race; what {@link #result} tells is
 * of the latest time.
 */
public final class WantedPools implements UnaryOperator<PoolSet> {
    /** With the id that it gets if it is missing: one, however often the change is tried. */
    private record Wish(String name, PoolSpec spec, PoolId fresh) {}

    private final List<Wish> wishes;
    private final List<ExternalRange> ranges;
    private volatile PoolSet before = PoolSet.EMPTY;

    /**
     * Refuses a name that is asked for twice.
     *
     * @param uids a new random one each time
     */
    public WantedPools(ApplyPoolsRequest wanted, Supplier<UUID> uids) {
        this.wishes =
                wanted.getPoolsList().stream()
                        .map(each ->
                                new Wish(each.getName(), each.getSpec(), new PoolId(uids.get())))
                        .toList();
        this.ranges = wanted.getExternalRangesList().stream().map(RecordWire::read).toList();
        checkOnce("name", wishes.stream().map(Wish::name).toList());
        checkOnce("external", ranges.stream().map(ExternalRange::name).toList());
    }

    private static void checkOnce(String field, List<String> names) {
        var seen = new HashSet<String>();
        for (String each : names) {
            if (!seen.add(each)) {
                throw Rejection.invalid(field, each, "is asked for twice").asException();
            }
        }
    }

    @Override
    public PoolSet apply(PoolSet all) {
        before = all;
        PoolSet next = all;
        for (ExternalRange each : ranges) {
            next = apply(next, each);
        }
        for (Wish each : wishes) {
            next = apply(next, each);
        }
        return next;
    }

    private static PoolSet apply(PoolSet all, ExternalRange each) {
        ExternalRange old = all.external().get(each.name());
        if (old == null) {
            return all.register(each);
        }
        return each.equals(old) ? all : all.forget(each.name()).register(each);
    }

    private static PoolSet apply(PoolSet all, Wish each) {
        StoredPool old = all.pools().get(each.name());
        if (old == null) {
            Pool made = PoolWire.read(each.fresh(), each.name(), PoolState.ACTIVE, each.spec());
            made.access().checkNamespaces();
            return all.create(made);
        }
        Pool changed = PoolWire.changed(old.pool(), each.spec());
        if (!changed.access().namespaces().equals(old.pool().access().namespaces())) {
            changed.access().checkNamespaces();
        }
        return PoolWire.spec(changed).equals(PoolWire.spec(old.pool()))
                ? all
                : all.update(changed, old.etag());
    }

    /**
     * What the change came to.
     *
     * @param after the set with it
     * @param form how one pool is shown
     */
    public ApplyPoolsResponse result(
            PoolSet after, Function<StoredPool, io.croft.proto.v1.Pool> form) {
        var response = ApplyPoolsResponse.newBuilder();
        for (Wish each : wishes) {
            StoredPool now = after.get(each.name());
            var applied =
                    AppliedPool.newBuilder()
                            .setPool(form.apply(now))
                            .addAllWarnings(PoolWarnings.of(now.pool(), after));
            StoredPool old = before.pools().get(each.name());
            if (old != null) {
                applied.setBefore(PoolWire.spec(old.pool()));
            }
            response.addPools(applied);
        }
        for (ExternalRange each : ranges) {
            var applied = AppliedExternalRange.newBuilder().setRange(RecordWire.write(each));
            ExternalRange old = before.external().get(each.name());
            if (old != null) {
                applied.setBefore(RecordWire.write(old));
            }
            response.addExternalRanges(applied);
        }
        return response.build();
    }
}
