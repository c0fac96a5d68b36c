package io.croft.testing;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * A place where bytes come in from outside, and what must hold whatever they are.
 *
 * <p>As a test it replays the inputs that were kept: seeds, what covers code that the seeds do not,
 * and each input that ever broke a rule. They lie under {@code fuzz/} and the class's name in the
 * test resources. {@code ./dev fuzz} looks for more of them.
 */
public abstract class FuzzTarget {
    /** Throws when a rule is broken. The same bytes do the same. */
    protected abstract void hold(byte[] input) throws Exception;

    @TestFactory
    final Stream<DynamicTest> holdsForEveryInputThatWasKept() throws Exception {
        List<Path> inputs = kept();
        assertFalse(inputs.isEmpty(), "there is something to replay");
        return inputs.stream()
                .map(file ->
                        DynamicTest.dynamicTest(
                                String.valueOf(file.getFileName()),
                                () -> hold(Files.readAllBytes(file))));
    }

    /** A directory for a target that needs real files. */
    protected static Path scratch() {
        try {
            Path directory = Files.createTempDirectory("croft-fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(directory)));
            return directory;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private static void remove(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException stays) {
            // It is the system's temporary directory.
        }
    }

    private List<Path> kept() throws IOException, URISyntaxException {
        URL place = getClass().getResource("/fuzz/" + getClass().getSimpleName());
        Path directory = Path.of(Objects.requireNonNull(place, "no kept inputs").toURI());
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}
