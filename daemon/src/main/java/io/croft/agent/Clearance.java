package io.croft.agent;

import io.croft.adapter.file.NioDisk;
import io.croft.adapter.file.StateDirectory;
import io.croft.adapter.file.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Removes what an agent leaves on its host that will not come back: the content of its state
 * directory and of its run directory. Waits for the agent's lock first. What others put there
 * stays.
 */
public final class Clearance {
    private static final Pattern OF_RUN_DIR =
            Pattern.compile(
                    "cni\\.sock|admin\\.sock|\\.?healthy|spool|"
                            + Pattern.quote(Rehearsal.STAGE)
                            + "[0-9]+");

    private final Path stateDir;
    private final Path runDir;

    public Clearance(Path stateDir, Path runDir) {
        this.stateDir = stateDir;
        this.runDir = runDir;
    }

    /**
     * Does so when this process is told to end; not when it is killed.
     *
     * @param report told in a sentence what came of it
     */
    public void atEnd(Consumer<String> report) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    try {
                                        report.accept(sentence(make()));
                                    } catch (IOException | RuntimeException failed) {
                                        report.accept("what is left stays: " + failed);
                                    } catch (InterruptedException ended) {
                                        Thread.currentThread().interrupt();
                                    }
                                },
                                "croft-clearance"));
    }

    private String sentence(List<Path> others) {
        String done = "removed the content of %s and %s".formatted(stateDir, runDir);
        return others.isEmpty() ? done : done + " but what is not Croft's: " + others;
    }

    /** Does so now; what is not ours stays and is named. Harmless when repeated. */
    List<Path> make() throws IOException, InterruptedException {
        var others = new ArrayList<Path>();
        if (Files.isDirectory(stateDir)) {
            try (var directory = StateDirectory.open(new NioDisk(), stateDir)) {
                directory.lock();
                // What is left in the other one is of no use without this one's journal.
                clearRunDir(others);
                directory.clear().forEach(name -> others.add(stateDir.resolve(name)));
            }
        } else {
            clearRunDir(others);
        }
        return others;
    }

    private void clearRunDir(List<Path> others) throws IOException {
        if (!Files.isDirectory(runDir)) {
            return;
        }
        try (Stream<Path> all = Files.list(runDir)) {
            for (Path each : all.sorted().toList()) {
                if (OF_RUN_DIR.matcher(String.valueOf(each.getFileName())).matches()) {
                    Trees.remove(each);
                } else {
                    others.add(each);
                }
            }
        }
    }
}
