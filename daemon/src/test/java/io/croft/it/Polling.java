package io.croft.it;

import io.croft.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A shim that waits: it takes its stamp first of all, and in poll(2) it waits for stdin, the
 * socket, the answer or who reads its result.
 */
final class Polling {
    /** Numbers of poll and ppoll on x86-64, as /proc/PID/syscall shows them. */
    private static final Pattern POLL = Pattern.compile("(7|271) ");

    private Polling() {}

    static void await(long pid) {
        Eventually.holds(() -> "process " + pid, () -> isIn(pid));
    }

    /** The same of a child of that process. */
    static void awaitBelow(long parent) {
        Eventually.holds(
                () -> "shim below " + parent,
                () ->
                        ProcessHandle.of(parent).stream()
                                .flatMap(ProcessHandle::children)
                                .anyMatch(child -> isIn(child.pid())));
    }

    private static boolean isIn(long pid) {
        try {
            return POLL.matcher(Files.readString(Path.of("/proc/" + pid + "/syscall"))).lookingAt();
        } catch (IOException gone) {
            return false;
        }
    }
}
