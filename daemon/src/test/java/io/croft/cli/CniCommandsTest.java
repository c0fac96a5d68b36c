package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CniCommandsTest {
    @TempDir private Path dir;

    private static Ended croft(String... words) {
        return Ended.of("", Map.of(), new ArrayList<>(List.of(words)));
    }

    private Ended install(String... more) throws IOException {
        Path shim = Files.writeString(dir.resolve("shim"), "a shim");
        var words = new ArrayList<>(List.of("cni", "install", "--bin-dir", dir.toString()));
        words.addAll(List.of("--shim", shim.toString()));
        words.addAll(List.of(more));
        return croft(words.toArray(new String[0]));
    }

    @Test
    void sayWhatWasInstalled() throws IOException {
        assertEquals(dir + "/croft installed\n", install().out());
        assertEquals(dir + "/croft is up to date\n", install().out());
        String json = install("-o", "json").out();
        assertTrue(json.contains("\"changed\": false"), json);
        assertTrue(json.contains("\"path\": \"" + dir + "/croft\""), json);
    }

    @Test
    void nameTheShimThatIsMissingBesideTheRuntime() {
        Ended refused = croft("cni", "install", "--bin-dir", dir.toString());
        assertEquals(1, refused.code());
        assertTrue(refused.err().contains("/cni/croft\": there is no such file"), refused.err());
        assertTrue(refused.err().contains("--shim"), refused.err());
    }

    @Test
    void wantADirectory() {
        assertEquals(2, croft("cni", "install").code());
        assertEquals(2, croft("cni").code());
    }
}
