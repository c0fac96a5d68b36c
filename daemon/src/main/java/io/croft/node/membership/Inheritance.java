package io.croft.node.membership;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.engine.NodeView;
import io.croft.core.ownership.BeginClaim;
import io.croft.core.time.BootTime;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.BlockStore;
import io.croft.node.port.Install;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.InstallStore;
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
 * Begins claims of the blocks of installs that this machine had before it was wiped, empty and
 * under new tokens. Whether the claims are won is the keeper's to see.
 */
final class Inheritance {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final InstallStore installs;
    private final BlockStore blocks;
    private final EngineLoop loop;
    private final InstallIdentity heir;
    private final UUID bootId;
    private final Supplier<UUID> nonces;
    private boolean done;
    private Duration pause = FIRST_PAUSE;
    private BootTime next = BootTime.ZERO;

    Inheritance(
            InstallStore installs,
            BlockStore blocks,
            EngineLoop loop,
            InstallIdentity heir,
            UUID bootId,
            Supplier<UUID> nonces) {
        this.installs = installs;
        this.blocks = blocks;
        this.loop = loop;
        this.heir = heir;
        this.bootId = bootId;
        this.nonces = nonces;
    }

    /**
     * Born of a lost journal, an install inherits nothing before a reboot: the lost one's pods may
     * live.
     */
    boolean isDue(NodeView node) {
        return !done
                && !node.pools().isEmpty()
                && node.replacedIn().filter(bootId::equals).isEmpty();
    }

    /** When the next look is due. */
    BootTime next() {
        return next;
    }

    /**
     * It is over when the former installs own nothing any more: a claim may fail, or may have been
     * begun by somebody who did not know whose the block was. Fails where the store does.
     */
    CompletionStage<Void> begin(BootTime now) {
        next = now.plus(pause);
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        List<BlockId> left = new ArrayList<>();
        return installs.predecessors(heir)
                .thenComposeAsync(
                        all ->
                                CompletableFuture.allOf(
                                        all.stream()
                                                .filter(this::isFormerSelf)
                                                .map(former -> from(former, left))
                                                .toArray(CompletableFuture<?>[]::new)),
                        loop)
                .thenRunAsync(() -> done = left.isEmpty(), loop);
    }

    /** In a boot that is over: its sandboxes are gone. */
    private boolean isFormerSelf(Install other) {
        return !other.id().equals(heir.installId()) && !other.bootId().equals(bootId);
    }

    private CompletableFuture<Void> from(Install former, List<BlockId> left) {
        return blocks.owned(former.id())
                .thenAcceptAsync(
                        owned -> {
                            left.addAll(owned.keySet());
                            claim(former, owned);
                        },
                        loop)
                .toCompletableFuture();
    }

    private void claim(Install former, Map<BlockId, Token> owned) {
        owned.forEach((block, token) -> {
            var next = new Token(token.generation(), token.epoch() + 1, nonces.get());
            var intent = new ClaimIntent(block, Optional.of(former.id()), Optional.of(token), next);
            var _ = loop.propose(new BeginClaim(intent));
        });
    }
}
