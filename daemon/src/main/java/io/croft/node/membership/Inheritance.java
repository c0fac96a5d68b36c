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
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;

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
     * live.
     */
    boolean isDue(NodeView node) {
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
     * begun by somebody who did not know whose the block was. Fails where the store does.
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
                                        Stream.concat(
                                                        Stream.of(heir.installId()),
                                                        all.stream()
                                                                .filter(this::isFormerSelf)
                                                                .map(Install::id))
                                                .toList(),
                                        former -> from(node, me, former, left),
                                        loop),
                        loop)
                .thenRunAsync(() -> done = left.isEmpty(), loop);
    }

    /** In a boot that is over: its sandboxes are gone. */
    private boolean isFormerSelf(Install other) {
        return !other.id().equals(heir.installId()) && !other.bootId().equals(boot.id());
    }

    private CompletionStage<?> from(NodeView node, Registrant me, UUID former, List<BlockId> left) {
        return installs.isLive(former)
                .thenComposeAsync(
                        live ->
                                blocks.owned(former)
                                        .thenAcceptAsync(
                                                owned -> take(node, me, former, live, owned, left),
                                                loop),
                        loop);
    }

    /** A former install that shows signs of life is somebody's, whatever its hardware says. */
    private void take(
            NodeView node,
            Registrant me,
            UUID former,
            boolean live,
            Map<BlockId, Token> owned,
            List<BlockId> left) {
        boolean mine = former.equals(heir.installId());
        owned.forEach((block, token) -> {
            if (mine && node.block(block).isPresent()) {
                return;
            }
            left.add(block);
            if (mine || !live) {
                boolean sameStore = token.generation() == me.generation();
                long epoch = sameStore ? token.epoch() + 1 : 1;
                var next = new Token(me.generation(), epoch, nonces.get());
                var intent = new ClaimIntent(block, Optional.of(former), Optional.of(token), next);
                var _ = loop.propose(new BeginClaim(intent));
            }
        });
    }
}
