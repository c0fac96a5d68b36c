package io.croft.adapter.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that live on in namespaces without a path, as far as they may be asked. */
class HiddenProcessesTest {
    private static final String OF_ALL = "pid:[4026531836]";
    private static final String OF_A_CONTAINER = "pid:[4026532001]";

    @TempDir Path dir;
    private Path processes = Path.of("/");
    private HostInventory inventory = new HostInventory();

    @BeforeEach
    void host() throws IOException {
        processes = Files.createDirectory(dir.resolve("proc"));
        inventory = new HostInventory(processes);
        isIn(OF_A_CONTAINER);
        process(1, 7);
    }

    @AfterEach
    void close() {
        inventory.close();
    }

    @Test
    void keepWhatTheyAreIn() throws IOException {
        Netns alive = seen("alive");
        Netns used = seen("used");
        process(20, alive.inode());
        process(21, used.inode());
        vanish(used);
        assertEquals(NetnsTrace.ALIVE, trace(used, alive));
        assertEquals(NetnsFate.ALIVE, look(used));
    }

    @Test
    void proveAnEndWhereOneOfALivingNamespaceIsSeen() throws IOException {
        Netns alive = seen("alive");
        Netns gone = seen("gone");
        vanish(gone);
        assertEquals(NetnsTrace.MISSING, trace(gone, alive));
        process(20, alive.inode());
        assertEquals(NetnsTrace.GONE, trace(gone, alive));
    }

    @Test
    void proveAnEndWhereAllProcessesAreSeen() throws IOException {
        Netns gone = seen("gone");
        vanish(gone);
        assertEquals(NetnsTrace.MISSING, trace(gone));
        isIn(OF_ALL);
        assertEquals(NetnsTrace.GONE, trace(gone));
    }

    @Test
    void proveNoEndWhereOneDoesNotTell() throws IOException {
        isIn(OF_ALL);
        Netns alive = seen("alive");
        Netns gone = seen("gone");
        process(20, alive.inode());
        vanish(gone);
        silent(21);
        assertEquals(NetnsTrace.MISSING, trace(gone, alive));
    }

    @Test
    void proveAnEndWhereOnlyTheFirstDoesNotTell() throws IOException {
        Files.delete(processes.resolve("1/ns/net"));
        Files.createFile(processes.resolve("1/ns/net"));
        isIn(OF_ALL);
        Netns gone = seen("gone");
        vanish(gone);
        assertEquals(NetnsTrace.GONE, trace(gone));
    }

    @Test
    void proveNoEndWhereTheFirstIsHidden() throws IOException {
        isIn(OF_ALL);
        Files.move(processes.resolve("1"), processes.resolve("30"));
        Netns gone = seen("gone");
        vanish(gone);
        assertEquals(NetnsTrace.MISSING, trace(gone));
    }

    @Test
    void areFoundByTheirThreadsWhereTheFirstThreadEnded() throws IOException {
        isIn(OF_ALL);
        Netns used = seen("used");
        Files.createDirectories(processes.resolve("20/ns"));
        Files.createDirectories(processes.resolve("20/task/20/ns"));
        link("20/task/23/ns/net", "net:[%d]".formatted(used.inode()));
        vanish(used);
        assertEquals(NetnsTrace.ALIVE, trace(used));
    }

    @Test
    void keepWhatThisProcessNeverSaw() throws IOException {
        Netns used = at(Files.createFile(dir.resolve("used")));
        process(20, used.inode());
        vanish(used);
        assertEquals(NetnsFate.UNKNOWN, look(used));
        assertEquals(NetnsTrace.ALIVE, trace(used));
    }

    @Test
    void doNotKeepTheFormerNamespaceOfTheirInode() throws IOException {
        Netns former = seen("former");
        Path name = Path.of(former.path());
        Path next = dir.resolve("next");
        // A file that is moved keeps its inode, as the next namespace gets that of one that ended.
        Files.move(name, next);
        assertTrue(inventory.sees(at(next)));
        process(20, former.inode());
        assertEquals(NetnsTrace.GONE, trace(former, at(next)));
        assertEquals(NetnsTrace.ALIVE, trace(at(next), former));
    }

    private void isIn(String pidNamespace) throws IOException {
        Files.deleteIfExists(processes.resolve("self/ns/pid"));
        link("self/ns/pid", pidNamespace);
    }

    private void process(int id, long inode) throws IOException {
        link(id + "/ns/net", "net:[%d]".formatted(inode));
    }

    /** What is no link cannot be read as one: the error that a refusal is, for root too. */
    private void silent(int id) throws IOException {
        Path file = processes.resolve(id + "/ns/net");
        Files.createDirectories(file.getParent());
        Files.createFile(file);
    }

    private void link(String name, String target) throws IOException {
        Path link = processes.resolve(name);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, Path.of(target));
    }

    private Netns seen(String name) throws IOException {
        Netns netns = at(Files.createFile(dir.resolve(name)));
        assertTrue(inventory.sees(netns));
        return netns;
    }

    private static void vanish(Netns netns) throws IOException {
        Files.delete(Path.of(netns.path()));
    }

    private NetnsTrace trace(Netns... namespaces) {
        Map<SeenNetns, NetnsTrace> traces =
                inventory
                        .trace(
                                List.of(namespaces).stream()
                                        .map(each -> new SeenNetns(each, true))
                                        .collect(Collectors.toSet()))
                        .toCompletableFuture()
                        .join();
        return traces.getOrDefault(new SeenNetns(namespaces[0], true), NetnsTrace.UNKNOWN);
    }

    private NetnsFate look(Netns netns) {
        var wanted = new SeenNetns(netns, true);
        return inventory
                .look(List.of(wanted))
                .toCompletableFuture()
                .join()
                .getOrDefault(wanted, NetnsFate.UNKNOWN);
    }

    private static Netns at(Path path) throws IOException {
        Map<String, Object> found = Files.readAttributes(path, "unix:dev,ino");
        return new Netns(
                path.toString(),
                ((Number) found.getOrDefault("dev", 0L)).longValue(),
                ((Number) found.getOrDefault("ino", 0L)).longValue());
    }
}
