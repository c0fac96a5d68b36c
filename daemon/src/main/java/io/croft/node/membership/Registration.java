package io.croft.node.membership;

import io.croft.core.engine.NodeView;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.FailedStage;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.IpamListener;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreSession;
import io.croft.node.port.StoreState;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This install's place among those that the store knows: looks whether the store is the one that
 * was there before, registers, compares the blocks, and begins anew after every loss of the link
 * and every doubt.
 *
 * <pre>
 * LOOKING -registered, compared-> MEMBER     LOOKING -frozen, re-asserted-> FROZEN -unfrozen-> LOOKING
 * MEMBER, FROZEN -link lost, doubt-> LOOKING     LOOKING -another registered-> SUPERSEDED     MEMBER -leaves-> LEFT
 * </pre>
 */
public final class Registration implements Duty {
    private enum Phase {
        LOOKING,
        FROZEN,
        MEMBER,
        SUPERSEDED,
        LEFT
    }

    private final StoreSession session;
    private final EngineLoop loop;
    private final IpamListener listener;
    private final StorePoll poll;
    private final Joining joining;
    private final Inheritance inheritance;
    private final Trust trust;
    private final RegistrationFailures failures;
    private final GiveUpBlocks giveUpBlocks;
    private Duty whileReclaimed = GiveUpBlocks.NOTHING;
    private final ClaimPause claims = new ClaimPause();
    private final AtomicBoolean lost = new AtomicBoolean();
    private Phase phase = Phase.LOOKING;
    private boolean calling;
    private int round;
    private long starts;
    private BootTime seen = BootTime.ZERO;
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
            Stores stores,
            EngineLoop loop,
            IpamListener listener,
            InstallIdentity identity,
            Boot boot,
            String version,
            Supplier<UUID> nonces,
            Supplier<Double> spread) {
        this.session = stores.session();
        this.loop = loop;
        this.listener = listener;
        this.poll = new StorePoll(stores.session(), spread);
        var registerInstall =
                new RegisterInstall(stores.installs(), loop, identity, boot.id(), version, nonces);
        this.joining = Joining.of(stores, loop, listener, boot.id(), registerInstall);
        this.inheritance =
                new Inheritance(stores.installs(), stores.blocks(), loop, identity, boot, nonces);
        this.trust = new Trust(loop, listener, boot);
        this.failures = new RegistrationFailures(loop, listener, spread);
        this.giveUpBlocks = new GiveUpBlocks(loop);
    }

    /** Listens for losses of the link from now on. */
    public void start() {
        session.onLost(() -> {
            lost.set(true);
            loop.execute(() -> {});
        });
    }

    /** Who changes ownership in this node's name; empty: nobody may now. */
    public Optional<Registrant> registrant() {
        return phase == Phase.MEMBER && !seen.isBefore(claims.end())
                ? joining.registered()
                : Optional.empty();
    }

    /** Under which this install registered last, whatever the store thinks of it now. */
    Optional<Registrant> registered() {
        return phase == Phase.SUPERSEDED || phase == Phase.LEFT
                ? Optional.empty()
                : joining.registered();
    }

    /** What the store said of itself; empty: it must be asked again first. */
    public Optional<StoreState> storeState() {
        return poll.state();
    }

    /** Why this agent serves nothing, whatever its journal says; empty: it may. */
    public Optional<String> hindrance() {
        return switch (phase) {
            case SUPERSEDED -> Optional.of(GiveUpBlocks.WHY);
            case LEFT -> Optional.of("this node left the cluster");
            case LOOKING, FROZEN, MEMBER ->
                    failures.refused()
                            .filter(_ -> !claims.wasMember() && !trust.isGiven())
                            .map(Rejection::sentence);
        };
    }

    /** The store spoke as if this install were not what it believes to be: it looks again. */
    public void doubt() {
        if (phase == Phase.MEMBER || phase == Phase.FROZEN) {
            withdraw();
        }
    }

    /** The node leaves: nothing is claimed, returned or registered in its name any more. */
    void leave() {
        round++;
        joining.abandon();
        phase = Phase.LEFT;
        loop.refuseToWait(
                Reason.AGENT_STOPPING
                        .because("this node left the cluster")
                        .remedy("start the agent again, and it joins"));
    }

    /** The store did not let it go. */
    void stay() {
        if (phase == Phase.LEFT) {
            loop.letWait();
            withdraw();
        }
    }

    /** A way in that is under way ends by itself, and its pause is kept: a lost link fails it. */
    private void withdraw() {
        round++;
        joining.abandon();
        poll.forget();
        if (phase != Phase.LOOKING) {
            phase = Phase.LOOKING;
            calling = false;
            due = BootTime.ZERO;
        }
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        seen = now.boot();
        claims.known(node.incarnation().isPresent());
        if (phase == Phase.SUPERSEDED) {
            return giveUpBlocks.perform(node, now);
        }
        if (phase == Phase.LEFT) {
            return BootTime.NEVER;
        }
        if (lost.getAndSet(false)) {
            if (phase == Phase.LOOKING) {
                claims.failed();
            }
            withdraw();
        }
        if (node.starts() != starts) {
            // The machine was wound back, or this is the start: nothing is sure any more.
            starts = node.starts();
            withdraw();
        }
        BootTime patience = phase == Phase.MEMBER ? BootTime.NEVER : trust.perform(node, now);
        patience = patience.min(whileReclaimed.perform(node, now));
        if (!calling && !now.boot().isBefore(due)) {
            look(node, now);
        }
        if (!calling && phase == Phase.MEMBER) {
            patience = patience.min(inherit(node, now));
        }
        return calling ? patience : patience.min(due);
    }

    private void look(NodeView node, Moment now) {
        if (phase == Phase.MEMBER && Comparison.isDue(node, now)) {
            withdraw();
        }
        int mine = round;
        calling = true;
        if (phase == Phase.LOOKING) {
            joining.begin(node)
                    .whenCompleteAsync(
                            (result, failure) -> {
                                calling = false;
                                failed(mine, failure);
                                entered(mine == round ? result : null, failure, now);
                            },
                            loop);
        } else {
            poll.look()
                    .whenCompleteAsync(
                            (there, _) -> {
                                if (mine == round) {
                                    calling = false;
                                    looked(there);
                                }
                            },
                            loop);
        }
    }

    private void failed(int mine, @Nullable Throwable failure) {
        if (mine == round && failure != null) {
            claims.failed(failure);
            FailedStage.refusal(failure)
                    .filter(why -> why.reason() == Reason.STORE_UNAVAILABLE)
                    .ifPresent(_ -> trust.absent());
        }
    }

    private void entered(
            Joining.@Nullable Result result, @Nullable Throwable failure, Moment asked) {
        switch (result) {
            case null -> due = asked.boot().plus(failures.pauseAfter(failure));
            case Joining.Result.Superseded(long incarnation) -> supersede(incarnation);
            case Joining.Result.Joined(StoreState there) -> {
                settle(Phase.MEMBER, there);
                claims.joined(seen);
                trust.confirmed();
            }
            case Joining.Result.Asserted(StoreState there) -> settle(Phase.FROZEN, there);
            case Joining.Result.Reclaimed(var refusal) -> {
                whileReclaimed = new GiveUpBlocks(loop);
                due = asked.boot().plus(failures.pauseAfter(refusal));
            }
        }
    }

    private void settle(Phase next, StoreState there) {
        phase = next;
        whileReclaimed = GiveUpBlocks.NOTHING;
        poll.found(there);
        failures.over(there.frozen());
        due = seen.plus(poll.pause());
    }

    private void looked(@Nullable StoreState there) {
        if (poll.isAsFound(there)) {
            due = seen.plus(poll.pause());
        } else {
            withdraw();
        }
    }

    /** While a loss is not forgotten nothing is claimed, not even by inheritance. */
    private BootTime inherit(NodeView node, Moment now) {
        if (registrant().isEmpty()) {
            return claims.end();
        }
        if (!inheritance.isDue(node, registrant().get())) {
            return BootTime.NEVER;
        }
        if (now.boot().isBefore(inheritance.next())) {
            return inheritance.next();
        }
        int mine = round;
        calling = true;
        inheritance
                .begin(node, registrant().get(), now.boot())
                .whenCompleteAsync((_, _) -> calling = calling && mine != round, loop);
        return BootTime.NEVER;
    }

    /** Somebody registered with this journal's install id and we did not: we are the copy. */
    private void supersede(long incarnation) {
        round++;
        phase = Phase.SUPERSEDED;
        loop.refuseToWait(
                Reason.INSTALL_SUPERSEDED.because(
                        "another agent registered this install as incarnation " + incarnation));
        listener.outage("install", true, "another agent registered incarnation " + incarnation);
    }
}
