package io.croft.agent;

import io.croft.adapter.grpc.AgentFacts;
import io.croft.adapter.run.HealthStamp;
import io.croft.core.serving.Look;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.node.loop.EngineLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Renews the sign of health every 5 s while the loop says that it could serve an ADD, and with it
 * what the next agent must know of the store. A loop that hangs lets the sign grow old.
 */
final class StampKeeper implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private final HealthStamp stamp;
    private final EngineLoop loop;
    private final Supplier<AgentFacts> facts;
    private final LongSupplier storeWrites;
    private final Runnable remember;
    private final Clock clock;
    private final UUID bootId;
    private final BooleanSupplier sound;
    private final Service.Ears ears;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("croft-stamp").factory());
    private boolean failed;

    StampKeeper(
            HealthStamp stamp,
            EngineLoop loop,
            Supplier<AgentFacts> facts,
            LongSupplier storeWrites,
            Runnable remember,
            Clock clock,
            UUID bootId,
            BooleanSupplier sound,
            Service.Ears ears) {
        this.stamp = stamp;
        this.loop = loop;
        this.facts = facts;
        this.storeWrites = storeWrites;
        this.remember = remember;
        this.clock = clock;
        this.bootId = bootId;
        this.sound = sound;
        this.ears = ears;
    }

    /** Writes the first one before it returns, if the node serves. */
    void start() {
        renew();
        long period = PERIOD.toMillis();
        var _ = thread.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.MILLISECONDS);
        var _ = thread.scheduleWithFixedDelay(remember, 0, period, TimeUnit.MILLISECONDS);
    }

    private void renew() {
        if (!sound.getAsBoolean()) {
            // Another agent may serve the same state, or nobody reaches this one: a new start heals
            // both.
            ears.onFailure()
                    .accept(
                            new IOException(
                                    "the lock or the socket was taken away from this agent"));
            return;
        }
        var look = new Look<>((node, now) -> Optional.of(facts.get()));
        Answers.within(PERIOD, loop.submit(look, BootTime.ZERO), Optional.<AgentFacts>empty())
                .filter(now -> now.notServing().isEmpty())
                .ifPresent(this::write);
    }

    private void write(AgentFacts now) {
        try {
            stamp.renew(
                    new HealthStamp.Sign(
                            UUID.fromString(now.installId()),
                            bootId,
                            clock.now().boot().nanos(),
                            now.journalSequence(),
                            storeWrites.getAsLong()));
            failed = false;
        } catch (IOException refused) {
            if (!failed) {
                failed = true;
                ears.report().accept("the sign of health cannot be written: " + refused);
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
