package io.croft.adapter.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.testing.FuzzTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Network configurations of others: looked at, or named in one line, but never in the way. */
final class ConfFuzzTest extends FuzzTarget {
    private static final Path DIRECTORY = scratch();
    private static final String NAME = "05-other.conflist";

    @Override
    protected void hold(byte[] input) throws IOException {
        Path file = Files.write(DIRECTORY.resolve(NAME), input);
        ConfDirectory.Seen seen = new ConfDirectory(DIRECTORY).look();
        assertEquals(Optional.empty(), seen.trouble());
        if (seen.ours().isPresent()) {
            assertEquals(List.of(), seen.before());
        } else {
            String before = seen.before().getFirst();
            assertTrue(before.startsWith(NAME), before);
            assertEquals(1, before.lines().count(), before);
            assertFalse(before.contains("Exception"), before);
        }
        try {
            assertEquals(NAME, Conflist.read(file).name());
            assertEquals(Optional.of(NAME), seen.ours(), "a list of ours is known as ours");
        } catch (IllegalArgumentException refused) {
            assertFalse(String.valueOf(refused.getMessage()).isEmpty());
        }
    }
}
