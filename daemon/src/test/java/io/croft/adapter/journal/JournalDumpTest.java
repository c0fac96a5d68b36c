package io.croft.adapter.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import io.croft.adapter.file.SimDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class JournalDumpTest {
    private static final UUID BOOT = new UUID(7, 1);

    private final SimDisk disk;

    JournalDumpTest() throws IOException {
        disk = SimNode.disk();
        SimNode node = SimNode.open(disk, BOOT);
        node.live(new RandomHistory(1, BOOT), 40);
        node.journal.close();
        disk.killed();
    }

    @Test
    void printsALineForEachEvent() throws IOException {
        var out = new StringBuilder();
        assertTrue(new JournalDump(disk, SimNode.JOURNAL).print(JournalDump.Form.TEXT, out));
        List<String> lines = out.toString().lines().toList();
        assertTrue(lines.getFirst().startsWith("# "), lines.getFirst());
        assertTrue(lines.get(1).endsWith("started boot=" + BOOT), lines.get(1));
        assertTrue(out.indexOf(" allocated net/container-") > 0, out.toString());
    }

    @Test
    void printsJsonLines() throws IOException {
        var out = new StringBuilder();
        assertTrue(new JournalDump(disk, SimNode.JOURNAL).print(JournalDump.Form.JSON, out));
        for (String line : out.toString().lines().toList()) {
            JsonFormat.parser().merge(line, Struct.newBuilder());
        }
    }

    @Test
    void saysWhereAJournalIsDamagedAndPrintsWhatIsBefore() throws IOException {
        String first = disk.list(SimNode.JOURNAL).getFirst();
        disk.content(SimNode.JOURNAL.resolve(first))[1_500] ^= 1;
        var out = new StringBuilder();
        assertFalse(new JournalDump(disk, SimNode.JOURNAL).print(JournalDump.Form.TEXT, out));
        List<String> lines = out.toString().lines().toList();
        assertTrue(lines.size() > 5);
        assertTrue(lines.getLast().contains(first + " at byte "), lines.getLast());
    }

    @Test
    void saysThatThereIsNone() throws IOException {
        var out = new StringBuilder();
        var dump = new JournalDump(disk, Path.of("/nowhere"));
        assertFalse(dump.print(JournalDump.Form.JSON, out));
        assertEquals("{\"note\":\"there is no journal in /nowhere\"}\n", out.toString());
    }

    @Test
    void changesNothing() throws IOException {
        List<String> names = disk.list(SimNode.JOURNAL);
        byte[] content = disk.content(SimNode.JOURNAL.resolve(names.getLast()));
        byte[] before = content.clone();
        new JournalDump(disk, SimNode.JOURNAL).print(JournalDump.Form.TEXT, new StringBuilder());
        assertArrayEquals(before, content);
        assertEquals(names, disk.list(SimNode.JOURNAL));
    }
}
