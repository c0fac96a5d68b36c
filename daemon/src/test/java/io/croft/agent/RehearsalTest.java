package io.croft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.file.NioDisk;
import io.croft.adapter.file.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RehearsalTest {
    @TempDir private Path run;

    private Path stage(String name) throws IOException {
        Path stage = Files.createDirectory(run.resolve(name));
        Files.createDirectory(stage.resolve("state"));
        return stage;
    }

    @Test
    void tidiesWhatKilledOnesLeftAndNoneThatIsHeldNow() throws IOException {
        // In a container every agent has this process id.
        stage(Rehearsal.STAGE + "1");
        stage(Rehearsal.STAGE + ProcessHandle.current().pid());
        Path held = stage(Rehearsal.STAGE + "999999");
        Path other = stage(Rehearsal.STAGE + "x");
        try (var directory = StateDirectory.open(new NioDisk(), held.resolve("state"))) {
            assertTrue(directory.tryLock());
            Rehearsal.tidy(run);
            try (Stream<Path> left = Files.list(run)) {
                assertEquals(List.of(held, other), left.sorted().toList());
            }
        }
    }
}
