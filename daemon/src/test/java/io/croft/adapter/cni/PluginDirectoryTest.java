package io.croft.adapter.cni;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PluginDirectoryTest {
    private static final byte[] OLD = "the old shim".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NEW = "the new shim, longer".getBytes(StandardCharsets.UTF_8);

    @TempDir private Path dir;
    private Path bin;
    private Path shim;

    @BeforeEach
    void make() throws IOException {
        bin = Files.createDirectory(dir.resolve("bin"));
        shim = Files.write(dir.resolve("shim"), NEW);
    }

    private boolean install() {
        return new PluginDirectory(bin).install(shim);
    }

    private Path installed() {
        return bin.resolve("croft");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(bin)) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    private void expectInstalled() throws IOException {
        assertArrayEquals(NEW, Files.readAllBytes(installed()));
        assertEquals(
                "rwxr-xr-x",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(installed())));
        assertEquals(List.of("croft"), names());
    }

    private Rejection refusal() {
        Rejection why = assertThrows(RejectedException.class, this::install).rejection();
        assertEquals(Reason.INVALID_FIELD, why.reason());
        return why;
    }

    @Test
    void installsTheShimSoThatItCanBeRun() throws IOException {
        assertTrue(install());
        expectInstalled();
    }

    @Test
    void leavesAnEqualOneAsItIs() throws IOException {
        assertTrue(install());
        Object before = Files.getAttribute(installed(), "unix:ino");
        assertFalse(install());
        assertEquals(before, Files.getAttribute(installed(), "unix:ino"));
    }

    @Test
    void replacesTheFileAndDoesNotWriteIntoIt() throws IOException {
        Files.write(installed(), OLD);
        try (var running = Files.newInputStream(installed())) {
            assertTrue(install());
            assertArrayEquals(OLD, running.readAllBytes());
        }
        expectInstalled();
    }

    @Test
    void makesOneThatCannotBeRunRunnable() throws IOException {
        Files.write(installed(), NEW);
        Files.setPosixFilePermissions(installed(), PosixFilePermissions.fromString("rw-r--r--"));
        assertTrue(install());
        expectInstalled();
    }

    @Test
    void replacesALinkAndNotWhatItLeadsTo() throws IOException {
        Path target = Files.write(dir.resolve("target"), OLD);
        Files.createSymbolicLink(installed(), target);
        assertTrue(install());
        assertArrayEquals(OLD, Files.readAllBytes(target));
        assertTrue(Files.isRegularFile(installed(), LinkOption.NOFOLLOW_LINKS));
        expectInstalled();
    }

    @Test
    void removesWhatAKilledRunLeftAndNothingElse() throws IOException {
        Files.write(bin.resolve(".croft-123.tmp"), OLD);
        Files.write(bin.resolve("bridge"), OLD);
        assertTrue(install());
        assertEquals(List.of("bridge", "croft"), names());
        Files.write(bin.resolve(".croft-456.tmp"), OLD);
        assertFalse(install());
        assertEquals(List.of("bridge", "croft"), names());
    }

    @Test
    void refusesADirectoryThatIsNotThere() throws IOException {
        Files.delete(bin);
        Rejection why = refusal();
        assertEquals("bin-dir", why.facts().get("field"));
        assertEquals(bin.toString(), why.facts().get("value"));
        assertTrue(why.message().contains("there is no such directory"), why.message());
        assertTrue(why.remedy().contains("--bin-dir"), why.remedy());
        Files.createFile(bin);
        assertTrue(refusal().message().contains("is not a directory"));
    }

    @Test
    void refusesToReplaceADirectoryOfTheShimsName() throws IOException {
        Files.createDirectory(installed());
        assertTrue(refusal().message().contains("its entry \"croft\" is a directory"));
    }

    @Test
    void refusesWhatIsNoShim() throws IOException {
        Files.write(shim, new byte[0]);
        assertTrue(refusal().message().contains("0 bytes"));
        Files.delete(shim);
        Rejection why = refusal();
        assertEquals("shim", why.facts().get("field"));
        assertTrue(why.message().contains("there is no such file"), why.message());
        Files.createDirectory(shim);
        assertTrue(refusal().message().contains("is no plain file"));
        assertEquals(List.of(), names());
    }

    @Test
    void takesTheShimAwayOnce() throws IOException {
        assertTrue(install());
        assertTrue(new PluginDirectory(bin).remove());
        assertEquals(List.of(), names());
        assertFalse(new PluginDirectory(bin).remove());
        Files.delete(bin);
        assertFalse(new PluginDirectory(bin).remove());
    }
}
