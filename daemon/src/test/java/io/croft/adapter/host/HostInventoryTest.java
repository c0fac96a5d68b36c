package io.croft.adapter.host;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostInventoryTest {
    @TempDir Path dir;
    private final HostInventory inventory = new HostInventory(SystemClock.open());

    @AfterEach
    void close() {
        inventory.close();
    }

    @Test
    void seesWhatIsAtItsPath() throws IOException {
        Netns netns = make("a");
        assertTrue(inventory.sees(netns));
        assertEquals(NetnsFate.ALIVE, look(netns, true));
    }

    @Test
    void followsLinks() throws IOException {
        Netns netns = make("a");
        Path link = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("a"));
        assertTrue(inventory.sees(new Netns(link.toString(), netns.device(), netns.inode())));
    }

    @Test
    void callsOneGoneThatItSawWhenItsPathIsMissing() throws IOException {
        Netns netns = make("a");
        assertTrue(inventory.sees(netns));
        Files.delete(dir.resolve("a"));
        assertFalse(inventory.sees(netns));
        assertEquals(NetnsFate.GONE, look(netns, true));
    }

    @Test
    void callsOneGoneThatALookFoundWhenItsPathLeadsElsewhere() throws IOException {
        Netns netns = make("a");
        assertEquals(NetnsFate.ALIVE, look(netns, true));
        make("other");
        Files.move(dir.resolve("other"), dir.resolve("a"), StandardCopyOption.REPLACE_EXISTING);
        assertEquals(NetnsFate.GONE, look(netns, true));
    }

    @Test
    void neverCallsOneGoneThatIsMissingInAnotherDirectory() throws IOException {
        Path covered = Files.createDirectory(dir.resolve("covered"));
        Netns netns = at(Files.createFile(covered.resolve("a")));
        assertTrue(inventory.sees(netns));
        Files.move(covered, dir.resolve("aside"));
        Files.createDirectory(covered);
        assertEquals(NetnsFate.UNKNOWN, look(netns, true));
    }

    @Test
    void callsOneGoneWhoseDirectoryWentWithIt() throws IOException {
        Path process = Files.createDirectory(dir.resolve("1234"));
        Netns netns = at(Files.createFile(process.resolve("net")));
        assertTrue(inventory.sees(netns));
        Files.delete(process.resolve("net"));
        Files.delete(process);
        assertEquals(NetnsFate.GONE, look(netns, true));
    }

    @Test
    void knowsTheNamespacesThatAreMountedSomewhere() {
        var mounted =
                new MountedNamespaces(
                        """
                        24 1 0:22 / /run rw,nosuid shared:5 - tmpfs tmpfs rw
                        91 24 0:4 net:[4026532301] /run/netns/a\\040b rw shared:7 - nsfs nsfs rw
                        92 24 0:4 mnt:[4026532302] /run/mnt rw - nsfs nsfs rw
                        """);
        assertTrue(mounted.contains(4026532301L));
        assertFalse(mounted.contains(4026532302L));
        assertFalse(mounted.contains(402653230L));
    }

    @Test
    void tellsWhatIsMountedFromTheNextOneThatHasItsInode() throws IOException {
        Path name = Files.createFile(dir.resolve("a b"));
        long inode = at(name).inode();
        Object changed = requireNonNull(Files.getAttribute(name, "unix:ctime"));
        String line = "91 24 0:4 net:[%d] %s rw shared:7 - nsfs nsfs rw%n";
        var mounted =
                new MountedNamespaces(line.formatted(inode, name.toString().replace(" ", "\\040")));
        assertTrue(mounted.contains(inode, changed));
        assertFalse(mounted.contains(inode, FileTime.fromMillis(1)));
        assertFalse(mounted.contains(inode + 1, changed));
        var covered = new MountedNamespaces(line.formatted(inode + 1, dir.resolve("nothing")));
        assertTrue(covered.contains(inode + 1, changed), "nobody can tell");
    }

    @Test
    void neverCallsOneGoneThatHasAnotherName() throws IOException {
        Netns netns = make("a");
        assertTrue(inventory.sees(netns));
        Path other = Files.createLink(dir.resolve("other"), dir.resolve("a"));
        assertTrue(inventory.sees(at(other)));
        Files.delete(dir.resolve("a"));
        assertEquals(NetnsFate.ALIVE, look(netns, true));
        Files.delete(other);
        assertEquals(NetnsFate.GONE, look(netns, true));
    }

    @Test
    void neverCallsOneGoneWhoseNameWasALink() throws IOException {
        make("a");
        Path link = Files.createSymbolicLink(dir.resolve("link"), dir.resolve("a"));
        Netns netns = at(link);
        assertTrue(inventory.sees(netns));
        Files.delete(link);
        assertEquals(NetnsFate.UNKNOWN, look(netns, true));
    }

    @Test
    void neverCallsOneGoneWhoseNameIsAFileThatIsNoNamespace() throws IOException {
        Netns netns = make("a");
        assertTrue(inventory.sees(netns));
        Files.delete(dir.resolve("a"));
        // As under a mount that was detached: of another file system.
        Files.createSymbolicLink(dir.resolve("a"), Path.of("/proc/version"));
        assertEquals(NetnsFate.UNKNOWN, look(netns, true));
    }

    @Test
    void neverCallsOneGoneThatOnlyAProcessBeforeItSaw() throws IOException {
        Netns netns = make("a");
        Files.delete(dir.resolve("a"));
        assertEquals(NetnsFate.UNKNOWN, look(netns, true));
    }

    @Test
    void neverCallsOneGoneThatNobodySaw() throws IOException {
        Netns netns = make("a");
        Files.delete(dir.resolve("a"));
        assertEquals(NetnsFate.UNKNOWN, look(netns, false));
    }

    @Test
    void knowsNothingWhereItCannotLook() throws IOException {
        Netns netns = make("a");
        Path loop = Files.createSymbolicLink(dir.resolve("loop"), dir.resolve("loop"));
        assertEquals(
                NetnsFate.UNKNOWN,
                look(new Netns(loop.toString(), netns.device(), netns.inode()), true));
        assertEquals(NetnsFate.UNKNOWN, look(new Netns("\0", netns.device(), netns.inode()), true));
        assertEquals(NetnsFate.UNKNOWN, look(new Netns(netns.path(), 0, 0), true));
    }

    @Test
    void seesItsOwnNetworkNamespace() throws IOException {
        Path own = Path.of("/proc/self/ns/net");
        assertTrue(inventory.sees(at(own)));
    }

    @Test
    void callsOneMissingThatIsNotWhereOthersAre() throws IOException {
        Netns alive = make("alive");
        Netns missing = make("missing");
        Files.delete(dir.resolve("missing"));
        assertEquals(NetnsTrace.MISSING, trace(missing, alive));
        assertEquals(NetnsTrace.ALIVE, trace(alive, missing));
    }

    @Test
    void callsNoneMissingInADirectoryThatShowsNone() throws IOException {
        Netns missing = make("missing");
        Files.delete(dir.resolve("missing"));
        assertEquals(NetnsTrace.UNKNOWN, trace(missing, missing));
        Path other = Files.createDirectory(dir.resolve("other"));
        Netns elsewhere = at(Files.createFile(other.resolve("alive")));
        assertEquals(NetnsTrace.UNKNOWN, trace(missing, elsewhere));
    }

    @Test
    void callsNoneMissingWhoseNameLeadsElsewhere() throws IOException {
        Netns alive = make("alive");
        Netns mountedOver = make("a");
        make("other");
        Files.move(dir.resolve("other"), dir.resolve("a"), StandardCopyOption.REPLACE_EXISTING);
        assertEquals(NetnsTrace.UNKNOWN, trace(mountedOver, alive));
    }

    @Test
    void findsOneThatAProcessIsIn() throws IOException {
        Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("/proc/self/ns/net"));
        Netns own = at(link);
        Netns alive = make("alive");
        assertTrue(inventory.sees(own));
        Files.delete(link);
        assertEquals(NetnsTrace.ALIVE, trace(own, alive));
    }

    private NetnsTrace trace(Netns netns, Netns other) {
        var wanted = new SeenNetns(netns, true);
        return inventory
                .trace(List.of(wanted, new SeenNetns(other, true)))
                .toCompletableFuture()
                .join()
                .getOrDefault(wanted, NetnsTrace.UNKNOWN);
    }

    private NetnsFate look(Netns netns, boolean witnessed) {
        var wanted = new SeenNetns(netns, witnessed);
        NetnsFate fate = inventory.look(List.of(wanted)).toCompletableFuture().join().get(wanted);
        return fate == null ? NetnsFate.UNKNOWN : fate;
    }

    private Netns make(String name) throws IOException {
        return at(Files.createFile(dir.resolve(name)));
    }

    private static Netns at(Path path) throws IOException {
        var found = Files.readAttributes(path, "unix:dev,ino");
        return new Netns(path.toString(), number(found, "dev"), number(found, "ino"));
    }

    private static long number(Map<String, Object> attributes, String name) {
        return ((Number) requireNonNull(attributes.get(name))).longValue();
    }
}
