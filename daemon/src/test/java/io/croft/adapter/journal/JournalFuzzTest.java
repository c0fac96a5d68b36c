package io.croft.adapter.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.file.DiskFile;
import io.croft.adapter.file.SimDisk;
import io.croft.core.engine.NodeState;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.testing.FuzzTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A journal's directory of which anything was changed: opened as it was or up to a record at its
 * end, at which the journal says that it ends; or refused with words.
 *
 * <p>The input is a byte for the boot (even: the same) and one edit after another: the kind, the
 * file, where in it, how much, and the bytes that the kind needs.
 */
final class JournalFuzzTest extends FuzzTarget {
    private static final UUID BOOT = new UUID(7, 1);
    private static final UUID NEXT_BOOT = new UUID(7, 2);
    private static final int EDIT = 7;
    private static final int MOST_EDITS = 16;

    private final SimDisk whole;

    /** What the state was after each record. */
    private final NavigableMap<Long, String> prints = new TreeMap<>();

    /** Each record as it lies in its segment. */
    private final Map<Long, byte[]> frames = new TreeMap<>();

    private final long last;

    /** A snapshot, a full segment, and one that was begun. */
    JournalFuzzTest() throws IOException {
        whole = SimNode.disk();
        SimNode node = SimNode.open(whole, BOOT);
        var history = new RandomHistory(11, BOOT);
        node.live(history, 10);
        node.journal.snapshot(history.now(), node.state.events());
        prints.put(node.journal.sequence(), node.print());
        for (int i = 1; i <= 45; i++) {
            node.decide(history.now(), history.next(node.state));
            // A snapshot at the end of the turn is a record too.
            prints.put(node.journal.sequence(), node.print());
            node.endTurn(history.now(), i);
            prints.put(node.journal.sequence(), node.print());
        }
        node.journal.close();
        prints.put(node.journal.sequence(), node.print());
        last = node.journal.sequence();
        whole.killed();
        for (SegmentName name : reader(whole).files()) {
            readFrames(name);
        }
    }

    private static JournalReader reader(SimDisk disk) {
        return new JournalReader(disk, SimNode.JOURNAL, SimNode.SMALL.record());
    }

    private void readFrames(SegmentName name) throws IOException {
        byte[] content = whole.content(SimNode.JOURNAL.resolve(name.toString()));
        try (SegmentReader reader =
                SegmentReader.open(whole, SimNode.JOURNAL, name, SimNode.SMALL.record())) {
            int from = (int) reader.position();
            for (var frame = reader.next(); frame.isPresent(); frame = reader.next()) {
                int to = (int) reader.position();
                frames.put(frame.get().sequence(), Arrays.copyOfRange(content, from, to));
                from = to;
            }
        } catch (DamagedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    protected void hold(byte[] input) throws IOException {
        SimDisk disk = whole.copy();
        ByteBuffer in = ByteBuffer.wrap(input);
        boolean sameBoot = !in.hasRemaining() || in.get() % 2 == 0;
        for (int edits = 0; in.remaining() >= EDIT && edits < MOST_EDITS; edits++) {
            edit(disk, in);
        }
        SimDisk found = disk.copy();
        NodeState state = SimNode.emptyState();
        try {
            switch (SimNode.look(disk, sameBoot ? BOOT : NEXT_BOOT, state)) {
                case Opening.New _ -> assertEquals(List.of(), segments(disk));
                case Opening.Foreign foreign -> throw new AssertionError(foreign);
                case Opening.Corrupt(String where, String why) ->
                        assertFalse(where.isEmpty() || why.isEmpty());
                case Opening.Opened opened -> {
                    if (sameBoot) {
                        losesNothing(found, opened.journal().sequence());
                    }
                    goesOn(disk, state, opened);
                }
            }
        } catch (RejectedException refused) {
            assertEquals(Reason.JOURNAL_UNUSABLE, refused.rejection().reason());
        }
    }

    /** Within a boot no record is passed over that is still there. */
    private void losesNothing(SimDisk found, long sequence) throws IOException {
        if (sequence == last) {
            return;
        }
        for (SegmentName name : reader(found).files()) {
            byte[] content = found.content(SimNode.JOURNAL.resolve(name.toString()));
            frames.forEach((number, frame) ->
                    assertFalse(
                            number > sequence && contains(content, frame),
                            () -> "record %d behind %d".formatted(number, sequence)));
        }
    }

    private static boolean contains(byte[] content, byte[] part) {
        for (int at = 0; at + part.length <= content.length; at++) {
            if (Arrays.equals(content, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    /** It may end early, and says where: the sign of health is compared with that. */
    private void goesOn(SimDisk disk, NodeState state, Opening.Opened opened) throws IOException {
        long sequence = opened.journal().sequence();
        assertTrue(sequence <= last, () -> sequence + " of " + last);
        // A record of the journal's own changes nothing.
        String expected = prints.floorEntry(sequence).getValue();
        assertEquals(expected, SimNode.print(state), () -> "up to record " + sequence);
        opened.journal().close();
        disk.killed();
        SimNode again = SimNode.open(disk, BOOT);
        assertEquals(SimNode.print(state), again.print(), "opened twice");
    }

    private static List<String> segments(SimDisk disk) throws IOException {
        return disk.list(SimNode.JOURNAL).stream()
                .filter(name -> SegmentName.parse(name).isPresent())
                .toList();
    }

    private static void edit(SimDisk disk, ByteBuffer in) throws IOException {
        int kind = Byte.toUnsignedInt(in.get());
        List<String> files = disk.list(SimNode.JOURNAL).stream().sorted().toList();
        int number = Byte.toUnsignedInt(in.get());
        int at = Short.toUnsignedInt(in.getShort());
        int length = Short.toUnsignedInt(in.getShort());
        int value = in.get();
        if (files.isEmpty()) {
            return;
        }
        Path file = SimNode.JOURNAL.resolve(files.get(number % files.size()));
        Path other = SimNode.JOURNAL.resolve(files.get(Math.floorMod(value, files.size())));
        byte[] content = disk.content(file).clone();
        int from = content.length == 0 ? 0 : at % content.length;
        int to = Math.min(content.length, from + length);
        switch (kind % 9) {
            case 0 -> change(content, from, value);
            case 1 -> Arrays.fill(content, from, to, (byte) value);
            case 2 -> content = Arrays.copyOf(content, from);
            case 3 -> content = Arrays.copyOf(content, Math.min(1 << 16, content.length + length));
            case 4 -> {
                byte[] source = disk.content(other);
                int most = Math.min(source.length - from, content.length - from);
                System.arraycopy(
                        source,
                        Math.min(source.length, length) / 2,
                        content,
                        from,
                        Math.max(0, Math.min(most, source.length / 2)));
            }
            case 5 -> {
                disk.delete(file);
                return;
            }
            case 6 -> {
                disk.rename(file, other);
                return;
            }
            case 7 -> {
                disk.rename(file, SimNode.JOURNAL.resolve("%020d.segment".formatted(length)));
                return;
            }
            default -> {
                var bytes = new byte[Math.min(to - from, in.remaining())];
                in.get(bytes);
                System.arraycopy(bytes, 0, content, from, bytes.length);
            }
        }
        write(disk, file, content);
    }

    private static void change(byte[] content, int at, int mask) {
        if (content.length > 0) {
            content[at] ^= (byte) mask;
        }
    }

    private static void write(SimDisk disk, Path file, byte[] content) throws IOException {
        disk.delete(file);
        try (DiskFile to = disk.openToWrite(file)) {
            to.write(ByteBuffer.wrap(content), 0);
            to.sync();
        }
        disk.syncDirectory(SimNode.JOURNAL);
    }
}
