package io.croft.node.keeper;

import io.croft.core.engine.Need;
import io.croft.core.engine.NodeView;
import io.croft.core.ownership.RetireBlock;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.time.Backoff;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.BlockStore;
import io.croft.node.port.IpamListener;
import io.croft.node.port.Registrant;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Keeps own blocks at their level. Looks at claims and returns that the journal shows to be open,
 * at what parked requests lack and at what should be ready, and acts.
 */
public final class BlockKeeper implements Duty {
    /**
     * While somebody waits, or a plan may have changed: also catches addresses that have cooled.
     */
    private static final Duration SOON = Duration.ofMillis(100);

    private static final Duration REFILL_PERIOD = Duration.ofSeconds(1);

    /** Where nothing is to be had, nothing is kept ready for a while. */
    private static final Backoff BARREN =
            new Backoff(Duration.ofSeconds(10), Duration.ofMinutes(2));

    private final EngineLoop loop;
    private final Membership membership;
    private final PressureWatch pressure;
    private final OpenCalls calls;
    private final Claims claims;
    private final Refill refill;
    private final Retries<PoolId> barren;
    private BootTime refillDue = BootTime.ZERO;

    public BlockKeeper(
            BlockStore store,
            PoolSync pools,
            PressureWatch pressure,
            EngineLoop loop,
            IpamListener listener,
            Membership membership,
            Supplier<UUID> nonces,
            Supplier<Double> spread) {
        this.loop = loop;
        this.membership = membership;
        this.pressure = pressure;
        var choice = new ClaimChoice(nonces, spread);
        this.calls = new OpenCalls(store, loop, listener, membership, choice, spread);
        this.claims = new Claims(store, pools, pressure, loop, choice, spread);
        this.refill = new Refill(spread);
        this.barren = new Retries<>(BARREN, spread);
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        Optional<Registrant> me = membership.registrant().get();
        if (me.isEmpty()) {
            return BootTime.NEVER;
        }
        claims.begin(me.get(), now.boot());
        boolean refillNow = !now.boot().isBefore(refillDue);
        boolean waiting = !loop.needs().counts().isEmpty();
        if (claims.takeBegun() || refillNow || waiting || !calls.isIdle()) {
            calls.send(node, me.get(), now);
        }
        boolean leaving = membership.leaving().getAsBoolean();
        if (!leaving && claims.isOpen()) {
            loop.needs().counts().forEach((need, count) -> claims.meet(node, need, count));
        }
        if (refillNow) {
            refillDue = now.boot().plus(REFILL_PERIOD);
            if (!leaving) {
                node.pools().forEach(pool -> keepReady(node, pool, now));
            }
            refill.keepOnly(node);
            claims.keepOnly(node);
        }
        return waiting ? now.boot().plus(SOON).min(refillDue) : refillDue;
    }

    private void keepReady(NodeView node, Pool pool, Moment now) {
        Refill.Plan plan = refill.plan(node, pool, now, pressure.isPressed(pool.id()));
        if (plan.blocksToClaim() > 0
                && node.unavailable(Need.anyOf(pool.id()), now).isEmpty()
                && barren.isDue(pool.id(), now.boot())) {
            if (claims.any(node, pool, plan.blocksToClaim() * pool.blockSize(), false)) {
                barren.succeeded(pool.id());
            } else {
                barren.failed(pool.id(), now.boot());
            }
        }
        plan.blocksToReturn()
                .forEach(id -> {
                    var _ = loop.propose(new RetireBlock(id));
                });
    }
}
