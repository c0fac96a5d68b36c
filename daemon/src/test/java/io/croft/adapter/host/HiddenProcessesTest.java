package io.croft.adapter.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import io.croft.core.time.Moment;
import io.croft.testing.Some;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private Moment now = Some.moment(100);
    private HostInventory inventory = new HostInventory(() -> now);

    @BeforeEach
    void host() throws IOException {
        processes = Files.createDirectory(dir.resolve("proc"));
        inventory = new HostInventory(() -> now, processes);
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
        link("20/ns/net", "net:[%d]".formatted(alive.inode()));
        link("20/ns/pid", OF_A_CONTAINER);
        assertEquals(
                NetnsTrace.MISSING, trace(gone, alive), "one of the agent's own tells nothing");
        process(21, alive.inode());
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
    void proveNoEndWhereTheyComeAndGoTooFast() throws IOException {
        isIn(OF_ALL);
        Netns gone = seen("gone");
        vanish(gone);
        // Listed, and gone before it is asked.
        Path ended = Files.createSymbolicLink(processes.resolve("21"), dir.resolve("nothing"));
        assertEquals(NetnsTrace.MISSING, trace(gone));
        assertEquals(NetnsFate.UNKNOWN, look(gone));
        Files.delete(ended);
        assertEquals(NetnsTrace.GONE, trace(gone));
        assertEquals(NetnsFate.GONE, look(gone));
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
    void proveNoEndWhereTheFirstOfAContainerDoesNotTell() throws IOException {
        Netns alive = seen("alive");
        Netns gone = seen("gone");
        process(20, alive.inode());
        vanish(gone);
        assertEquals(NetnsTrace.GONE, trace(gone, alive));
        Files.delete(processes.resolve("1/ns/net"));
        Files.createFile(processes.resolve("1/ns/net"));
        assertEquals(NetnsTrace.MISSING, trace(gone, alive));
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
        isIn(OF_ALL);
        Netns former = seen("former");
        Netns next = renamed(former);
        process(20, former.inode());
        started(20, 100.1);
        assertEquals(NetnsTrace.GONE, trace(former, next));
        assertEquals(NetnsFate.GONE, look(former));
        assertEquals(NetnsTrace.ALIVE, trace(next, former));
    }

    @Test
    void keepTheOneThatTheyWereInBeforeItHadAnotherName() throws IOException {
        isIn(OF_ALL);
        Netns former = seen("former");
        Netns next = renamed(former);
        process(20, former.inode());
        started(20, 99.9);
        assertEquals(NetnsTrace.ALIVE, trace(former, next));
        assertEquals(NetnsFate.ALIVE, look(former));
        Files.writeString(processes.resolve("20/stat"), "nonsense");
        assertEquals(NetnsFate.ALIVE, look(former), "nobody can tell");
    }

    @Test
    void keepTheNextOneOfAnInodeThatNobodySaw() throws IOException {
        isIn(OF_ALL);
        Netns former = seen("former");
        vanish(former);
        process(20, former.inode());
        var unseen = new Netns(dir.resolve("unseen").toString(), former.device(), former.inode());
        assertEquals(NetnsTrace.ALIVE, trace(unseen, former));
    }

    @Test
    void tellNothingWhereTheyCannotBeListed() throws IOException {
        Netns gone = seen("gone");
        Netns alive = seen("alive");
        vanish(gone);
        Files.move(processes, dir.resolve("elsewhere"));
        assertEquals(Map.of(new SeenNetns(alive, true), NetnsTrace.ALIVE), traces(gone, alive));
        assertEquals(NetnsFate.UNKNOWN, look(gone));
    }

    /** A file that is moved keeps its inode, as the next namespace gets that of one that ended. */
    private Netns renamed(Netns former) throws IOException {
        Path next = dir.resolve("next");
        Files.move(Path.of(former.path()), next);
        now = Some.moment(101);
        assertTrue(inventory.sees(at(next)));
        return at(next);
    }

    private void started(int id, double seconds) throws IOException {
        Files.writeString(
                processes.resolve(id + "/stat"),
                "%d (a) S b) S 1%s %d 0 0".formatted(id, " 0".repeat(17), (long) (seconds * 100)));
    }

    private void isIn(String pidNamespace) throws IOException {
        Files.deleteIfExists(processes.resolve("self/ns/pid"));
        link("self/ns/pid", pidNamespace);
    }

    private void process(int id, long inode) throws IOException {
        link(id + "/ns/net", "net:[%d]".formatted(inode));
        link(id + "/ns/pid", "pid:[4026532777]");
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
        var wanted = new SeenNetns(namespaces[0], true);
        return traces(namespaces).getOrDefault(wanted, NetnsTrace.UNKNOWN);
    }

    private Map<SeenNetns, NetnsTrace> traces(Netns... namespaces) {
        Set<SeenNetns> wanted =
                Arrays.stream(namespaces)
                        .map(each -> new SeenNetns(each, true))
                        .collect(Collectors.toSet());
        return inventory.trace(wanted).toCompletableFuture().join();
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
