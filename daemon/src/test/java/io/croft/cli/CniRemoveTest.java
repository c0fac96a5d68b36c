package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code croft cni remove} says before it asks an agent. */
final class CniRemoveTest {
    @TempDir private Path dir;

    private Ended remove(String words) {
        var all = new ArrayList<>(List.of("cni", "remove"));
        all.addAll(List.of(words.split(" ", -1)));
        return Ended.of("", Map.of("CROFT_RUN_DIR", dir.toString()), all);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--wait",
                "--bin-dir /b --conf-dir /c",
                "--bin-dir /b --name 10-croft.conflist",
                "--bin-dir /b --conf-dir /c --name ../x",
                "--bin-dir /b --conf-dir /c --name .x",
                "--bin-dir /b --state-dir /s"
            })
    void takesForAWrongCommandLine(String words) {
        Ended wrong = remove(words);
        assertEquals(2, wrong.code(), wrong.err());
        assertTrue(wrong.err().startsWith("croft: "), wrong.err());
    }

    @Test
    void removesNothingWithoutTheWordOfAnAgent() throws IOException {
        Path shim = Files.createFile(dir.resolve("croft"));
        Path conf = Files.createFile(dir.resolve("10-croft.conflist"));
        Ended failed =
                remove("--bin-dir %s --conf-dir %s --name 10-croft.conflist".formatted(dir, dir));
        assertEquals(3, failed.code(), failed.err());
        assertTrue(Files.exists(shim));
        assertTrue(Files.exists(conf));
        assertFalse(failed.out().contains("removed"));
    }
}
