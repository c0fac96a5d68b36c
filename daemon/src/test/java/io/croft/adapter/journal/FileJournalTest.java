package io.croft.adapter.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.file.Fault;
import io.croft.adapter.file.SimDisk;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.DelMarker;
import io.croft.core.allocation.Workload;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeState;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.JournalFailedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class FileJournalTest {
    private static final UUID BOOT = new UUID(7, 1);
    private static final UUID NEXT_BOOT = new UUID(7, 2);
    private static final Moment NOW = new Moment(new BootTime(5), Instant.EPOCH.plusSeconds(9));
    private static final Attachment WHO = new Attachment("net", "container", "eth0");
    private static final Event STARTED = new Event.Started(BOOT);
    private static final Event MARKED =
            new Event.Marked(WHO, new DelMarker(new BootTime(1), BootTime.NEVER));
    private static final Event ALLOCATED =
            new Event.Allocated(
                    new Allocation(
                            WHO,
                            1,
                            BootTime.ZERO,
                            false,
                            List.of(),
                            Workload.UNKNOWN,
                            Instant.EPOCH));

    private final SimDisk disk;

    FileJournalTest() throws IOException {
        disk = SimNode.disk();
    }

    @Test
    void aReplayEqualsTheState() throws IOException {
        for (long seed = 0; seed < 40; seed++) {
            SimDisk fresh = SimNode.disk();
            SimNode node = SimNode.open(fresh, BOOT);
            node.live(new RandomHistory(seed, BOOT), 400);
            String repeat = "new RandomHistory(%d, BOOT), 400 decisions".formatted(seed);
            NodeState again = SimNode.emptyState();
            node.state.events().forEach(again::apply);
            assertEquals(node.print(), SimNode.print(again), repeat);
            fresh.killed();
            assertEquals(node.print(), SimNode.open(fresh, BOOT).print(), repeat);
        }
    }

    @Test
    void anOpenedJournalKnowsItsLastMomentBootAndSequence() throws IOException {
        SimNode node = SimNode.open(disk, BOOT);
        node.decide(new Moment(BootTime.ZERO, Instant.EPOCH), List.of(STARTED));
        node.decide(NOW, List.of(MARKED));
        disk.killed();
        var opened = assertInstanceOf(Opening.Opened.class, look(BOOT));
        assertEquals(Optional.of(NOW), opened.last());
        assertEquals(Optional.of(BOOT), opened.bootId());
        assertEquals(SimNode.IDENTITY, opened.identity());
        assertEquals(2, opened.journal().sequence());
    }

    @Test
    void aSnapshotShortensTheJournal() throws IOException {
        SimNode node = SimNode.open(disk, BOOT);
        for (int i = 0; !node.journal.wantsSnapshot(); i++) {
            node.decide(NOW, List.of(i == 0 ? STARTED : MARKED));
        }
        long before = node.journal.bytes();
        node.journal.snapshot(NOW, node.state.events());
        assertTrue(node.journal.bytes() < before);
        assertFalse(node.journal.wantsSnapshot());
        disk.losePower(1);
        assertEquals(node.print(), SimNode.open(disk, BOOT).print());
    }

    @Test
    void podsEventsAreCommittedWithoutASync() throws IOException {
        SimNode node = SimNode.open(disk, BOOT);
        node.decide(NOW, List.of(MARKED));
        long calls = disk.calls();
        node.journal.commit();
        assertEquals(calls, disk.calls());
        node.decide(NOW, List.of(STARTED));
        node.journal.commit();
        assertTrue(disk.calls() > calls + 1);
    }

    @Test
    void aDecisionWithoutEventsWritesNothing() throws IOException {
        SimNode node = SimNode.open(disk, BOOT);
        assertTrue(node.journal.append(NOW, List.of()));
        assertEquals(0, node.journal.sequence());
    }

    @Test
    void aRecordBeyondTheBoundIsTheCallersDefect() throws IOException {
        SimNode node = SimNode.open(disk, BOOT);
        List<Event> many = Collections.nCopies(500, MARKED);
        assertThrows(IllegalArgumentException.class, () -> node.journal.append(NOW, many));
        assertTrue(node.journal.append(NOW, List.of(MARKED)));
    }

    @Test
    void aRecordThatWasWrittenInPartIsErased() throws IOException {
        SimNode node = SimNode.open(disk, BOOT);
        node.decide(NOW, List.of(STARTED));
        disk.failAt(1, Fault.ENOSPC);
        assertFalse(node.journal.append(NOW, Collections.nCopies(12, MARKED)));
        node.decide(NOW, List.of(MARKED));
        disk.killed();
        assertEquals(node.print(), SimNode.open(disk, BOOT).print());
    }

    @Test
    void aFullDiskRefusesAllocationsAndTakesReleases() throws IOException {
        SimNode node = fullNode();
        assertFalse(node.journal.hasRoom());
        assertFalse(node.journal.append(NOW, List.of(MARKED, ALLOCATED)));
        int freed = 0;
        while (node.decide(NOW, List.of(MARKED))) {
            freed++;
        }
        assertTrue(freed >= 5, freed + " records in the reserve");
        disk.killed();
        assertEquals(node.print(), SimNode.open(disk, BOOT).print());
    }

    @Test
    void aStartFindsRoomOnAFullDisk() throws IOException {
        fullNode();
        disk.killed();
        SimNode again = SimNode.open(disk, BOOT);
        assertTrue(again.decide(NOW, List.of(STARTED)));
        again.journal.commit();
        assertFalse(again.journal.append(NOW, List.of(ALLOCATED)));
    }

    @Test
    void allocationsGoOnWhenThereIsSpaceAgain() throws IOException {
        SimNode node = fullNode();
        disk.capacity(Long.MAX_VALUE);
        node.journal.tick();
        assertTrue(node.journal.hasRoom());
        assertTrue(node.journal.append(NOW, List.of(ALLOCATED)));
    }

    @Test
    void aSnapshotThatFindsNoRoomChangesNothing() throws IOException {
        SimNode node = fullNode();
        node.journal.snapshot(NOW, node.state.events());
        assertTrue(node.decide(NOW, List.of(MARKED)));
        disk.killed();
        assertEquals(node.print(), SimNode.open(disk, BOOT).print());
    }

    @Test
    void afterAFailedSyncTheJournalIsNeverUsedAgain() throws IOException {
        SimNode node = SimNode.open(disk, BOOT);
        node.decide(NOW, List.of(STARTED));
        disk.failAt(1, Fault.EIO);
        assertThrows(JournalFailedException.class, node.journal::commit);
        assertThrows(JournalFailedException.class, node.journal::commit);
        assertThrows(JournalFailedException.class, () -> node.journal.append(NOW, List.of(MARKED)));
        assertFalse(node.journal.hasRoom());
    }

    @Test
    void aFailureInTheBackgroundIsToldAndEndsTheJournal() throws Exception {
        SimNode node = SimNode.open(disk, BOOT);
        node.decide(NOW, List.of(MARKED));
        disk.failAt(1, Fault.EIO);
        var told = new CountDownLatch(1);
        node.journal.start(Duration.ofMillis(1), told::countDown);
        told.await();
        assertThrows(JournalFailedException.class, node.journal::commit);
        node.journal.close();
    }

    @Test
    void anotherMachinesJournalIsForeignAndNotPlayed() throws IOException {
        SimNode.open(disk, BOOT).decide(NOW, List.of(STARTED));
        var mine = SimNode.IDENTITY;
        var other =
                new InstallIdentity(
                        new UUID(9, 9), mine.cluster(), mine.node(), "other", mine.machineId());
        Opening found =
                FileJournal.open(
                        disk,
                        SimNode.JOURNAL,
                        other,
                        BOOT,
                        SimNode.SMALL,
                        event -> {
                            throw new AssertionError(event);
                        });
        assertEquals(new Opening.Foreign(mine), found);
    }

    @Test
    void aJournalWithoutItsBeginningIsCorrupt() throws IOException {
        SimNode node = SimNode.open(disk, BOOT);
        while (disk.list(SimNode.JOURNAL).size() < 3) {
            node.decide(NOW, List.of(MARKED));
            node.journal.tick();
        }
        disk.delete(SimNode.JOURNAL.resolve(disk.list(SimNode.JOURNAL).getFirst()));
        assertInstanceOf(Opening.Corrupt.class, look(BOOT));
    }

    private Opening look(UUID bootId) throws IOException {
        return SimNode.look(disk, bootId, SimNode.emptyState());
    }

    /** A node whose journal takes no allocation any more. */
    private SimNode fullNode() throws IOException {
        SimNode node = SimNode.open(disk, BOOT);
        node.decide(NOW, List.of(new Event.Started(NEXT_BOOT), STARTED));
        disk.capacity(9 * 1024);
        while (node.journal.append(NOW, List.of(ALLOCATED))) {
            node.state.apply(ALLOCATED);
        }
        return node;
    }
}
