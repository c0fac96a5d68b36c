package io.croft.node.membership;

import io.croft.core.engine.NodeView;
import io.croft.core.rejection.RejectedException;
import io.croft.node.loop.EngineLoop;
import io.croft.node.membership.RegisterInstall.Outcome;
import io.croft.node.port.IpamListener;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreSession;
import io.croft.node.port.StoreState;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The way of an install into a store: what the store is, the registration, and then the comparison
 * of its blocks, or in a frozen store the re-assertion. One at a time; a call that was abandoned
 * goes no further than the step that it is at.
 */
final class Joining {
    /** Where it led. */
    sealed interface Result {
        /** The blocks are as this store has them. */
        record Joined(StoreState standing) implements Result {}

        /** The store is frozen, and was told all that this install owns. */
        record Asserted(StoreState standing) implements Result {}

        /** Another agent has the install. */
        record Superseded(long incarnation) implements Result {}

        /** The blocks are, or were, reclaimed: others may have them. */
        record Reclaimed(RejectedException refusal) implements Result {}
    }

    private final StoreSession session;
    private final EngineLoop loop;
    private final RegisterInstall registerInstall;
    private final Comparison comparison;
    private final Reassertion reassertion;
    private Optional<Registrant> registered = Optional.empty();
    private int round;

    Joining(
            StoreSession session,
            EngineLoop loop,
            RegisterInstall registerInstall,
            Comparison comparison,
            Reassertion reassertion) {
        this.session = session;
        this.loop = loop;
        this.registerInstall = registerInstall;
        this.comparison = comparison;
        this.reassertion = reassertion;
    }

    static Joining of(
            Stores stores,
            EngineLoop loop,
            IpamListener listener,
            UUID bootId,
            RegisterInstall registerInstall) {
        return new Joining(
                stores.session(),
                loop,
                registerInstall,
                new Comparison(stores.blocks(), stores.pools(), loop),
                new Reassertion(
                        stores.blocks(), stores.pools(), stores.session(), loop, listener, bootId));
    }

    /** Under which the install registered last. */
    Optional<Registrant> registered() {
        return registered;
    }

    /** What is on its way leads nowhere. */
    void abandon() {
        round++;
    }

    CompletionStage<Result> begin(NodeView node) {
        int mine = ++round;
        return session.check().thenComposeAsync(now -> enter(node, now, mine), loop);
    }

    private CompletionStage<Result> enter(NodeView node, StoreState now, int mine) {
        if (now.frozen()) {
            return assertAll(node, now, mine);
        }
        if (node.comparedGeneration() > now.generation()) {
            // Generations only rise: what this journal was compared with is gone.
            return freeze(node, goneBack(node, now), mine);
        }
        return register(
                node,
                now,
                mine,
                me ->
                        comparison
                                .begin(node, me)
                                .thenComposeAsync(proof -> judge(node, now, proof, mine), loop));
    }

    private CompletionStage<Result> judge(
            NodeView node, StoreState now, Optional<String> proof, int mine) {
        mustBeCurrent(mine);
        return proof.isEmpty()
                ? CompletableFuture.completedFuture(new Result.Joined(now))
                : freeze(node, proof.get(), mine);
    }

    private CompletionStage<Result> freeze(NodeView node, String proof, int mine) {
        return session.freeze(proof)
                .thenComposeAsync(frozen -> assertAll(node, frozen, mine), loop);
    }

    private static String goneBack(NodeView node, StoreState now) {
        return "node %s was in the store's generation %d, and it shows %d"
                .formatted(node.profile().name(), node.comparedGeneration(), now.generation());
    }

    private CompletionStage<Result> assertAll(NodeView node, StoreState now, int mine) {
        return register(
                node,
                now,
                mine,
                me -> reassertion.begin(node, me, now).thenApply(_ -> new Result.Asserted(now)));
    }

    private CompletionStage<Result> register(
            NodeView node,
            StoreState now,
            int mine,
            Function<Registrant, CompletionStage<Result>> then) {
        mustBeCurrent(mine);
        return registerInstall
                .begin(node, now.generation())
                .thenComposeAsync(outcome -> registered(outcome, now, mine, then), loop);
    }

    private CompletionStage<Result> registered(
            Outcome outcome,
            StoreState now,
            int mine,
            Function<Registrant, CompletionStage<Result>> then) {
        mustBeCurrent(mine);
        return switch (outcome) {
            case Outcome.Registered(Registrant me) -> {
                registered = Optional.of(me);
                yield then.apply(me);
            }
            case Outcome.Superseded(long incarnation) ->
                    CompletableFuture.completedFuture(new Result.Superseded(incarnation));
            case Outcome.Reclaimed(RejectedException refusal) -> {
                if (now.frozen()) {
                    // A backup may say so of a machine that came back since.
                    throw refusal;
                }
                yield CompletableFuture.completedFuture(new Result.Reclaimed(refusal));
            }
            case Outcome.Overtaken() -> throw new IllegalStateException("overtaken by itself");
        };
    }

    private void mustBeCurrent(int mine) {
        if (mine != round) {
            throw new IllegalStateException("abandoned");
        }
    }
}
