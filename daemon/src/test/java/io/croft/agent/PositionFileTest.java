package io.croft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.croft.adapter.file.Fault;
import io.croft.adapter.file.SimDisk;
import io.croft.adapter.file.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is remembered of etcd between two agents, on a disk that fails. */
class PositionFileTest {
    private final SimDisk disk = new SimDisk();
    private final List<String> reports = new ArrayList<>();
    private StateDirectory directory;
    private PositionFile file;

    @BeforeEach
    void open() throws IOException {
        directory = StateDirectory.open(disk, Path.of("/state"));
        file = new PositionFile(disk, directory, reports::add);
    }

    @Test
    void isThereForTheNextAgent() {
        assertEquals(Optional.empty(), file.read());
        file.keep(Optional.of("one"));
        file.keep(Optional.of("two"));
        var next = new PositionFile(disk, directory, reports::add);
        assertEquals(Optional.of("two"), next.read());
        assertEquals(List.of(), reports);
    }

    @Test
    void writesOnlyWhatChanged() {
        file.keep(Optional.of("one"));
        long calls = disk.calls();
        file.keep(Optional.of("one"));
        file.keep(Optional.empty());
        assertEquals(calls, disk.calls());
    }

    @Test
    void reportsAFileThatCannotBeReadAndGoesOn() {
        file.keep(Optional.of("one"));
        disk.failAt(1, Fault.EIO);
        assertEquals(Optional.empty(), file.read());
        assertEquals(1, reports.size());
        assertEquals(Optional.of("one"), file.read());
    }

    @Test
    void reportsAFailedWriteOnceUntilOneSucceeds() {
        file.keep(Optional.of("one"));
        for (int i = 0; i < 2; i++) {
            disk.failAt(1, Fault.EIO);
            file.keep(Optional.of("two"));
        }
        assertEquals(1, reports.size());
        assertEquals(Optional.of("one"), file.read());
        file.keep(Optional.of("two"));
        assertEquals(Optional.of("two"), file.read());
        disk.failAt(1, Fault.EIO);
        file.keep(Optional.of("three"));
        assertEquals(2, reports.size());
    }
}
