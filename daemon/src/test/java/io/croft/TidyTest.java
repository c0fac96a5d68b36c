package io.croft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a reader should not stumble over. Looks at the files that git tracks. */
class TidyTest {
    private static final int LONG = 300;

    /** Longer than they should be. A file may leave this list, and must when it became short. */
    private static final Set<String> LONG_FILES =
            Set.of(
                    "cni-shim/tests/cni/add_lost.rs",
                    "daemon/src/main/java/io/croft/core/engine/NodeState.java",
                    "daemon/src/main/java/io/croft/node/loop/EngineLoop.java",
                    "daemon/src/test/java/io/croft/ArchitectureTest.java",
                    "daemon/src/test/java/io/croft/adapter/file/SimDisk.java",
                    "daemon/src/test/java/io/croft/agent/SimAgent.java",
                    "daemon/src/test/java/io/croft/adapter/grpc/AdminEndpointTest.java",
                    "daemon/src/test/java/io/croft/adapter/grpc/UnixServerTest.java",
                    "daemon/src/test/java/io/croft/cli/CroftTest.java",
                    "daemon/src/test/java/io/croft/core/pool/PoolTest.java",
                    "daemon/src/test/java/io/croft/node/loop/RandomLife.java");

    /** In two parts, so that this file has none. */
    private static final Pattern LEFT_OVER =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

    static final Path ROOT = root();

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve("mvnw"))) {
            here = Objects.requireNonNull(here.getParent());
        }
        return here;
    }

    private static List<Path> tracked() throws IOException, InterruptedException {
        Process git = new ProcessBuilder("git", "ls-files", "-z").directory(ROOT.toFile()).start();
        String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, git.waitFor(), "git ls-files");
        List<Path> files = new ArrayList<>();
        for (String name : names.split("\0", -1)) {
            Path file = ROOT.resolve(name);
            if (!name.isEmpty() && Files.isRegularFile(file)) {
                files.add(file);
            }
        }
        assertTrue(files.size() > 100, "there is something to look at");
        return files;
    }

    private static boolean isText(Path file) throws IOException {
        String name = file.getFileName().toString();
        if (name.matches(".*\\.(java|rs|sh|md)")) {
            return true;
        }
        boolean plain = name.indexOf('.') < 0 && Files.size(file) > 2;
        return plain && Files.readString(file, StandardCharsets.ISO_8859_1).startsWith("#!");
    }

    @Test
    void leavesNoNotesToSelf() throws Exception {
        List<String> found = new ArrayList<>();
        for (Path file : tracked()) {
            if (isText(file)) {
                int number = 0;
                for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                    number++;
                    if (LEFT_OVER.matcher(line).find()) {
                        found.add(ROOT.relativize(file) + ":" + number);
                    }
                }
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void keepsFilesShort() throws Exception {
        Set<String> tooLong = new TreeSet<>();
        for (Path file : tracked()) {
            boolean code = file.toString().endsWith(".java") || file.toString().endsWith(".rs");
            if (code && Files.readAllLines(file, StandardCharsets.UTF_8).size() > LONG) {
                tooLong.add(ROOT.relativize(file).toString());
            }
        }
        assertEquals(new TreeSet<>(LONG_FILES), tooLong);
    }
}
