package io.croft.node.keeper;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Ownership.Claiming;
import io.croft.core.block.Ownership.Returning;
import io.croft.core.block.Token;
import io.croft.core.engine.Need;
import io.croft.core.engine.NodeView;
import io.croft.core.ownership.ForgetBlock;
import io.croft.core.ownership.NoteUnavailable;
import io.croft.core.ownership.SettleClaim;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.Backoff;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
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
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends the claims and returns that the journal shows to be open, and settles them by their
 * answers.
 *
 * <p>It has no state of the protocol: after a restart, a timeout or a lost reply the journal shows
 * the same open claim, and the very same is sent again. What was sent is settled by an answer,
 * never given up by assumption.
 */
final class OpenCalls {
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(15));

    private final BlockStore store;
    private final EngineLoop loop;
    private final IpamListener listener;
    private final Membership membership;
    private final ClaimChoice choice;
    private final Retries<BlockId> retries;
    private final Set<BlockId> calling = new HashSet<>();
    private BootTime asked = BootTime.ZERO;

    OpenCalls(
            BlockStore store,
            EngineLoop loop,
            IpamListener listener,
            Membership membership,
            ClaimChoice choice,
            Supplier<Double> spread) {
        this.store = store;
        this.loop = loop;
        this.listener = listener;
        this.membership = membership;
        this.choice = choice;
        this.retries = new Retries<>(BACKOFF, spread);
    }

    boolean isIdle() {
        return calling.isEmpty();
    }

    void send(NodeView node, Registrant me, Moment now) {
        asked = now.boot();
        node.blocks().forEach(block -> send(block, me));
        retries.keepOnly(id -> node.block(id).isPresent());
    }

    private void send(Block block, Registrant me) {
        BlockId id = block.id();
        if (calling.contains(id) || !retries.isDue(id, asked)) {
            return;
        }
        if (block.ownership() instanceof Claiming(ClaimIntent intent)) {
            calling.add(id);
            store.claim(intent, me)
                    .whenCompleteAsync((answer, _) -> claimed(intent, me, answer), loop);
        } else if (block.ownership() instanceof Returning(Token token)) {
            calling.add(id);
            store.giveBack(id, token, me)
                    .whenCompleteAsync((gone, _) -> returned(id, token, gone), loop);
        }
    }

    private void claimed(ClaimIntent intent, Registrant by, @Nullable ClaimAnswer answer) {
        BlockId id = intent.block();
        calling.remove(id);
        switch (answer) {
            case null -> repeat(id, "unknown");
            case ClaimAnswer.Won() -> settle(intent, true, "won");
            case ClaimAnswer.Lost(Optional<BlockOwner> now) when isMine(intent, now) ->
                    settle(intent, true, "won");
            case ClaimAnswer.Lost(Optional<BlockOwner> now) -> {
                choice.learn(id, now);
                settle(intent, false, "lost");
            }
            case ClaimAnswer.Denied(Rejection why) -> denied(intent, by, why);
        }
    }

    private static boolean isMine(ClaimIntent intent, Optional<BlockOwner> now) {
        return now.filter(
                        owner -> owner.install().isPresent() && owner.token().equals(intent.next()))
                .isPresent();
    }

    /** What may be allowed later stays open; what never can be is settled. */
    private void denied(ClaimIntent intent, Registrant by, Rejection why) {
        boolean ofNow = intent.next().generation() == by.generation();
        boolean passing =
                why.reason() == Reason.INSTALL_SUPERSEDED
                        || why.reason() == Reason.STORE_FROZEN
                        || why.reason() == Reason.STORE_UNAVAILABLE;
        if (passing && ofNow) {
            membership.doubt().run();
            repeat(intent.block(), "denied");
            return;
        }
        // Believed for a while, so that a store that takes no claims is not asked without end.
        note(Need.anyOf(intent.block().pool()));
        note(Need.exactly(intent.block()));
        settle(intent, false, "denied");
    }

    private void note(Need need) {
        var _ = loop.propose(new NoteUnavailable(need));
    }

    private void returned(BlockId id, Token token, @Nullable Boolean gone) {
        calling.remove(id);
        if (gone == null || !gone) {
            if (gone != null) {
                membership.doubt().run();
            }
            repeat(id, "unknown");
            return;
        }
        choice.remember(id, Optional.of(new BlockOwner(Optional.empty(), "", token)));
        listener.storeAnswered(id, "returned");
        settle(id, loop.propose(new ForgetBlock(id)));
    }

    private void repeat(BlockId id, String outcome) {
        retries.failed(id, asked);
        listener.storeAnswered(id, outcome);
    }

    private void settle(ClaimIntent intent, boolean won, String outcome) {
        listener.storeAnswered(intent.block(), outcome);
        settle(intent.block(), loop.propose(new SettleClaim(intent, won)));
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
}
