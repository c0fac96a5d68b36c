package io.croft.node.reconcile;

import io.croft.core.allocation.Allocation;
import io.croft.core.engine.NodeView;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import io.croft.core.serving.CollectGarbage;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.FailedStage;
import io.croft.node.port.Inventory;
import io.croft.node.port.IpamListener;
import io.croft.node.port.Reconciliation;
import io.croft.node.port.SandboxList;
import io.croft.node.port.SandboxLists;
import io.croft.node.reconcile.Absences.Findings;
import io.croft.node.reconcile.Survey.Named;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Frees by itself what pods left behind: takes an inventory every 30 s and hands it to {@link
 * Absences}, which decides. The allocations are read first, then the inventory is taken, and each
 * allocation is freed only if it is still exactly what was read.
 */
public final class GarbageWatch implements Duty, Reconciliation {
    private static final Duration PERIOD = Duration.ofSeconds(30);

    /** Without a complete inventory for so long people are told; pods in the making spoil some. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** What an inventory showed is believed for so long when somebody asks. */
    private static final Duration FRESH = Duration.ofMinutes(2);

    /**
     * What a person should know of it.
     *
     * @param absent attachments of which nothing was found
     * @param braked too many: nothing goes without an operator's word
     * @param incomplete why there was no complete inventory for long; empty: there was
     */
    public record State(int held, int absent, boolean braked, Optional<String> incomplete) {}

    private final Inventory inventory;
    private final SandboxLists lists;
    private final EngineLoop loop;
    private final IpamListener listener;
    private final Absences absences = new Absences();
    private long acquired = -1;
    private boolean busy;
    private int held;
    private BootTime due = BootTime.ZERO;
    private BootTime complete = BootTime.ZERO;
    private Optional<String> incomplete = Optional.empty();
    private boolean toldBlind;
    private boolean toldBrake;

    public GarbageWatch(
            Inventory inventory, SandboxLists lists, EngineLoop loop, IpamListener listener) {
        this.inventory = inventory;
        this.lists = lists;
        this.loop = loop;
        this.listener = listener;
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        if (acquired < 0) {
            acquired = node.nextSequence() - 1;
            complete = now.boot();
            due = now.boot().plus(PERIOD);
        }
        held = node.allocations().size();
        if (!busy && !now.boot().isBefore(due)) {
            due = now.boot().plus(PERIOD);
            busy = true;
            take(List.copyOf(node.allocations()), now.boot());
        }
        if (held == 0) {
            complete = now.boot();
        }
        tell(now.boot());
        return busy ? BootTime.NEVER : due;
    }

    /** An inventory that hangs, as in a dead file system, keeps all that is held. */
    private void take(List<Allocation> held, BootTime read) {
        Set<SeenNetns> namespaces =
                held.stream()
                        .flatMap(each -> each.workload().netns().stream())
                        .collect(Collectors.toSet());
        var traces = inventory.trace(namespaces).toCompletableFuture();
        var ofRuntime = read(lists.runtime()).toCompletableFuture();
        var ofCache = read(lists.cache()).toCompletableFuture();
        var _ =
                CompletableFuture.allOf(traces, ofRuntime, ofCache)
                        .thenApply(_ ->
                                survey(read, held, traces.join(), ofRuntime.join(), ofCache.join()))
                        .whenCompleteAsync(this::taken, loop);
    }

    private Survey survey(
            BootTime read,
            List<Allocation> held,
            Map<SeenNetns, NetnsTrace> traces,
            Optional<Named> ofRuntime,
            Optional<Named> ofCache) {
        return new Survey(read, held, acquired, traces, ofRuntime, ofCache);
    }

    private static CompletionStage<Optional<Named>> read(Optional<SandboxList> list) {
        return list.isEmpty()
                ? CompletableFuture.completedFuture(Optional.empty())
                : list.get()
                        .read()
                        .thenApply(shown -> Optional.of(new Named(list.get().name(), shown)));
    }

    private void taken(@Nullable Survey survey, @Nullable Throwable failure) {
        busy = false;
        if (survey == null) {
            absences.lose();
            incomplete = Optional.of(failure == null ? "" : words(FailedStage.cause(failure)));
            return;
        }
        Findings findings = absences.judge(survey);
        incomplete = findings.incomplete();
        if (incomplete.isEmpty()) {
            complete = findings.read();
        }
        if (!findings.free().isEmpty()) {
            var _ = loop.propose(new CollectGarbage(findings.free()));
        }
    }

    private static String words(Throwable cause) {
        return cause.getMessage() == null
                ? "the look at this host failed: " + cause
                : cause.getMessage();
    }

    /** Once when it begins and once when it ends. */
    private void tell(BootTime now) {
        State state = state(now);
        if (toldBlind != state.incomplete().isPresent()) {
            toldBlind = state.incomplete().isPresent();
            listener.outage(
                    "inventory",
                    toldBlind,
                    state.incomplete().orElse("what is held is looked for again"));
        }
        if (toldBrake != state.braked()) {
            toldBrake = state.braked();
            listener.outage(
                    "gc_brake",
                    toldBrake,
                    toldBrake
                            ? "%d of %d attachments look abandoned: nothing is freed without croft gc --confirm"
                                    .formatted(state.absent(), state.held())
                            : "the brake is off");
        }
    }

    /** On the loop's thread. */
    public State state(BootTime now) {
        boolean blind = !now.isBefore(complete.plus(PATIENCE));
        String why = incomplete.orElse("the look at this host does not end");
        return new State(
                held,
                absences.absent(),
                absences.isBraked(),
                blind && acquired >= 0 ? Optional.of(why) : Optional.empty());
    }

    @Override
    public String why(Allocation held, BootTime now) {
        String why = absences.why(held, now);
        if (incomplete.isEmpty()) {
            return why;
        }
        String reason = "no inventory was complete: " + incomplete.get();
        return why.isEmpty() ? reason : why + "; " + reason;
    }

    @Override
    public List<Allocation> confirm(BootTime now) {
        return now.isBefore(complete.plus(FRESH)) ? absences.confirm() : List.of();
    }
}
