package io.croft.node.membership;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Ownership.Owned;
import io.croft.core.block.Ownership.Unvalidated;
import io.croft.core.block.Token;
import io.croft.core.engine.Event.IncarnationIntended;
import io.croft.core.engine.NodeView;
import io.croft.core.engine.Timings;
import io.croft.core.ownership.IntendIncarnation;
import io.croft.core.ownership.Validate;
import io.croft.core.rejection.Reason;
import io.croft.core.time.Backoff;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.BlockStore;
import io.croft.node.port.Install;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.InstallStore;
import io.croft.node.port.IpamListener;
import io.croft.node.port.Registrant;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes this install the one that the store knows for the journal: bumps the incarnation, validates
 * the blocks, and inherits those of installs that this machine had before it was wiped.
 *
 * <pre>
 * unregistered -registered-> registered -validated-> member      unregistered, registered -incarnation lost-> superseded
 * </pre>
 *
 * <p>A store that does not answer within {@link Timings#START_WAIT} leaves the journal trusted if
 * it is of this boot and the clocks did not move against each other since its last record; else
 * nothing is served until it answers. What was trusted is compared as soon as it does.
 */
public final class Registration implements Duty {
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(200), Duration.ofSeconds(15));

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final InstallStore installs;
    private final BlockStore blocks;
    private final EngineLoop loop;
    private final IpamListener listener;
    private final InstallIdentity identity;
    private final Boot boot;
    private final String version;
    private final Supplier<UUID> nonces;
    private final Supplier<Double> spread;
    private final Inheritance inheritance;
    private Optional<Registrant> registrant = Optional.empty();
    private boolean calling;
    private boolean trusted;
    private boolean confirmed;
    private boolean superseded;
    private final Set<UUID> own = new HashSet<>();
    private int failures;
    private BootTime due = BootTime.ZERO;

    /**
     * The boot in which the agent starts.
     *
     * @param trustable whether the journal is of this boot and the clocks agree with its last
     *     record
     * @param weakIdentity whether the hardware is known by its machine id only, which images share
     */
    public record Boot(UUID id, BootTime started, boolean trustable, boolean weakIdentity) {}

    public Registration(
            InstallStore installs,
            BlockStore blocks,
            EngineLoop loop,
            IpamListener listener,
            InstallIdentity identity,
            Boot boot,
            String version,
            Supplier<UUID> nonces,
            Supplier<Double> spread) {
        this.installs = installs;
        this.blocks = blocks;
        this.loop = loop;
        this.listener = listener;
        this.identity = identity;
        this.boot = boot;
        this.version = version;
        this.nonces = nonces;
        this.spread = spread;
        this.inheritance = new Inheritance(installs, blocks, loop, identity, boot.id(), nonces);
    }

    /** Who changes ownership in this node's name; empty: not registered yet, or superseded. */
    public Optional<Registrant> registrant() {
        return superseded ? Optional.empty() : registrant;
    }

    /** Another agent took the install over: this one must not allocate any more. */
    public boolean isSuperseded() {
        return superseded;
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        if (superseded) {
            return stopAllocating(node, now);
        }
        boolean unvalidated = isUnvalidated(node);
        boolean unconfirmed = trusted && !confirmed;
        if (registrant.isEmpty() && unvalidated && !trusted && boot.trustable()) {
            BootTime patience = boot.started().plus(Timings.START_WAIT);
            if (now.boot().isBefore(patience)) {
                due = due.min(patience);
            } else {
                trusted = true;
                listener.outage(
                        "store", true, "it does not answer; the journal of this boot is trusted");
                var _ = loop.propose(new Validate(Optional.empty()));
            }
        }
        if (calling || now.boot().isBefore(due)) {
            return calling ? patience(unvalidated) : due;
        }
        if (registrant.isEmpty()) {
            call(register(node), now);
        } else if (unvalidated || unconfirmed) {
            call(validate(owned(node)), now);
        } else if (inheritance.isDue(node)) {
            BootTime holdDown =
                    boot.weakIdentity()
                            ? boot.started().plus(Timings.WEAK_IDENTITY_HOLD)
                            : BootTime.ZERO;
            BootTime at = inheritance.next().max(holdDown);
            if (now.boot().isBefore(at)) {
                return at;
            }
            call(inheritance.begin(now.boot()), now);
        } else {
            return BootTime.NEVER;
        }
        return patience(unvalidated);
    }

    private BootTime patience(boolean unvalidated) {
        return registrant.isEmpty() && unvalidated && boot.trustable() && !trusted
                ? boot.started().plus(Timings.START_WAIT)
                : BootTime.NEVER;
    }

    private void call(CompletionStage<?> work, Moment now) {
        calling = true;
        work.whenCompleteAsync((_, failure) -> done(failure, now), loop);
    }

    private void done(@Nullable Throwable failure, Moment asked) {
        calling = false;
        if (failure == null && failures > 0) {
            listener.outage("registration", false, "the store answers");
        }
        failures = failure == null ? 0 : failures + 1;
        due =
                failure == null
                        ? BootTime.ZERO
                        : asked.boot().plus(BACKOFF.after(failures, spread.get()));
        if (failures == 1) {
            listener.outage("registration", true, String.valueOf(failure));
        }
    }

    /** Read, journal what will be sent, send, and believe the nonce only. */
    private CompletionStage<?> register(NodeView node) {
        long journalled = node.incarnation().map(IncarnationIntended::incarnation).orElse(0L);
        node.incarnation().map(IncarnationIntended::nonce).ifPresent(own::add);
        return installs.read(identity.installId())
                .thenComposeAsync(
                        current -> {
                            long known = current.map(Install::incarnation).orElse(0L);
                            boolean foreign =
                                    current.filter(there -> !own.contains(there.nonce()))
                                            .isPresent();
                            if (known > journalled || (known == journalled && foreign)) {
                                return supersede(known);
                            }
                            Install next = install(Math.max(known, journalled) + 1);
                            own.add(next.nonce());
                            return loop.propose(
                                            new IntendIncarnation(next.incarnation(), next.nonce()))
                                    .thenCompose(_ -> installs.register(next, known))
                                    .thenComposeAsync(there -> registered(next, there), loop);
                        },
                        loop);
    }

    private CompletionStage<Boolean> registered(Install sent, Install there) {
        if (there.nonce().equals(sent.nonce())) {
            registrant = Optional.of(new Registrant(sent.id(), sent.node(), sent.incarnation(), 1));
            if (trusted) {
                listener.outage("store", false, "it answers; the journal is compared with it");
            }
        } else if (!own.contains(there.nonce())) {
            return supersede(there.incarnation());
        }
        return CompletableFuture.completedFuture(registrant.isPresent());
    }

    /** Somebody registered with this journal's install id and we did not: we are the copy. */
    private CompletionStage<Boolean> supersede(long incarnation) {
        superseded = true;
        loop.refuseToWait(
                Reason.INSTALL_SUPERSEDED.because(
                        "another agent registered this install as incarnation " + incarnation));
        listener.outage("install", true, "another agent registered incarnation " + incarnation);
        return CompletableFuture.completedFuture(false);
    }

    /** Gives up every block that could give an address, also those that were trusted meanwhile. */
    private BootTime stopAllocating(NodeView node, Moment now) {
        Map<BlockId, Token> trustedBlocks = owned(node);
        if (trustedBlocks.isEmpty() && !isUnvalidated(node)) {
            return BootTime.NEVER;
        }
        if (!now.boot().isBefore(due)) {
            due = now.boot().plus(AGAIN);
            var _ = loop.propose(new Validate(Optional.of(Map.of()), trustedBlocks));
        }
        return due;
    }

    private Install install(long incarnation) {
        return new Install(
                identity.installId(),
                identity.node(),
                identity.hardwareId(),
                identity.machineId(),
                boot.id(),
                incarnation,
                nonces.get(),
                version);
    }

    private CompletionStage<?> validate(Map<BlockId, Token> trustedBlocks) {
        return blocks.owned(identity.installId())
                .thenComposeAsync(
                        owned -> loop.propose(new Validate(Optional.of(owned), trustedBlocks)),
                        loop)
                .thenAccept(judged -> confirmed = judged < Validate.MOST);
    }

    private static Map<BlockId, Token> owned(NodeView node) {
        Map<BlockId, Token> owned = new HashMap<>();
        for (Block block : node.blocks()) {
            if (block.ownership() instanceof Owned(Token token)) {
                owned.put(block.id(), token);
            }
        }
        return owned;
    }

    private static boolean isUnvalidated(NodeView node) {
        return node.blocks().stream().anyMatch(block -> block.ownership() instanceof Unvalidated);
    }
}
