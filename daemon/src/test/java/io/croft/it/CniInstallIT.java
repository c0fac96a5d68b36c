package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an init container does with a directory of the host, also with one that takes nothing. */
final class CniInstallIT {
    @TempDir private Path dir;
    private Path bin;

    @BeforeEach
    void mount() throws IOException {
        bin = Files.createDirectory(dir.resolve("bin"));
        Program.run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", bin.toString())
                .expectSuccess();
    }

    @AfterEach
    void unmount() {
        Program.run("umount", "-l", bin.toString());
    }

    private Program.Outcome install() {
        return new CroftCommand(dir).run("cni install --bin-dir " + bin);
    }

    private void expectRefusal(String words, String remedy) {
        Program.Outcome refused = install();
        assertEquals(1, refused.exit(), refused::toString);
        assertTrue(
                refused.err().startsWith("croft: INVALID_FIELD: bin-dir \"" + bin + "\""),
                refused::toString);
        assertTrue(refused.err().contains(words), refused::toString);
        assertTrue(refused.err().contains(remedy), refused::toString);
    }

    @Test
    void theShimOfTheDistributionRuns() {
        assertEquals(bin + "/croft installed\n", install().expectSuccess());
        assertEquals(bin + "/croft is up to date\n", install().expectSuccess());
        var version =
                Program.run(
                        List.of(bin + "/croft"),
                        Map.of("CNI_COMMAND", "VERSION"),
                        "{\"cniVersion\":\"1.0.0\"}");
        assertTrue(version.expectSuccess().contains("supportedVersions"), version::toString);
    }

    @Test
    void aFullDirectoryKeepsWhatItHas() throws IOException {
        Path shim = Files.writeString(bin.resolve("croft"), "an older shim");
        Path ballast = bin.resolve("ballast");
        Program.run("dd", "if=/dev/zero", "of=" + ballast, "bs=4096");
        expectRefusal("No space left on device", "free space");
        assertEquals("an older shim", Files.readString(shim));
        assertEquals(List.of(ballast, shim), Place.list(bin));
        Files.delete(ballast);
        install().expectSuccess();
    }

    @Test
    void aDirectoryThatIsMountedReadOnlyIsNamed() {
        Program.run("mount", "-o", "remount,ro", bin.toString()).expectSuccess();
        expectRefusal("Read-only file system", "mount it writable");
    }
}
