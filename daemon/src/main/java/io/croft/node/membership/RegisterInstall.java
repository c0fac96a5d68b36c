package io.croft.node.membership;

import io.croft.core.engine.Event.IncarnationIntended;
import io.croft.core.engine.NodeView;
import io.croft.core.ownership.IntendIncarnation;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.FailedStage;
import io.croft.node.port.Install;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.InstallStore;
import io.croft.node.port.Registrant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Writes this install's record under the next incarnation: reads, journals what will be sent,
 * sends, and believes its own nonce only.
 *
 * <p>Where there is no record although the journal was registered once, the install was reclaimed
 * or the store does not know it: it registers anew, and the comparison of its blocks tells what is
 * left.
 */
final class RegisterInstall {
    /** How it ended. */
    sealed interface Outcome {
        record Registered(Registrant me) implements Outcome {}

        /** Another agent registered with this journal's install id: this one is the copy. */
        record Superseded(long incarnation) implements Outcome {}

        /** The store says that the blocks are, or were, reclaimed. */
        record Reclaimed(RejectedException refusal) implements Outcome {}

        /** One of our own earlier calls came later: to be done again. */
        record Overtaken() implements Outcome {}
    }

    private final InstallStore installs;
    private final EngineLoop loop;
    private final InstallIdentity identity;
    private final UUID bootId;
    private final String version;
    private final Supplier<UUID> nonces;
    private final Set<UUID> own = new HashSet<>();

    RegisterInstall(
            InstallStore installs,
            EngineLoop loop,
            InstallIdentity identity,
            UUID bootId,
            String version,
            Supplier<UUID> nonces) {
        this.installs = installs;
        this.loop = loop;
        this.identity = identity;
        this.bootId = bootId;
        this.version = version;
        this.nonces = nonces;
    }

    CompletionStage<Outcome> begin(NodeView node, long generation) {
        long journalled = node.incarnation().map(IncarnationIntended::incarnation).orElse(0L);
        node.incarnation().map(IncarnationIntended::nonce).ifPresent(own::add);
        return installs.read(identity.installId())
                .thenComposeAsync(current -> register(current, journalled, generation), loop);
    }

    private CompletionStage<Outcome> register(
            Optional<Install> current, long journalled, long generation) {
        long known = current.map(Install::incarnation).orElse(0L);
        boolean foreign = current.filter(there -> !own.contains(there.nonce())).isPresent();
        if (known > journalled || (known == journalled && foreign)) {
            return CompletableFuture.completedFuture(new Outcome.Superseded(known));
        }
        Install next = install(Math.max(known, journalled) + 1);
        own.add(next.nonce());
        return loop.propose(new IntendIncarnation(next.incarnation(), next.nonce()))
                .thenCompose(_ -> installs.register(next, known))
                .thenApplyAsync(there -> outcome(next, there, generation), loop)
                .exceptionally(RegisterInstall::reclaimed);
    }

    private static Outcome reclaimed(Throwable failure) {
        if (FailedStage.cause(failure) instanceof RejectedException refused
                && refused.rejection().reason() == Reason.INSTALL_SUPERSEDED) {
            return new Outcome.Reclaimed(refused);
        }
        throw new CompletionException(FailedStage.cause(failure));
    }

    private Outcome outcome(Install sent, Install there, long generation) {
        if (there.nonce().equals(sent.nonce())) {
            return new Outcome.Registered(
                    new Registrant(sent.id(), sent.node(), sent.incarnation(), generation));
        }
        return own.contains(there.nonce())
                ? new Outcome.Overtaken()
                : new Outcome.Superseded(there.incarnation());
    }

    private Install install(long incarnation) {
        return new Install(
                identity.installId(),
                identity.node(),
                identity.hardwareId(),
                identity.machineId(),
                bootId,
                incarnation,
                nonces.get(),
                version);
    }
}
