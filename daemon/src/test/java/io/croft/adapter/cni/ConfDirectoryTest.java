package io.croft.adapter.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfDirectoryTest {
    private static final String OURS =
            "{\"name\":\"n\",\"plugins\":[{\"type\":\"bridge\",\"ipam\":{\"type\":\"croft\"}}]}";
    private static final String THEIRS =
            "{\"name\":\"n\",\"plugins\":[{\"type\":\"ptp\",\"ipam\":{\"type\":\"host-local\"}}]}";

    @TempDir private Path dir;
    private Path conf;

    @BeforeEach
    void make() throws IOException {
        conf = Files.createDirectory(dir.resolve("net.d"));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(conf.resolve(name), text);
    }

    private ConfDirectory.Seen look() {
        return new ConfDirectory(conf).look();
    }

    @Test
    void findsOursWhereItSortsFirst() throws IOException {
        write("10-croft.conflist", OURS);
        write("87-podman.conflist", THEIRS);
        assertEquals(
                new ConfDirectory.Seen(
                        Optional.empty(), List.of(), Optional.of("10-croft.conflist")),
                look());
    }

    @Test
    void namesWhatTheRuntimeTakesBefore() throws IOException {
        write("05-other.conf", "{\"name\":\"n\",\"type\":\"ptp\",\"ipam\":{}}");
        write("06-other.json", THEIRS);
        write("10-croft.conflist", OURS);
        assertEquals(List.of("05-other.conf", "06-other.json"), look().before());
    }

    @Test
    void passesOverWhatRuntimesPassOver() throws IOException {
        write("00-old.conflist.bak", THEIRS);
        write("01-README", "none");
        write(".10-croft.conflist-7.tmp", THEIRS);
        Files.createDirectory(conf.resolve("02-directory.conf"));
        write("10-croft.conflist", OURS);
        assertEquals(List.of(), look().before());
    }

    @Test
    void namesAFileThatNobodyCanRead() throws IOException {
        write("05-broken.conflist", "{\"name\": ");
        write("10-croft.conflist", OURS);
        String before = look().before().getFirst();
        assertTrue(before.startsWith("05-broken.conflist (is not JSON: "), before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"name\":\"n\",\"type\":\"bridge\",\"ipam\":{\"type\":\"croft\"}}",
                "{\"plugins\":[{\"type\":\"calico\",\"ipam\":{\"type\":\"croft\"}},{\"type\":\"portmap\"}]}",
                "{\"type\":\"multus\",\"delegates\":[{\"plugins\":[{\"ipam\":{\"type\":\"croft\"}}]}]}"
            })
    void knowsAConfigurationOfOursIn(String text) throws IOException {
        write("10-net.conf", text);
        assertEquals(Optional.of("10-net.conf"), look().ours());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"plugins\":[{\"type\":\"croft\"}]}",
                "{\"ipam\":\"croft\"}",
                "{\"ipam\":{\"type\":[\"croft\"]}}",
                "{ipam:{type:'croft'}}",
                "[]",
                "",
                "{} {}"
            })
    void takesForNoneOfOurs(String text) throws IOException {
        write("10-net.conf", text);
        assertEquals(Optional.empty(), look().ours());
        assertEquals(1, look().before().size());
    }

    @Test
    void saysWhatIsWrongWithTheDirectory() throws IOException {
        Files.delete(conf);
        assertEquals(Optional.of("there is no such directory"), look().trouble());
        Files.createFile(conf);
        assertEquals(Optional.of("is not a directory"), look().trouble());
    }

    @Test
    void putsAListAndTakesItAway() throws IOException {
        Path from = Files.writeString(dir.resolve("10-croft.conflist"), OURS);
        var list = Conflist.read(from);
        var directory = new ConfDirectory(conf);
        assertTrue(directory.put(list));
        assertFalse(directory.put(list));
        Path there = conf.resolve("10-croft.conflist");
        assertEquals(OURS, Files.readString(there));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(there)));
        write("10-croft.conflist", THEIRS);
        assertTrue(directory.put(list));
        assertTrue(directory.take("10-croft.conflist"));
        assertFalse(directory.take("10-croft.conflist"));
        assertEquals(Optional.empty(), look().ours());
        // Who took it may have been killed.
        new ConfDirectory(conf).putBack("10-croft.conflist");
        assertEquals(OURS, Files.readString(there));
        assertTrue(directory.take("10-croft.conflist"));
        assertTrue(directory.put(list));
        write("10-croft.conflist", THEIRS);
        directory.putBack("10-croft.conflist");
        assertEquals(THEIRS, Files.readString(there), "what is there stays");
        assertTrue(directory.take("10-croft.conflist"));
        directory.remove("10-croft.conflist");
        try (Stream<Path> left = Files.list(conf)) {
            assertEquals(0, left.count());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|is not one JSON object",
                "{|is not JSON",
                "{\"plugins\":[]}|has no \"name\"",
                "{\"name\":\"my net\"}|its \"name\", \"my net\", is none",
                "{\"name\":\".n\"}|is none that runtimes take",
                "{\"name\":\"n\"}|has no \"plugins\"",
                "{\"name\":\"n\",\"plugins\":{}}|has no \"plugins\"",
                "{\"name\":\"n\",\"plugins\":[]}|has no \"plugins\"",
                "{\"name\":\"n\",\"plugins\":[7]}|plugins[0] has no \"type\"",
                "{\"name\":\"n\",\"plugins\":[{\"type\":\"a\"},{}]}|plugins[1] has no \"type\"",
                "{\"name\":\"n\",\"plugins\":[{\"type\":\"a\"}]}|none of its plugins has \"ipam\"",
                "{\"name\":\"n\",\"plugins\":[{\"type\":\"a\",\"ipam\":{\"type\":\"b\"}}]}|none of its plugins has \"ipam\""
            })
    void refusesAListThatSays(String text, String why) throws IOException {
        expectRefusal(Files.writeString(dir.resolve("10-croft.conflist"), text), why);
    }

    @Test
    void refusesAListThatRuntimesWouldNotTake() throws IOException {
        expectRefusal(Files.writeString(dir.resolve("10-croft.json"), OURS), "must end with");
        expectRefusal(Files.writeString(dir.resolve(".croft.conflist"), OURS), "begin with a dot");
        expectRefusal(dir.resolve("missing.conflist"), "there is no such file");
        expectRefusal(Files.createDirectory(dir.resolve("d.conflist")), "is no plain file");
        Path large = Files.writeString(dir.resolve("l.conflist"), OURS + " ".repeat(300_000));
        expectRefusal(large, "is larger than");
        Path binary = Files.write(dir.resolve("b.conflist"), new byte[] {'{', (byte) 0xff, '}'});
        expectRefusal(binary, "is not UTF-8");
    }

    private static void expectRefusal(Path file, String why) {
        var refused = assertThrows(IllegalArgumentException.class, () -> Conflist.read(file));
        assertTrue(String.valueOf(refused.getMessage()).contains(why), refused::getMessage);
    }
}
