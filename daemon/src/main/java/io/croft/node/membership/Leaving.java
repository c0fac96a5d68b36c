package io.croft.node.membership;

import io.croft.core.block.Block;
import io.croft.core.block.Cause;
import io.croft.core.block.Ownership.Quarantined;
import io.croft.core.engine.NodeView;
import io.croft.core.ownership.RetireBlock;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.Backoff;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.ClusterDirectory;
import io.croft.node.port.FailedStage;
import io.croft.node.port.Registrant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the node out of its cluster on an operator's word: gives every block back, then its name.
 * Addresses that rest wait for the shortest cooldown, and until their former namespace is gone.
 */
public final class Leaving implements Duty {
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Backoff BACKOFF =
            new Backoff(Duration.ofMillis(500), Duration.ofSeconds(8));
    private static final int MOST_TRIES = 10;

    private final ClusterDirectory directory;
    private final EngineLoop loop;
    private final Registration registration;
    private final Supplier<Double> spread;
    private final List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
    private Optional<Registrant> gone = Optional.empty();
    private boolean underway;
    private boolean left;
    private boolean calling;
    private int failures;
    private BootTime due = BootTime.ZERO;

    public Leaving(
            ClusterDirectory directory,
            EngineLoop loop,
            Registration registration,
            Supplier<Double> spread) {
        this.directory = directory;
        this.loop = loop;
        this.registration = registration;
        this.spread = spread;
    }

    /**
     * Begins, or joins what was begun; completes when the node has left. Refused with
     * NODE_NOT_EMPTY while an address is held, and at once where the store is of one node; the node
     * then goes on as before. Any thread.
     */
    public CompletionStage<Boolean> begin() {
        Optional<Rejection> never = directory.cannotLeave();
        if (never.isPresent()) {
            return CompletableFuture.failedFuture(never.get().asException());
        }
        var answer = new CompletableFuture<Boolean>();
        loop.execute(() -> {
            if (left) {
                answer.complete(true);
                return;
            }
            waiting.add(answer);
            if (!underway) {
                underway = true;
                failures = 0;
                due = BootTime.ZERO;
            }
        });
        return answer;
    }

    /** Nothing new is claimed. The loop's thread. */
    public boolean isUnderway() {
        return underway;
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        if (!underway || left || calling) {
            return BootTime.NEVER;
        }
        if (now.boot().isBefore(due)) {
            return due;
        }
        due = now.boot().plus(AGAIN);
        if (gone.isPresent()) {
            leave(gone.get(), now);
        } else if (!node.allocations().isEmpty()) {
            giveUp(notEmpty(node));
        } else if (registration.registrant().isEmpty()) {
            giveUp(Reason.STORE_UNAVAILABLE.because("this node is not registered with the store"));
        } else if (node.blocks().stream().anyMatch(Leaving::isLocked)) {
            giveUp(locked(node));
        } else if (node.blocks().stream().allMatch(Leaving::isAnothers)) {
            gone = registration.registrant();
            registration.leave();
            leave(gone.get(), now);
        } else {
            node.blocks().stream().filter(Block::isOwned).forEach(this::retire);
        }
        return calling ? BootTime.NEVER : due;
    }

    private static boolean isAnothers(Block block) {
        return block.ownership() instanceof Quarantined(var token, Cause cause)
                && cause == Cause.FOREIGN_TOKEN;
    }

    /** Only a boot ends it. */
    private static boolean isLocked(Block block) {
        return block.ownership() instanceof Quarantined && !isAnothers(block);
    }

    private static Rejection locked(NodeView node) {
        Block first = node.blocks().stream().filter(Leaving::isLocked).findFirst().orElseThrow();
        return Reason.NODE_NOT_EMPTY
                .because(
                        "block %s of node \"%s\" is quarantined: it may hold more than is known"
                                .formatted(first.id(), node.profile().name()))
                .remedy("reboot the machine, start its agent, then repeat")
                .with("node", node.profile().name());
    }

    private static Rejection notEmpty(NodeView node) {
        int held = node.allocations().stream().mapToInt(each -> each.addresses().size()).sum();
        return Reason.NODE_NOT_EMPTY
                .because("node \"%s\" holds %d addresses".formatted(node.profile().name(), held))
                .with("node", node.profile().name());
    }

    private void retire(Block block) {
        var _ = loop.propose(new RetireBlock(block.id(), true));
    }

    private void leave(Registrant me, Moment now) {
        calling = true;
        directory.leave(me).whenCompleteAsync((_, failure) -> answered(failure, now), loop);
    }

    private void answered(@Nullable Throwable failure, Moment asked) {
        calling = false;
        Optional<Rejection> why = FailedStage.refusal(failure);
        // After an answer that was lost the record may be gone already.
        boolean done =
                failure == null
                        || (failures > 0
                                && why.filter(r -> r.reason() == Reason.INSTALL_SUPERSEDED)
                                        .isPresent());
        failures++;
        if (done) {
            left = true;
            waiting.forEach(each -> each.complete(true));
            waiting.clear();
        } else if (why.filter(r -> r.reason() == Reason.NODE_NOT_EMPTY).isPresent()
                || failures >= MOST_TRIES) {
            giveUp(
                    why.orElse(
                            Reason.OUTCOME_UNKNOWN.because(
                                    String.valueOf(
                                            failure == null ? null : FailedStage.cause(failure)))));
        } else {
            due = asked.boot().plus(BACKOFF.after(failures, spread.get()));
        }
    }

    private void giveUp(Rejection why) {
        underway = false;
        gone = Optional.empty();
        registration.stay();
        waiting.forEach(each -> each.completeExceptionally(why.asException()));
        waiting.clear();
    }
}
