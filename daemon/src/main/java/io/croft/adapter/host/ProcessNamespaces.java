package io.croft.adapter.host;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The network namespaces that processes are in, as far as this one may ask them: of others it needs
 * the capability to trace them, and it sees those of its PID namespace only.
 */
final class ProcessNamespaces {
    private static final Path PROCESSES = Path.of("/proc");
    private static final Path FIRST = PROCESSES.resolve("1");
    private static final Pattern LINK = Pattern.compile("net:\\[(\\d{1,18})]");

    private final Set<Long> inodes = new HashSet<>();
    private boolean first;
    private boolean denied;

    private ProcessNamespaces() {}

    /** As they are now; each process may end meanwhile. */
    static ProcessNamespaces read() throws IOException {
        var all = new ProcessNamespaces();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            processes.forEach(process -> {
                all.first |= process.equals(FIRST);
                all.netns(process).ifPresent(all.inodes::add);
            });
        } catch (DirectoryIteratorException cannotLook) {
            throw cannotLook.getCause();
        }
        return all;
    }

    private Optional<Long> netns(Path process) {
        try {
            Matcher link =
                    LINK.matcher(Files.readSymbolicLink(process.resolve("ns/net")).toString());
            return link.matches() ? Optional.of(Long.valueOf(link.group(1))) : Optional.empty();
        } catch (NoSuchFileException ended) {
            return Optional.empty();
        } catch (IOException mayNot) {
            // The host's first process is in no pod, and some hosts hide it from everybody.
            denied |= !process.equals(FIRST) && Files.exists(process);
            return Optional.empty();
        }
    }

    boolean contains(long inode) {
        return inodes.contains(inode);
    }

    /**
     * Whether one of them would not tell, or those of others are hidden: so is the first one then.
     */
    boolean isDenied() {
        return denied || !first;
    }
}
