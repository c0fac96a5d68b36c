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
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Renews the sign of health every 5 s while the loop says that it could serve an ADD. A loop that
 * hangs lets it grow old.
 */
final class StampKeeper implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private final HealthStamp stamp;
    private final EngineLoop loop;
    private final Supplier<AgentFacts> facts;
    private final Clock clock;
    private final UUID bootId;
    private final Consumer<String> report;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("croft-stamp").factory());
    private boolean failed;

    StampKeeper(
            HealthStamp stamp,
            EngineLoop loop,
            Supplier<AgentFacts> facts,
            Clock clock,
            UUID bootId,
            Consumer<String> report) {
        this.stamp = stamp;
        this.loop = loop;
        this.facts = facts;
        this.clock = clock;
        this.bootId = bootId;
        this.report = report;
    }

    /** Writes the first one before it returns, if the node serves. */
    void start() {
        renew();
        var _ =
                thread.scheduleWithFixedDelay(
                        this::renew, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void renew() {
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
                            now.journalSequence()));
            failed = false;
        } catch (IOException refused) {
            if (!failed) {
                failed = true;
                report.accept("the sign of health cannot be written: " + refused);
            }
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
