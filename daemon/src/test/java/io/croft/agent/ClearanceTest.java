package io.croft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.file.NioDisk;
import io.croft.adapter.file.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClearanceTest {
    @TempDir private Path dir;
    private Path state;
    private Path run;

    @BeforeEach
    void make() throws IOException {
        state = Files.createDirectory(dir.resolve("state"));
        run = Files.createDirectory(dir.resolve("run"));
        for (String file :
                List.of(
                        "lock",
                        "journal/0001",
                        "journal.set-aside-1/0001",
                        "store.json",
                        "store.json.left",
                        "position")) {
            write(state.resolve(file));
        }
        for (String file :
                List.of("cni.sock", "admin.sock", "healthy", ".healthy", "spool/damaged/a.json")) {
            write(run.resolve(file));
        }
        write(run.resolve(Rehearsal.STAGE + "7/state/lock"));
    }

    private static void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "x");
    }

    private static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.sorted().toList();
        }
    }

    private List<Path> clear() throws IOException, InterruptedException {
        return new Clearance(state, run).make();
    }

    @Test
    void leavesNothingOfAnAgent() throws Exception {
        assertEquals(List.of(), clear());
        assertEquals(List.of(), in(state));
        assertEquals(List.of(), in(run));
        assertEquals(List.of(), clear());
    }

    @Test
    void leavesAndNamesWhatIsNotOurs() throws Exception {
        Path photos = state.resolve("photos");
        write(photos.resolve("journal"));
        Path socket = run.resolve("other.sock");
        write(socket);
        assertEquals(List.of(socket, photos), clear());
        assertEquals(List.of(photos), in(state));
        assertTrue(Files.exists(photos.resolve("journal")));
    }

    @Test
    void removesALinkAndNotWhatItLeadsTo() throws Exception {
        Path elsewhere = dir.resolve("elsewhere");
        write(elsewhere.resolve("kept"));
        Files.createSymbolicLink(state.resolve("journal.moved"), elsewhere);
        assertEquals(List.of(), clear());
        assertTrue(Files.exists(elsewhere.resolve("kept")));
    }

    @Test
    void doesNothingWithoutDirectories() throws Exception {
        assertEquals(
                List.of(), new Clearance(dir.resolve("no-state"), dir.resolve("no-run")).make());
        assertFalse(Files.exists(dir.resolve("no-state")));
    }

    @Test
    void waitsForTheAgentsEnd() throws Exception {
        // Another process' lock is waited for by CniRemoveIT; one of this process is refused.
        try (var agent = StateDirectory.open(new NioDisk(), state)) {
            assertTrue(agent.tryLock());
            var failed =
                    CompletableFuture.supplyAsync(
                                    () -> {
                                        try {
                                            return clear().toString();
                                        } catch (IOException | InterruptedException refused) {
                                            return "refused";
                                        }
                                    })
                            .join();
            assertEquals("refused", failed);
            assertTrue(Files.exists(run.resolve("cni.sock")));
            assertTrue(Files.exists(state.resolve("journal")));
        }
    }
}
