package io.croft.adapter.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.file.Crash;
import io.croft.adapter.file.Fault;
import io.croft.adapter.file.SimDisk;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeState;
import io.croft.core.time.Moment;
import io.croft.node.port.JournalFailedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A script of decisions, ended at its 1st, 2nd, 3rd ... file call until it ends by itself. */
final class JournalCrashSimTest {
    private static final int DECISIONS = 320;
    private static final UUID BOOT = new UUID(7, 1);
    private static final UUID NEXT_BOOT = new UUID(7, 2);

    private record Step(Moment at, List<Event> events) {
        boolean isOfNode() {
            return events.stream().anyMatch(Event.OfNode.class::isInstance);
        }
    }

    /** What a run had promised when it ended: decisions appended, and those durable among them. */
    private static final class Progress {
        int appended;
        int durable;
        boolean ended;
    }

    private final List<Step> script = new ArrayList<>();
    private final List<String> prints = new ArrayList<>();

    JournalCrashSimTest() {
        NodeState state = SimNode.emptyState();
        var history = new RandomHistory(20_260, BOOT);
        prints.add(SimNode.print(state));
        for (int i = 0; i < DECISIONS; i++) {
            List<Event> events = history.next(state);
            events.forEach(state::apply);
            script.add(new Step(history.now(), events));
            prints.add(SimNode.print(state));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CRASH_BEFORE", "CRASH_WITHIN", "EIO"})
    void everyAppendedDecisionSurvivesADeathAtAnyFileCall(Fault fault) throws IOException {
        boolean ended = false;
        for (int call = 1; !ended; call++) {
            SimDisk disk = SimNode.disk();
            Progress progress = run(disk, call, fault);
            disk.killed();
            SimNode node = SimNode.open(disk, BOOT);
            assertPrint(node, progress.appended, progress.appended + 1, say(fault, call, 0));
            goOn(disk, node, BOOT, say(fault, call, 0));
            ended = progress.ended;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CRASH_BEFORE", "CRASH_WITHIN"})
    void everyDurableDecisionSurvivesAPowerCutAtAnyFileCall(Fault fault) throws IOException {
        boolean ended = false;
        for (int call = 1; !ended; call++) {
            for (long seed = 1; seed <= 2; seed++) {
                SimDisk disk = SimNode.disk();
                Progress progress = run(disk, call, fault);
                disk.losePower(call * 31L + seed);
                SimNode node = SimNode.open(disk, NEXT_BOOT);
                String repeat = say(fault, call, seed);
                assertPrint(node, progress.durable, progress.appended + 1, repeat);
                goOn(disk, node, NEXT_BOOT, repeat);
                ended = progress.ended;
            }
        }
    }

    /** Names, too, that the dead process gave and did not live to make durable. */
    @ParameterizedTest
    @EnumSource(names = {"CRASH_BEFORE", "CRASH_WITHIN", "CRASH_AFTER"})
    void whatFollowsADeathAtAnyFileCallSurvivesAPowerCut(Fault fault) throws IOException {
        boolean ended = false;
        for (int call = 1; !ended; call++) {
            SimDisk disk = SimNode.disk();
            ended = run(disk, call, fault).ended;
            disk.killed();
            SimNode node = SimNode.open(disk, BOOT);
            node.live(new RandomHistory(5, BOOT), 4);
            node.journal.tick();
            disk.losePower(call);
            assertEquals(
                    node.print(), SimNode.open(disk, NEXT_BOOT).print(), say(fault, call, call));
        }
    }

    @Test
    void aSecondCrashDuringTheRecoveryLosesNothingMore() throws IOException {
        for (int call = 1; call < 640; call += 3) {
            for (int second = 1; second <= 24; second += 5) {
                SimDisk disk = SimNode.disk();
                Progress progress = run(disk, call, Fault.CRASH_WITHIN);
                disk.losePower(call);
                disk.failAt(second, Fault.CRASH_WITHIN);
                try {
                    SimNode.open(disk, NEXT_BOOT);
                } catch (Crash expected) {
                    // The second one.
                }
                disk.losePower(second);
                SimNode node = SimNode.open(disk, NEXT_BOOT);
                String repeat = say(Fault.CRASH_WITHIN, call, second);
                assertPrint(node, progress.durable, progress.appended + 1, repeat);
                goOn(disk, node, NEXT_BOOT, repeat);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ENOSPC", "SHORT_WRITE"})
    void aFullDiskAtAnyFileCallLosesNothing(Fault fault) throws IOException {
        long calls = Long.MAX_VALUE;
        for (int call = 30; call < calls; call++) {
            SimDisk disk = SimNode.disk();
            SimNode node = SimNode.open(disk, BOOT);
            disk.failAt(call, fault);
            try {
                node.live(new RandomHistory(4, BOOT), 200);
            } catch (JournalFailedException failed) {
                // A header that finds no room, on a file system that copies on write.
            }
            calls = disk.calls();
            disk.killed();
            assertEquals(node.print(), SimNode.open(disk, BOOT).print(), say(fault, call, 0));
        }
    }

    private Progress run(SimDisk disk, int call, Fault fault) {
        var progress = new Progress();
        disk.failAt(call, fault);
        try {
            SimNode node = SimNode.open(disk, BOOT);
            int pending = 0;
            for (int i = 0; i < script.size(); i++) {
                Step step = script.get(i);
                assertTrue(node.decide(step.at, step.events));
                progress.appended = i + 1;
                pending = step.isOfNode() ? i + 1 : pending;
                node.endTurn(step.at, i + 1);
                progress.durable = (i + 1) % 3 == 0 ? pending : progress.durable;
            }
            node.journal.close();
            progress.ended = true;
        } catch (Crash | IOException | JournalFailedException ended) {
            progress.ended = false;
        }
        return progress;
    }

    private void assertPrint(SimNode node, int least, int most, String repeat) {
        String found = node.print();
        List<String> allowed = prints.subList(least, Math.min(most, DECISIONS) + 1);
        assertTrue(
                allowed.contains(found),
                () -> "%s: not the state after %d to %d decisions".formatted(repeat, least, most));
    }

    /** The journal works on: what is decided now is there after the next death. */
    private static void goOn(SimDisk disk, SimNode node, UUID bootId, String repeat)
            throws IOException {
        node.live(new RandomHistory(5, bootId), 8);
        disk.killed();
        assertEquals(node.print(), SimNode.open(disk, bootId).print(), repeat);
    }

    private static String say(Fault fault, int call, long seed) {
        return "disk.failAt(%d, %s), seed %d".formatted(call, fault, seed);
    }
}
