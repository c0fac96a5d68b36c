package io.croft.node.membership;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.engine.NodeView;
import io.croft.core.engine.Timings;
import io.croft.core.ownership.BeginClaim;
import io.croft.core.time.BootTime;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.BlockStore;
import io.croft.node.port.Install;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.InstallStore;
import io.croft.node.port.Registrant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Begins claims, under new tokens, of blocks that are this node's in the store and not in its
 * journal: those of installs that this machine had before it was wiped, empty, and its own that the
 * journal does not know. Whether the claims are won is the keeper's to see.
 */
final class Inheritance {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final InstallStore installs;
    private final BlockStore blocks;
    private final EngineLoop loop;
    private final InstallIdentity heir;
    private final Registration.Boot boot;
    private final Supplier<UUID> nonces;
    private long joined;
    private boolean done;
    private Duration pause = FIRST_PAUSE;
    private BootTime next = BootTime.ZERO;

    Inheritance(
            InstallStore installs,
            BlockStore blocks,
            EngineLoop loop,
            InstallIdentity heir,
            Registration.Boot boot,
            Supplier<UUID> nonces) {
        this.installs = installs;
        this.blocks = blocks;
        this.loop = loop;
        this.heir = heir;
        this.boot = boot;
        this.nonces = nonces;
    }

    /**
     * Born of a lost journal, an install inherits nothing before a reboot: the lost one's pods may
     * live. Whenever the node joined anew it begins again: what was so may not be so any more.
     */
    boolean isDue(NodeView node, Registrant me) {
        if (me.incarnation() != joined) {
            joined = me.incarnation();
            done = false;
            pause = FIRST_PAUSE;
            next = BootTime.ZERO;
        }
        return !done
                && !node.pools().isEmpty()
                && node.replacedIn().filter(boot.id()::equals).isEmpty();
    }

    /** When the next look is due. */
    BootTime next() {
        return boot.weakIdentity()
                ? next.max(boot.started().plus(Timings.WEAK_IDENTITY_HOLD))
                : next;
    }

    /**
     * It is over when the former installs own nothing any more: a claim may fail, or may have been
     * begun by somebody who did not know whose the block was. Their records go then. Fails where
     * the store does.
     */
    CompletionStage<Void> begin(NodeView node, Registrant me, BootTime now) {
        next = now.plus(pause);
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        List<BlockId> left = new ArrayList<>();
        return installs.predecessors(heir)
                .thenComposeAsync(
                        all ->
                                Batches.each(
                                        all.stream().filter(this::isFormerSelf).toList(),
                                        former -> from(me, former, left),
                                        loop),
                        loop)
                .thenComposeAsync(_ -> fromMyself(node, me, left), loop)
                .thenRunAsync(() -> done = me.incarnation() == joined && left.isEmpty(), loop);
    }

    /** In a boot that is over: its sandboxes are gone. */
    private boolean isFormerSelf(Install other) {
        return !other.id().equals(heir.installId()) && !other.bootId().equals(boot.id());
    }

    /** A former install that shows signs of life is somebody's, whatever its hardware says. */
    private CompletionStage<?> from(Registrant me, Install former, List<BlockId> left) {
        return installs.isLive(former.id())
                .thenComposeAsync(
                        live ->
                                blocks.owned(former.id())
                                        .thenComposeAsync(
                                                owned -> take(me, former, live, owned, left), loop),
                        loop);
    }

    private CompletionStage<?> take(
            Registrant me,
            Install former,
            boolean live,
            Map<BlockId, Token> owned,
            List<BlockId> left) {
        if (owned.isEmpty() && !live) {
            return installs.forget(former);
        }
        left.addAll(owned.keySet());
        if (!live) {
            owned.forEach((block, token) -> claim(me, former.id(), block, token));
        }
        return CompletableFuture.completedFuture(live);
    }

    private CompletionStage<Void> fromMyself(NodeView node, Registrant me, List<BlockId> left) {
        return blocks.owned(heir.installId())
                .thenAcceptAsync(
                        owned ->
                                owned.forEach((block, token) -> {
                                    if (node.block(block).isEmpty()) {
                                        left.add(block);
                                        claim(me, heir.installId(), block, token);
                                    }
                                }),
                        loop);
    }

    private void claim(Registrant me, UUID owner, BlockId block, Token token) {
        boolean sameStore = token.generation() == me.generation();
        long epoch = sameStore ? token.epoch() + 1 : 1;
        var next = new Token(me.generation(), epoch, nonces.get());
        var intent = new ClaimIntent(block, Optional.of(owner), Optional.of(token), next);
        var _ = loop.propose(new BeginClaim(intent));
    }
}
