package io.croft.adapter.host;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The network namespaces that processes are in, as far as this one may ask them: of others it needs
 * the capability to trace them, and it sees those of its PID namespace only.
 */
final class ProcessNamespaces {
    private static final String LEADER = "ns/net";
    private static final Pattern LINK = Pattern.compile("net:\\[(\\d{1,18})]");

    /**
     * The PID namespace that the kernel made first, in which all processes are: its fixed inode.
     */
    private static final Path OF_ALL = Path.of("pid:[4026531836]");

    private final Path first;
    private final Set<Long> inodes = new HashSet<>();
    private boolean firstIsThere;
    private boolean denied;
    private boolean ofAll;

    private ProcessNamespaces(Path processes) {
        this.first = processes.resolve("1");
    }

    /**
     * As they are now; each process may end meanwhile.
     *
     * @param processes where proc(5) is mounted
     */
    static ProcessNamespaces read(Path processes) throws IOException {
        var all = new ProcessNamespaces(processes);
        all.ofAll = isOfAll(processes);
        try (DirectoryStream<Path> each = Files.newDirectoryStream(processes, "[0-9]*")) {
            each.forEach(all::process);
        } catch (DirectoryIteratorException cannotLook) {
            throw cannotLook.getCause();
        }
        return all;
    }

    private static boolean isOfAll(Path processes) {
        try {
            return Files.readSymbolicLink(processes.resolve("self/ns/pid")).equals(OF_ALL);
        } catch (IOException cannotTell) {
            return false;
        }
    }

    private void process(Path process) {
        firstIsThere |= process.equals(first);
        if (!ask(process, process)) {
            // One whose first thread ended, or none any more. The others are where they were.
            try (DirectoryStream<Path> threads =
                    Files.newDirectoryStream(process.resolve("task"))) {
                threads.forEach(thread -> ask(process, thread));
            } catch (NoSuchFileException ended) {
                return;
            } catch (IOException | DirectoryIteratorException mayNot) {
                denied |= Files.exists(process);
            }
        }
    }

    /** Whether it is in a namespace, or would not tell. */
    private boolean ask(Path process, Path thread) {
        try {
            Matcher link = LINK.matcher(Files.readSymbolicLink(thread.resolve(LEADER)).toString());
            return link.matches() && note(Long.parseLong(link.group(1)));
        } catch (NoSuchFileException ended) {
            return false;
        } catch (IOException mayNot) {
            // The host's first process is in no pod, and some hosts hide it from everybody.
            denied |= !process.equals(first) && Files.exists(thread);
            return true;
        }
    }

    private boolean note(long inode) {
        inodes.add(inode);
        return true;
    }

    boolean contains(long inode) {
        return inodes.contains(inode);
    }

    /**
     * Whether one of them would not tell, or those of others are hidden: so is the first one then.
     */
    boolean isDenied() {
        return denied || !firstIsThere;
    }

    /** Whether this process is in the PID namespace in which all processes are. */
    boolean isOfAll() {
        return ofAll;
    }
}
