package io.croft.adapter.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootFactsTest {
    private static final UUID BOOT = new UUID(1, 2);

    @TempDir Path dir;

    @BeforeEach
    void machine() throws IOException {
        write("boot_id", BOOT.toString());
        write("machine-id", "3d1219c7c4c5404aaa1f6d2a48adfda4");
    }

    @Test
    void takesTheOperatorsHardwareIdFirst() throws IOException {
        write("dmi", "0AFA5A7E-1D39-4F0C-8F0A-111111111111");
        assertEquals("rack-7", read(Optional.of("rack-7")).hardwareId());
    }

    @Test
    void takesTheDmiIdInLowerCase() throws IOException {
        write("dmi", "0AFA5A7E-1D39-4F0C-8F0A-111111111111");
        BootFacts facts = read(Optional.empty());
        assertEquals("0afa5a7e-1d39-4f0c-8f0a-111111111111", facts.hardwareId());
        assertFalse(facts.weakHardwareId());
    }

    @Test
    void passesOverDmiIdsThatManyBoardsShare() throws IOException {
        write("dmi", "00000000-0000-0000-0000-000000000000");
        write("serial", "10000000abcdef01\0");
        assertEquals("10000000abcdef01", read(Optional.empty()).hardwareId());
    }

    @Test
    void fallsBackToTheMachineIdAndSaysThatItIsWeak() {
        BootFacts facts = read(Optional.empty());
        assertEquals(facts.machineId(), facts.hardwareId());
        assertTrue(facts.weakHardwareId());
        assertEquals(BOOT, facts.bootId());
    }

    @Test
    void refusesAMachineWithoutAnyId() throws IOException {
        write("machine-id", "uninitialized");
        var refused = assertThrows(RejectedException.class, () -> read(Optional.empty()));
        assertEquals(Reason.CANNOT_START, refused.rejection().reason());
        assertTrue(
                refused.rejection().sentence().contains("--hardware-id"),
                refused.rejection().sentence());
    }

    @Test
    void refusesABootIdThatIsNone() throws IOException {
        write("boot_id", "yesterday");
        var refused = assertThrows(RejectedException.class, () -> read(Optional.empty()));
        assertTrue(
                refused.rejection().sentence().contains("--boot-id-file"),
                refused.rejection().sentence());
    }

    private BootFacts read(Optional<String> hardwareId) {
        return BootFacts.read(
                dir.resolve("boot_id"),
                dir.resolve("machine-id"),
                hardwareId,
                List.of(dir.resolve("dmi"), dir.resolve("serial")));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(dir.resolve(name), text + "\n");
    }
}
