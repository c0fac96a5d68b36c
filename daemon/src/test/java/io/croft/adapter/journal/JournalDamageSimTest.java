package io.croft.adapter.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.UnknownFieldSet;
import io.croft.adapter.file.SimDisk;
import io.croft.core.engine.NodeState;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.proto.journal.v1.Event;
import io.croft.proto.journal.v1.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A journal of which bytes were changed, wherever records are: never a silent loss. */
final class JournalDamageSimTest {
    private static final UUID BOOT = new UUID(7, 1);
    private static final UUID NEXT_BOOT = new UUID(7, 2);

    /** No record of no events is longer. */
    private static final int MARK = 64;

    private final SimDisk whole;
    private final String print;

    /** A snapshot, a full segment, and one that was begun. */
    JournalDamageSimTest() throws IOException {
        whole = SimNode.disk();
        SimNode node = SimNode.open(whole, BOOT);
        var history = new RandomHistory(11, BOOT);
        node.live(history, 10);
        node.journal.snapshot(history.now(), node.state.events());
        node.live(history, 45);
        node.journal.close();
        whole.killed();
        print = node.print();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFlippedBitAnywhereIsFoundOrHarmless(boolean sameBoot) throws IOException {
        var random = new Random(3);
        int corrupt = 0;
        for (String file : whole.list(SimNode.JOURNAL)) {
            Path path = SimNode.JOURNAL.resolve(file);
            int used = used(whole.content(path));
            int size = whole.content(path).length;
            for (int at = 0; at < size; at += at < used ? 1 : 16) {
                int bit = random.nextInt(8);
                SimDisk disk = whole.copy();
                disk.content(path)[at] ^= (byte) (1 << bit);
                boolean found = isFound(disk, sameBoot, "%s %d ^ %d".formatted(file, at, 1 << bit));
                corrupt += found ? 1 : 0;
            }
        }
        assertTrue(corrupt > 2_000, corrupt + " were found");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLostPageIsFoundOrHarmless(boolean sameBoot) throws IOException {
        for (String file : whole.list(SimNode.JOURNAL)) {
            Path path = SimNode.JOURNAL.resolve(file);
            // After another boot a bad last record is a tail; here that is the mark of the close.
            int end = used(whole.content(path)) - (sameBoot ? 0 : MARK);
            for (int at = 0; at + 256 < end; at += 16) {
                SimDisk disk = whole.copy();
                Arrays.fill(disk.content(path), at, at + 256, (byte) 0);
                isFound(disk, sameBoot, "%s from %d".formatted(file, at));
            }
        }
    }

    private boolean isFound(SimDisk disk, boolean sameBoot, String repeat) throws IOException {
        NodeState state = SimNode.emptyState();
        Opening opening = SimNode.look(disk, sameBoot ? BOOT : NEXT_BOOT, state);
        if (opening instanceof Opening.Corrupt) {
            return true;
        }
        assertInstanceOf(Opening.Opened.class, opening, repeat);
        assertEquals(print, SimNode.print(state), repeat);
        return false;
    }

    @Test
    void whatWasCutOffIsErasedBeforeAnythingIsWritten() throws IOException {
        for (int cut = 1; cut < 60; cut++) {
            SimDisk disk = whole.copy();
            byte[] frame = frame(last(disk), Record.getDefaultInstance());
            put(disk, frame, Math.min(cut, frame.length - 1));
            SimNode node = SimNode.open(disk, BOOT);
            assertEquals(print, node.print());
            node.live(new RandomHistory(2, BOOT), 3);
            disk.killed();
            assertEquals(node.print(), SimNode.open(disk, BOOT).print());
        }
    }

    @Test
    void aRecordThatClaimsToBeTooLongIsNotRead() throws IOException {
        SimDisk disk = whole.copy();
        put(disk, new byte[] {0x7f, -1, -1, -1, 1, 1, 1, 1, 1}, 9);
        assertInstanceOf(Opening.Corrupt.class, SimNode.look(disk, BOOT, SimNode.emptyState()));
        assertInstanceOf(Opening.Opened.class, SimNode.look(disk, NEXT_BOOT, SimNode.emptyState()));
    }

    @Test
    void anUnknownEventIsRefusedByItsNumber() throws IOException {
        SimDisk disk = whole.copy();
        var field = UnknownFieldSet.Field.newBuilder().addVarint(1).build();
        var unknown = UnknownFieldSet.newBuilder().addField(31, field).build();
        Record record =
                Record.newBuilder().addEvents(Event.newBuilder().setUnknownFields(unknown)).build();
        byte[] frame = frame(last(disk), record);
        put(disk, frame, frame.length);
        refused(disk, "event [31]");
    }

    @Test
    void anUnknownFormatIsRefusedByItsNumber() throws IOException {
        SimDisk disk = whole.copy();
        for (String file : disk.list(SimNode.JOURNAL)) {
            var content = ByteBuffer.wrap(disk.content(SimNode.JOURNAL.resolve(file)));
            content.putInt(8, 2);
            var crc = new CRC32C();
            crc.update(content.array(), 8, 8);
            crc.update(content.array(), 20, content.getInt(12));
            content.putInt(16, (int) crc.getValue());
        }
        refused(disk, "format 2");
    }

    private static void refused(SimDisk disk, String what) {
        var refused =
                assertThrows(
                        RejectedException.class,
                        () -> SimNode.look(disk, BOOT, SimNode.emptyState()));
        assertEquals(Reason.JOURNAL_UNUSABLE, refused.rejection().reason());
        assertTrue(refused.rejection().message().contains(what), refused.rejection().message());
    }

    /** Sequence of the last record. */
    private static long last(SimDisk disk) throws IOException {
        var opened = (Opening.Opened) SimNode.look(disk.copy(), BOOT, SimNode.emptyState());
        return opened.journal().sequence();
    }

    private static byte[] frame(long last, Record record) {
        ByteBuffer frame = ByteBuffer.allocate(Frame.length(record));
        Frame.write(frame, last + 1, last, record);
        return frame.array();
    }

    /** Writes bytes behind the last record. */
    private static void put(SimDisk disk, byte[] bytes, int length) throws IOException {
        String file =
                disk.list(SimNode.JOURNAL).reversed().stream()
                        .filter(name -> name.endsWith("segment"))
                        .findFirst()
                        .orElseThrow();
        byte[] content = disk.content(SimNode.JOURNAL.resolve(file));
        System.arraycopy(bytes, 0, content, used(content), length);
    }

    /** Bytes up to the last that is not zero. */
    private static int used(byte[] content) {
        return Tail.of(ByteBuffer.wrap(content), 1, 4_096).used();
    }
}
