package io.croft.adapter.host;

import io.croft.core.time.BootTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The network namespaces that processes are in, as far as this one may ask them: of others it needs
 * the capability to trace them, and it sees those of its PID namespace only.
 *
 * <p>A process that ended before it was asked may have left another one that the list did not have.
 * So all are listed again until that happened to none that was never asked; what any of the lists
 * showed counts.
 */
final class ProcessNamespaces {
    private static final int MOST_LISTS = 8;
    private static final Pattern NETWORK = Pattern.compile("net:\\[(\\d{1,18})]");

    /**
     * The PID namespace that the kernel made first, in which all processes are: its fixed inode.
     */
    private static final Path OF_ALL = Path.of("pid:[4026531836]");

    /** Field 22 of proc_pid_stat(5), counted behind the name, in hundredths since the boot. */
    private static final int STARTED = 19;

    private static final long MILLIS_PER_TICK = 10;

    private final Path processes;
    private final Path first;
    private final Optional<Path> ownPids;
    private final Map<Long, Set<Path>> byInode = new HashMap<>();
    private final Set<Path> asked = new HashSet<>();
    private boolean firstIsThere;
    private boolean denied;
    private boolean unsettled;

    private ProcessNamespaces(Path processes) {
        this.processes = processes;
        this.first = processes.resolve("1");
        this.ownPids = link(processes.resolve("self/ns/pid"));
    }

    /**
     * As they are now.
     *
     * @param processes where proc(5) is mounted
     */
    static ProcessNamespaces read(Path processes) throws IOException {
        var all = new ProcessNamespaces(processes);
        int lists = 0;
        do {
            all.list();
            lists++;
        } while (all.unsettled && lists < MOST_LISTS);
        return all;
    }

    private void list() throws IOException {
        unsettled = false;
        try (DirectoryStream<Path> each = Files.newDirectoryStream(processes, "[0-9]*")) {
            each.forEach(this::process);
        } catch (DirectoryIteratorException cannotLook) {
            throw cannotLook.getCause();
        }
    }

    private void process(Path process) {
        firstIsThere |= process.equals(first);
        // A thread may become the first one meanwhile, by an exec.
        if (ask(process, process) || askThreads(process) || ask(process, process)) {
            asked.add(process);
        } else if (!asked.contains(process)) {
            unsettled |= !Directories.mayBeThere(process);
        }
    }

    /** Of one whose first thread ended: the others are where they were. */
    private boolean askThreads(Path process) {
        boolean any = false;
        Path all = process.resolve("task");
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(all)) {
            for (Path thread : threads) {
                any |= ask(process, thread);
            }
        } catch (IOException | DirectoryIteratorException mayNot) {
            denied |= Directories.mayBeThere(all);
        }
        return any;
    }

    /** Whether it is in a namespace, or would not tell. */
    private boolean ask(Path process, Path thread) {
        try {
            Path name = Files.readSymbolicLink(thread.resolve("ns/net"));
            Matcher link = NETWORK.matcher(name.toString());
            boolean isIn = link.matches();
            if (isIn) {
                long inode = Long.parseLong(link.group(1));
                byInode.computeIfAbsent(inode, i -> new HashSet<>()).add(process);
            }
            return isIn;
        } catch (NoSuchFileException ended) {
            return false;
        } catch (IOException mayNot) {
            // The host's first process is in no pod, and some hosts hide it from everybody.
            boolean isHosts = isOfAll() && process.equals(first);
            denied |= !isHosts && Directories.mayBeThere(thread);
            return true;
        }
    }

    private static Optional<Path> link(Path name) {
        try {
            return Optional.of(Files.readSymbolicLink(name));
        } catch (IOException cannotTell) {
            return Optional.empty();
        }
    }

    boolean contains(long inode) {
        return byInode.containsKey(inode);
    }

    /** Whether one is in it that was there by then, or nobody can tell. */
    boolean containsOneOf(BootTime then, long inode) {
        return byInode.getOrDefault(inode, Set.of()).stream()
                .anyMatch(process -> mayHaveStartedBy(then, process));
    }

    private static boolean mayHaveStartedBy(BootTime then, Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
            long millis = Long.parseLong(fields[STARTED]) * MILLIS_PER_TICK;
            return !BootTime.ZERO.plus(Duration.ofMillis(millis)).isAfter(then);
        } catch (NoSuchFileException ended) {
            return false;
        } catch (IOException | RuntimeException cannotTell) {
            return true;
        }
    }

    /**
     * Whether one would not tell, or those of others are hidden: so is the first one then. What is
     * not found may be there all the same.
     */
    boolean isDenied() {
        return denied || !firstIsThere;
    }

    /** Whether they came and went too fast to be listed: what is not found may be there. */
    boolean isUnsettled() {
        return unsettled;
    }

    /** Whether this process is in the PID namespace in which all processes are. */
    boolean isOfAll() {
        return ownPids.filter(OF_ALL::equals).isPresent();
    }

    /** Whether one is in it that is in another PID namespace than this process. */
    boolean containsOneOfOthers(long inode) {
        return byInode.getOrDefault(inode, Set.of()).stream()
                .map(process -> link(process.resolve("ns/pid")))
                .anyMatch(pids -> pids.isPresent() && !pids.equals(ownPids));
    }
}
