package io.croft.adapter.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.file.SimDisk;
import io.croft.core.engine.NodeState;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.proto.journal.v1.Record;
import io.croft.testing.FuzzTarget;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A record whose checksum is right and whose content is anything, as another version or a defect
 * would write it: replayed, or refused with its sequence.
 */
final class RecordFuzzTest extends FuzzTarget {
    private static final UUID BOOT = new UUID(7, 1);
    private static final int MOST = 1_000;

    private final SimDisk whole;
    private final long last;

    RecordFuzzTest() throws IOException {
        whole = SimNode.disk();
        SimNode node = SimNode.open(whole, BOOT);
        node.live(new RandomHistory(11, BOOT), 10);
        node.journal.close();
        last = node.journal.sequence();
        whole.killed();
    }

    @Override
    protected void hold(byte[] input) throws IOException {
        SimDisk disk = whole.copy();
        append(disk, input.length > MOST ? java.util.Arrays.copyOf(input, MOST) : input);
        NodeState state = SimNode.emptyState();
        try {
            switch (SimNode.look(disk, BOOT, state)) {
                case Opening.Opened opened -> assertEquals(last + 1, opened.journal().sequence());
                case Opening.Corrupt(String where, String why) ->
                        assertFalse(where.isEmpty() || why.isEmpty());
                case Opening.New none -> throw new AssertionError(none);
                case Opening.Foreign foreign -> throw new AssertionError(foreign);
            }
        } catch (RejectedException refused) {
            assertEquals(Reason.JOURNAL_UNUSABLE, refused.rejection().reason());
            String said = refused.rejection().message();
            assertTrue(said.startsWith("record " + (last + 1) + " of "), said);
        }
    }

    /** A frame by hand: the journal's own takes messages only. */
    private void append(SimDisk disk, byte[] payload) throws IOException {
        Path file =
                SimNode.JOURNAL.resolve(
                        disk.list(SimNode.JOURNAL).stream()
                                .filter(name -> name.endsWith("segment"))
                                .sorted()
                                .toList()
                                .getLast());
        byte[] content = disk.content(file);
        var empty = ByteBuffer.allocate(Frame.length(Record.getDefaultInstance()));
        Frame.write(empty, 1, 1, Record.getDefaultInstance());
        byte end = empty.get(empty.capacity() - 1);
        var frame = ByteBuffer.allocate(Frame.HEADER + payload.length + 1);
        frame.putInt(payload.length + 1).putInt(0).putLong(last + 1).putLong(last);
        frame.put(payload).put(end);
        var crc = new CRC32C();
        crc.update(frame.slice(8, frame.capacity() - 8));
        frame.putInt(4, (int) crc.getValue());
        int used = Tail.of(ByteBuffer.wrap(content), 1, MOST).used();
        System.arraycopy(frame.array(), 0, content, used, frame.capacity());
    }
}
