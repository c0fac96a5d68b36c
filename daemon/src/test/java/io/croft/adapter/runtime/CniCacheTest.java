package io.croft.adapter.runtime;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.allocation.Attachment;
import io.croft.node.port.SandboxList.Listing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CniCacheTest {
    @TempDir Path dir;

    private static final Attachment POD = new Attachment("pods", "0123abcd", "eth0");

    private static Listing read(Path directory) {
        try (var cache = new CniCache(directory)) {
            return cache.read().toCompletableFuture().join();
        }
    }

    @Test
    void showsWhatHasAFileHoweverItLooks() throws IOException {
        Files.writeString(dir.resolve("pods-0123abcd-eth0"), "{\"kind\":\"cniCac");
        Listing shown = read(dir);
        assertTrue(shown.shows(POD));
        assertFalse(shown.shows(new Attachment("pods", "0123abcd", "eth1")));
        assertFalse(shown.shows(new Attachment("pods", "0123abc", "eth0")));
    }

    @Test
    void failsWithoutItsDirectory() {
        var failure = assertThrows(CompletionException.class, () -> read(dir.resolve("none")));
        assertTrue(
                String.valueOf(failure.getMessage()).contains(dir.resolve("none").toString()),
                failure::toString);
    }

    @Test
    void failsWhereItsDirectoryIsNone() throws IOException {
        Path file = Files.createFile(dir.resolve("file"));
        assertThrows(CompletionException.class, () -> read(file));
    }
}
