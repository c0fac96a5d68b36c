package io.croft.node.keeper;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Ownership.Claiming;
import io.croft.core.block.Ownership.Returning;
import io.croft.core.block.Token;
import io.croft.core.engine.Need;
import io.croft.core.engine.NodeView;
import io.croft.core.ownership.BeginClaim;
import io.croft.core.ownership.ForgetBlock;
import io.croft.core.ownership.NoteUnavailable;
import io.croft.core.ownership.RetireBlock;
import io.croft.core.ownership.SettleClaim;
import io.croft.core.pool.Pool;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.BlockStore;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.IpamListener;
import io.croft.node.port.Registrant;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps own blocks at their level. Looks at claims and returns that the journal shows to be open,
 * at what parked requests lack and at what should be ready, and acts.
 *
 * <p>It has no state of the protocol: after a restart, a timeout or a lost reply the journal shows
 * the same open claim, and it does the very same again. A claim that was sent is settled by its
 * answer or sent again as it is, never given up by assumption.
 */
public final class BlockKeeper implements Duty {
    /**
     * While somebody waits, or a plan may have changed: also catches addresses that have cooled.
     */
    private static final Duration SOON = Duration.ofMillis(100);

    private static final Duration REFILL_PERIOD = Duration.ofSeconds(1);
    private static final int MOST_OPEN_CLAIMS = 8;

    private final BlockStore store;
    private final PoolSync pools;
    private final EngineLoop loop;
    private final IpamListener listener;
    private final Supplier<Optional<Registrant>> registrant;
    private final ClaimChoice choice;
    private final Refill refill = new Refill();
    private final Retries retries;
    private final Set<BlockId> calling = new HashSet<>();
    private final Set<BlockId> proposed = new HashSet<>();
    private boolean begun;
    private BootTime refillDue = BootTime.ZERO;
    private BootTime asked = BootTime.ZERO;
    private BootTime refusedUntil = BootTime.ZERO;

    public BlockKeeper(
            BlockStore store,
            PoolSync pools,
            EngineLoop loop,
            IpamListener listener,
            Supplier<Optional<Registrant>> registrant,
            Supplier<UUID> nonces,
            Supplier<Double> spread) {
        this.store = store;
        this.pools = pools;
        this.loop = loop;
        this.listener = listener;
        this.registrant = registrant;
        this.choice = new ClaimChoice(nonces);
        this.retries = new Retries(spread);
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        Optional<Registrant> me = registrant.get();
        if (me.isEmpty()) {
            return BootTime.NEVER;
        }
        boolean refillNow = !now.boot().isBefore(refillDue);
        boolean waiting = !loop.needs().counts().isEmpty();
        if (refillNow || waiting || begun || !proposed.isEmpty() || !calling.isEmpty()) {
            begun = false;
            node.blocks().forEach(block -> goOn(block, me.get(), now));
        }
        asked = now.boot();
        if (!now.boot().isBefore(refusedUntil)) {
            loop.needs().counts().forEach((need, count) -> meet(node, need, count));
        }
        if (refillNow) {
            refillDue = now.boot().plus(REFILL_PERIOD);
            node.pools().forEach(pool -> keepReady(node, pool, now));
            refill.keepOnly(node);
        }
        return waiting ? now.boot().plus(SOON).min(refillDue) : refillDue;
    }

    /** Sends what the journal shows to be open. */
    private void goOn(Block block, Registrant me, Moment now) {
        BlockId id = block.id();
        if (calling.contains(id) || !retries.isDue(id, now.boot())) {
            return;
        }
        if (block.ownership() instanceof Claiming(ClaimIntent intent)) {
            calling.add(id);
            store.claim(intent, me)
                    .whenCompleteAsync((answer, _) -> claimed(intent, answer, now), loop);
        } else if (block.ownership() instanceof Returning(Token token)) {
            calling.add(id);
            store.giveBack(id, token, me)
                    .whenCompleteAsync((gone, _) -> returned(id, gone, now), loop);
        }
    }

    private void claimed(ClaimIntent intent, @Nullable ClaimAnswer answer, Moment asked) {
        BlockId id = intent.block();
        calling.remove(id);
        if (answer == null) {
            retries.failed(id, asked.boot());
            listener.storeAnswered(id, "unknown");
            return;
        }
        boolean won =
                switch (answer) {
                    case ClaimAnswer.Won() -> true;
                    case ClaimAnswer.Lost(Optional<BlockOwner> now) -> isMine(intent, now);
                    case ClaimAnswer.Denied denied -> false;
                };
        listener.storeAnswered(
                id, won ? "won" : answer instanceof ClaimAnswer.Denied ? "denied" : "lost");
        if (answer instanceof ClaimAnswer.Lost(Optional<BlockOwner> now) && !won) {
            choice.learn(id, now);
        }
        if (answer instanceof ClaimAnswer.Denied) {
            // Believed for a while, so that a store that takes no claims is not asked without end.
            note(Need.anyOf(id.pool()));
            note(Need.exactly(id));
        }
        settle(id, loop.propose(new SettleClaim(intent, won)));
    }

    private static boolean isMine(ClaimIntent intent, Optional<BlockOwner> now) {
        return now.filter(
                        owner -> owner.install().isPresent() && owner.token().equals(intent.next()))
                .isPresent();
    }

    private void returned(BlockId id, @Nullable Boolean gone, Moment asked) {
        calling.remove(id);
        if (gone == null || !gone) {
            retries.failed(id, asked.boot());
            listener.storeAnswered(id, "unknown");
            return;
        }
        listener.storeAnswered(id, "returned");
        settle(id, loop.propose(new ForgetBlock(id)));
    }

    /** What cannot be written is asked again later, as what was not answered. */
    private void settle(BlockId id, CompletionStage<Boolean> written) {
        written.whenComplete((_, refused) -> {
            if (refused == null) {
                retries.succeeded(id);
            } else {
                retries.failed(id, asked);
            }
        });
    }

    /** Claims what parked requests lack, or notes that it is not to be had. */
    private void meet(NodeView node, Need need, int count) {
        Optional<Pool> pool = node.pool(need.pool());
        if (pool.isEmpty()) {
            return;
        }
        if (need.block().isPresent()) {
            BlockId id = need.block().get();
            if (node.block(id).isPresent() || proposed.contains(id)) {
                return;
            }
            if (isAtLimit(node, pool.get()) || choice.isOwnedElsewhere(id)) {
                choice.forgetOwners(pool.get());
                note(need);
            } else {
                begin(choice.intent(id));
            }
        } else if (openClaims(node, pool.get()) == 0) {
            claimAny(node, pool.get(), count);
        }
    }

    private void claimAny(NodeView node, Pool pool, int addresses) {
        int wanted =
                Math.min(MOST_OPEN_CLAIMS, Math.ceilDiv(addresses, pool.blockSize()))
                        - openClaims(node, pool);
        long span = pools.span(pool.id());
        if (span == 0) {
            // Not in the store, or not any more: no block of it will come.
            noteIfIdle(node, pool);
        }
        for (int i = 0; i < wanted && span > 0; i++) {
            if (isAtLimit(node, pool)) {
                noteIfIdle(node, pool);
                return;
            }
            ClaimChoice.Found found = choice.any(node, pool, span, proposed);
            found.intent().ifPresent(this::begin);
            if (found.exhausted() && span < pool.blocks()) {
                if (!pools.isBusy()) {
                    pools.widen(pool.id());
                }
                return;
            }
            if (found.exhausted()) {
                choice.forgetOwners(pool);
                noteIfIdle(node, pool);
                return;
            }
        }
    }

    /**
     * Believed for a while, also when nobody waits: what all blocks were told is not asked each
     * second.
     */
    private void noteIfIdle(NodeView node, Pool pool) {
        if (openClaims(node, pool) == 0) {
            note(Need.anyOf(pool.id()));
        }
    }

    private void keepReady(NodeView node, Pool pool, Moment now) {
        Refill.Plan plan = refill.plan(node, pool, now);
        if (plan.blocksToClaim() > 0 && node.unavailable(Need.anyOf(pool.id()), now).isEmpty()) {
            claimAny(node, pool, plan.blocksToClaim() * pool.blockSize());
        }
        plan.blocksToReturn()
                .forEach(id -> {
                    var _ = loop.propose(new RetireBlock(id));
                });
    }

    private void begin(ClaimIntent intent) {
        proposed.add(intent.block());
        loop.propose(new BeginClaim(intent))
                .whenComplete((_, refused) -> {
                    proposed.remove(intent.block());
                    begun = true;
                    rest(refused);
                });
    }

    private void note(Need need) {
        loop.propose(new NoteUnavailable(need)).whenComplete((_, refused) -> rest(refused));
    }

    /** A journal without room refuses the same again at once. */
    private void rest(@Nullable Throwable refused) {
        if (refused != null) {
            refusedUntil = asked.plus(SOON);
        }
    }

    private int openClaims(NodeView node, Pool pool) {
        long claiming =
                node.blocks(pool.id()).stream()
                        .filter(block -> block.ownership() instanceof Claiming)
                        .count();
        long begun = proposed.stream().filter(id -> id.pool().equals(pool.id())).count();
        return (int) (claiming + begun);
    }

    private boolean isAtLimit(NodeView node, Pool pool) {
        long begun = proposed.stream().filter(id -> id.pool().equals(pool.id())).count();
        return pool.maxBlocks() > 0 && node.blocks(pool.id()).size() + begun >= pool.maxBlocks();
    }
}
