package io.croft.adapter.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Attachment;
import io.croft.core.time.BootTime;
import io.croft.node.port.Spool;
import io.croft.testing.FuzzTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Any bytes where the shim's spool and the sign of health are: an entry is read or set aside with
 * words, and the entries beside it are read all the same.
 */
final class RunDirectoryFuzzTest extends FuzzTarget {
    private static final String GOOD =
            """
            {"format":1,"boot_id":"00000000-0000-0007-0000-000000000001","began":34,\
            "attachment":{"network":"podnet","container_id":"9f2c","interface_name":"eth0"},\
            "undo":false,"request_id":"5f0c5f0c5f0c5f0c"}\
            """;
    private static final Spool.Entry READ =
            new Spool.Entry(
                    "00000000000000000034-5f0c5f0c5f0c5f0c.json",
                    new UUID(7, 1),
                    new BootTime(34),
                    new Attachment("podnet", "9f2c", "eth0"),
                    false);

    private final List<String> said = new ArrayList<>();
    private final Path directory = scratch();
    private final Path spool;
    private final SpoolDirectory entries;

    RunDirectoryFuzzTest() throws IOException {
        spool = Files.createDirectories(directory.resolve("spool"));
        entries = new SpoolDirectory(directory, said::add);
        Files.writeString(spool.resolve(READ.name()), GOOD);
    }

    @Override
    protected void hold(byte[] input) throws IOException {
        said.clear();
        Path file = spool.resolve("00000000000000000033-5f0c5f0c5f0c5f0c.json");
        Files.write(file, input);
        List<Spool.Entry> read = entries.read(10).toCompletableFuture().join();
        assertEquals(READ, read.getLast());
        boolean damaged = read.size() == 1;
        assertEquals(damaged, !Files.exists(file));
        assertEquals(damaged ? 1 : 0, said.size());
        if (damaged) {
            assertTrue(said.getFirst().contains(file + " was set aside: "), said.getFirst());
        }
        Files.write(directory.resolve("healthy"), input);
        new HealthStamp(directory)
                .read()
                .ifPresent(sign -> assertFalse(sign.bootId().toString().isEmpty()));
    }
}
