package io.croft.it;

import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What tests do with files: sandboxes that are files, copies and listings of directories. */
final class Place {
    private Place() {}

    /** A pod whose network namespace is played by a new file in that directory. */
    static Pod pod(Path dir, String container) {
        Path netns = dir.resolve("ns-" + container);
        try {
            if (!Files.exists(netns)) {
                Files.createFile(netns);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Pod.of(container, netns);
    }

    /** What lies in a directory; nothing in one that is not there. */
    static List<Path> list(Path directory) {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The DELs and undos that wait for the agent. */
    static List<Path> spool(RealAgent agent) {
        return list(agent.run().resolve("spool")).stream()
                .filter(entry -> entry.toString().endsWith(".json"))
                .toList();
    }

    /** All of them have arrived. */
    static void awaitEmptySpool(RealAgent agent) {
        Eventually.holds(() -> spool(agent), () -> spool(agent).isEmpty());
    }

    static void directory(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void remove(Path root) {
        Program.run("rm", "-rf", root.toString()).expectSuccess();
    }

    static void copy(Path from, Path to) {
        Program.run("cp", "-a", from.toString(), to.toString()).expectSuccess();
    }
}
