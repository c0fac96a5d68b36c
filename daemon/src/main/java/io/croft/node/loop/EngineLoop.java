package io.croft.node.loop;

import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Decision.Accepted;
import io.croft.core.engine.Decision.Refused;
import io.croft.core.engine.Decision.Waiting;
import io.croft.core.engine.Event;
import io.croft.core.engine.Invariants;
import io.croft.core.engine.Need;
import io.croft.core.engine.NodeState;
import io.croft.core.engine.Timings;
import io.croft.core.engine.Violation;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.serving.Allocate;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.core.time.Moment;
import io.croft.node.port.IpamListener;
import io.croft.node.port.Journal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * The one owner of a node's state. Others post commands from any thread; it decides, journals and
 * applies them in turns, commits once a turn, and only then answers and lets its duties act: nobody
 * talks to the world about what could be forgotten.
 *
 * <p>As an {@link Executor} it brings the replies of ports home: errands run at the start of the
 * next turn, may touch their duty and propose commands, and nothing else.
 *
 * <p>It has no thread and no timer of its own. A {@link LoopThread} calls {@link #turn} in
 * production; tests and simulations step it by hand and move their clock to the time that it
 * answered.
 */
public final class EngineLoop implements Executor {
    /** Requests that wait for their first turn. */
    public static final int MOST_REQUESTS = 256;

    /** An allocation is refused from this many on, so that a release finds room. */
    public static final int MOST_BEFORE_ALLOCATE = 192;

    private static final int BATCH = 128;
    private static final Duration AFTER_DEFECT = Duration.ofSeconds(1);
    private static final int MOST_PROPOSED = 4096;
    private static final Duration HALF_A_YEAR = Duration.ofDays(180);

    private final NodeState state;
    private final Journal journal;
    private final Clock clock;
    private final IpamListener listener;
    private final Waker waker;
    private final List<Duty> duties = new ArrayList<>();
    private final Lane<Request<?>> pods = new Lane<>();
    private final Lane<Runnable> errands = new Lane<>();
    private final Lane<Request<?>> own = new Lane<>();
    private final Parked parked = new Parked();
    private final Needs needs = new Needs();
    private final Queue<Runnable> answers = new ArrayDeque<>();
    private Optional<Moment> last = Optional.empty();
    private Optional<Rejection> hopeless = Optional.empty();
    private int records;

    public EngineLoop(
            NodeState state, Journal journal, Clock clock, IpamListener listener, Waker waker) {
        this.state = state;
        this.journal = journal;
        this.clock = clock;
        this.listener = listener;
        this.waker = waker;
    }

    /** Before the first turn: duties are asked in the order in which they are added. */
    public void add(Duty duty) {
        duties.add(duty);
    }

    /** What parked requests lack in the present turn. */
    public Needs needs() {
        return needs;
    }

    /** Requests that wait for their first turn. Any thread. */
    public int queued() {
        return pods.size();
    }

    /** Requests that wait for a block. The loop's thread. */
    public int parked() {
        return parked.size();
    }

    /**
     * Posts a command. Any thread; never blocks. The stage completes on the loop's thread after the
     * commit: with the reply, or with a {@link io.croft.core.rejection.RejectedException}. Until
     * the deadline it may wait for a block.
     */
    public <R> CompletionStage<R> submit(Command<R> command, BootTime deadline) {
        var request = new Request<>(command, clock.now().boot(), deadline);
        int most = command instanceof Allocate ? MOST_BEFORE_ALLOCATE : MOST_REQUESTS;
        if (!pods.offer(request, most)) {
            listener.limitReached("mailbox");
            request.refuse(Reason.MAILBOX_FULL.because("%d requests wait already".formatted(most)));
        }
        waker.wake();
        return request.answer();
    }

    /**
     * Posts an errand. Any thread; never blocks. Bounded by the calls that duties have in flight.
     */
    @Override
    public void execute(Runnable errand) {
        errands.offer(errand, Integer.MAX_VALUE);
        waker.wake();
    }

    /**
     * A duty's own command, decided in the next turn, which is then due at once. The loop's thread,
     * or before the first turn.
     */
    public <R> CompletionStage<R> propose(Command<R> command) {
        var request = new Request<>(command, clock.now().boot(), BootTime.ZERO);
        if (!own.offer(request, MOST_PROPOSED)) {
            listener.limitReached("proposals");
            request.refuse(
                    Reason.MAILBOX_FULL.because(
                            "%d proposals wait already".formatted(MOST_PROPOSED)));
        }
        return request.answer();
    }

    /**
     * One turn; waits for nothing but the journal. Answers when the next one is due at the latest.
     */
    public BootTime turn() {
        return turn(BATCH);
    }

    /** One turn for the node's own commands only: requests wait for the first that takes them. */
    public BootTime ownTurn() {
        return turn(0);
    }

    private BootTime turn(int batch) {
        Moment now = clock.now();
        unvalidateIfWoundBack(now);
        errands.drainEach(errands.size(), Runnable::run);
        needs.clear();
        own.drainEach(own.size(), this::take);
        parked.takeAll().forEach(this::take);
        pods.drainEach(batch, this::take);
        commit(now);
        for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
            answer.run();
        }
        snapshotIfDue(now);
        BootTime next = parked.firstDeadline();
        for (Duty duty : duties) {
            next = next.min(perform(duty, now));
        }
        int waiting = own.size() + errands.size() + (batch > 0 ? pods.size() : 0);
        return waiting > 0 ? BootTime.ZERO : next;
    }

    /** A defect in one duty must not stop the node's pods; it is tried again in a second. */
    private BootTime perform(Duty duty, Moment now) {
        try {
            return duty.perform(state, now);
        } catch (RuntimeException defect) {
            listener.outage(duty.getClass().getSimpleName(), true, String.valueOf(defect));
            return now.boot().plus(AFTER_DEFECT);
        }
    }

    /**
     * A machine that is wound back with its memory goes on without a start; its clocks tell.
     * Nothing is given before the store has confirmed the blocks again.
     */
    private void unvalidateIfWoundBack(Moment now) {
        Duration drift = now.drift(last.orElse(now));
        boolean moved = drift.compareTo(Timings.MOST_DRIFT) >= 0;
        if (moved && state.bootId().isPresent()) {
            listener.outage(
                    "clock",
                    true,
                    "the wall clock moved against the boot clock; blocks are validated again");
            List<Event> events =
                    List.of(
                            new Event.Started(state.bootId().get()),
                            new Event.StoreCompared(state.comparedGeneration(), Optional.empty()),
                            new Event.SequenceReached(state.nextSequence() + leap(drift)));
            if (!write(events, now)) {
                // No room: seen again in the next turn.
                return;
            }
            listener.outage("clock", false, "the store is asked for this node's blocks");
        }
        last = Optional.of(now);
    }

    /**
     * More sequences than could be given in the time that never was: one for each microsecond of
     * it, and of a minute more. Of a drift of years, as where the wall clock was at 1970, what is
     * left over from half years counts: wound back once more, it is another number too.
     */
    private static long leap(Duration drift) {
        return (Timings.MOST_DRIFT.toMillis() + drift.toMillis() % HALF_A_YEAR.toMillis()) * 1000;
    }

    private void commit(Moment began) {
        journal.commit();
        if (records > 0) {
            listener.committed(records, clock.now().boot().since(began.boot()));
            records = 0;
        }
    }

    private void snapshotIfDue(Moment now) {
        if (journal.wantsSnapshot()) {
            Invariants.broken(state).ifPresent(violation -> quarantine(violation, now));
            journal.snapshot(now, state.events());
            listener.snapshotTaken(clock.now().boot().since(now.boot()));
        }
    }

    /**
     * Decides at the time of the decision, not of the turn: a process that was held up in between
     * would else release an address before its DEL came, and cool it for less than its time.
     */
    private <R> void take(Request<R> request) {
        if (request.isCancelled()) {
            return;
        }
        Moment now = clock.now();
        Decision<R> decision;
        try {
            decision = request.command().decide(state, now);
        } catch (RuntimeException defect) {
            // A defect of one verb on one input must not stop the node's pods; nothing was written
            // for it.
            refuse(request, Reason.INTERNAL.because("the agent failed at this request: " + defect));
            return;
        }
        switch (decision) {
            case Refused<R>(Rejection why) -> refuse(request, why);
            case Waiting<R>(var lacking, Rejection otherwise) ->
                    park(request, lacking, otherwise, now);
            case Accepted<R>(List<Event> events, R reply) -> accept(request, events, reply, now);
        }
    }

    private <R> void accept(Request<R> request, List<Event> events, R reply, Moment now) {
        Optional<Violation> wrong = state.verify(events);
        if (wrong.isPresent()) {
            quarantine(wrong.get(), now);
            refuse(request, Reason.STATE_VIOLATION.because(wrong.get().what()));
            return;
        }
        try {
            if (write(events, now)) {
                answers.add(() -> {
                    listener.accepted(request.command(), events, reply, waited(request));
                    request.accept(reply);
                });
            } else {
                refuse(
                        request,
                        Reason.JOURNAL_FULL.because("the journal has no room for new allocations"));
            }
        } catch (IllegalArgumentException tooLarge) {
            refuse(request, Reason.INTERNAL.because("the decision is too large: " + tooLarge));
        }
    }

    private boolean write(List<Event> events, Moment now) {
        if (events.isEmpty()) {
            return true;
        }
        if (!journal.append(now, events)) {
            return false;
        }
        records++;
        events.forEach(state::apply);
        state.takeViolations().forEach(listener::violated);
        return true;
    }

    /**
     * Until {@link #letWait} nobody waits for a block, because none will come: requests that would
     * are refused.
     */
    public void refuseToWait(Rejection why) {
        hopeless = Optional.of(why);
    }

    /** Requests may wait for blocks again. */
    public void letWait() {
        hopeless = Optional.empty();
    }

    private void park(Request<?> request, Set<Need> lacking, Rejection otherwise, Moment now) {
        if (hopeless.isPresent()) {
            refuse(request, hopeless.get());
            return;
        }
        if (parked.offer(request, now.boot())) {
            needs.add(lacking);
            return;
        }
        if (parked.isFull()) {
            listener.limitReached("parked");
        }
        refuse(request, otherwise);
    }

    private void refuse(Request<?> request, Rejection why) {
        answers.add(() -> {
            listener.refused(request.command(), why, waited(request));
            request.refuse(why);
        });
    }

    /** Until its answer: the turn that took it may have begun before it arrived. */
    private Duration waited(Request<?> request) {
        return clock.now().boot().since(request.arrived());
    }

    /** The node lives on: a restart would replay the same. What the block's pods hold stays. */
    private void quarantine(Violation violation, Moment now) {
        listener.violated(violation);
        Optional<BlockId> block = violation.block().filter(id -> state.block(id).isPresent());
        block.ifPresent(id ->
                write(
                        List.of(new Event.BlockQuarantined(id, Cause.VIOLATION, Optional.empty())),
                        now));
    }
}
