package io.croft.adapter.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.address.Cidr;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.Workload;
import io.croft.core.block.BlockId;
import io.croft.core.block.Token;
import io.croft.core.engine.Event;
import io.croft.core.pool.PoolId;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.serving.Release;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NarrationTest {
    private static final Attachment KEY = new Attachment("net", "container", "eth0");
    private static final Release DEL = new Release(KEY, BootTime.ZERO, false);
    private static final BlockId BLOCK =
            new BlockId(new PoolId(new UUID(1, 1)), Cidr.parse("cidr", "10.0.0.0/26"));
    private static final Event ALLOCATED =
            new Event.Allocated(
                    new Allocation(
                            KEY,
                            7,
                            BootTime.ZERO,
                            false,
                            List.of(new BlockAddress(BLOCK, 3)),
                            new Workload("team", "pod-1", "", Optional.empty()),
                            Instant.EPOCH));
    private static final Event CLAIMED =
            new Event.BlockAdopted(BLOCK, new Token(1, 2, new UUID(0, 0)));

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private BootTime now = BootTime.ZERO;

    @Test
    void tellsClaimsButNotEachAdd() {
        assertEquals(
                "info block_claimed block=10.0.0.0/26 epoch=2\n",
                log(LogLevel.INFO, log -> happen(log, ALLOCATED, CLAIMED)));
    }

    @Test
    void tellsEachAddWhenAsked() {
        assertEquals(
                "debug allocated addresses=10.0.0.3 sequence=7 network=net container=container"
                        + " interface=eth0 namespace=team pod=pod-1\n",
                log(LogLevel.DEBUG, log -> happen(log, ALLOCATED)));
    }

    @Test
    void tellsARefusalOncePerMinuteAndHowOftenItWasNotTold() {
        String lines =
                log(
                        LogLevel.INFO,
                        log -> {
                            for (int i = 0; i < 5; i++) {
                                log.refused(DEL, Reason.INTERNAL.because("x"), Duration.ZERO);
                            }
                            log.refused(DEL, Reason.JOURNAL_FULL.because("y"), Duration.ZERO);
                            now = new BootTime(Duration.ofMinutes(1).toNanos());
                            log.refused(DEL, Reason.INTERNAL.because("x"), Duration.ZERO);
                        });
        assertEquals(3, lines.lines().count(), lines);
        assertTrue(lines.endsWith("unwritten=4\n"), lines);
    }

    @Test
    void tellsWhenAnOutageBeginsAndEnds() {
        assertEquals(
                """
                warn outage_began of=store message=gone
                info outage_ended of=store message=back
                """,
                log(
                        LogLevel.INFO,
                        log -> {
                            log.outage("store", true, "gone");
                            log.storeAnswered(BLOCK, "unknown");
                            log.outage("store", false, "back");
                        }));
    }

    @Test
    void feedsEverySubscriberAndCountsWhatTheSlowOneLoses() {
        var feed = new EventFeed(this::moment);
        happen(feed, CLAIMED);
        var woken = new AtomicInteger();
        var slow = feed.subscribe(woken::incrementAndGet);
        for (int i = 0; i < 1030; i++) {
            happen(feed, ALLOCATED);
        }
        assertEquals(6, feed.lost());
        assertEquals(1024, woken.get());
        assertEquals("10.0.0.3", slow.poll().orElseThrow().facts().get("addresses"));
        happen(feed, CLAIMED);
        EventFeed.Told last = slow.poll().orElseThrow();
        for (var next = slow.poll(); next.isPresent(); next = slow.poll()) {
            last = next.get();
        }
        assertEquals("block_claimed", last.event());
        assertEquals(6, last.lost());
        slow.close();
        happen(feed, CLAIMED);
        assertEquals(Optional.empty(), slow.poll());
    }

    @Test
    void boundsTheNumberOfSubscribers() {
        var feed = new EventFeed(this::moment);
        for (int i = 0; i < 16; i++) {
            feed.subscribe(() -> {});
        }
        assertThrows(RejectedException.class, () -> feed.subscribe(() -> {}));
    }

    @Test
    void keepsTheFailureOfOneListenerFromTheOthersAndTheLoop() {
        var feed = new EventFeed(this::moment);
        var subscription = feed.subscribe(() -> {});
        var broken =
                new EventFeed(() -> {
                    throw new IllegalStateException("broken");
                });
        broken.subscribe(() -> {});
        var all = new Listeners(broken, feed);
        all.outage("store", true, "gone");
        assertEquals(1, all.failures());
        assertEquals("outage_began", subscription.poll().orElseThrow().event());
    }

    private interface Story {
        void tell(DecisionLog log);
    }

    /** The lines without their times. */
    private String log(LogLevel least, Story story) {
        try (var writer = new LogWriter(out, false, least, this::moment)) {
            writer.start();
            story.tell(new DecisionLog(writer, this::moment));
        }
        return out.toString(UTF_8).replace("1970-01-01T00:00:00Z ", "");
    }

    private static void happen(Narration narration, Event... events) {
        narration.accepted(DEL, List.of(events), true, Duration.ZERO);
    }

    private Moment moment() {
        return new Moment(now, Instant.EPOCH);
    }
}
