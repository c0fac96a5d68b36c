package io.croft.adapter.cni;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The directory in which a container runtime looks for network configurations. It takes the first
 * by name; so one of somebody else's that sorts before ours keeps every pod from Croft (containerd,
 * go-cni: loadFromConfDir; CRI-O, ocicni: loadNetworks).
 */
public final class ConfDirectory {
    private static final String CONF_DIR = "conf-dir";
    private static final List<String> ENDINGS = List.of(".conf", ".conflist", ".json");
    private static final int MOST_FILES = 256;

    /** It names networks and no secrets, but hardening guides want it so. */
    private static final Set<PosixFilePermission> MODE =
            PosixFilePermissions.fromString("rw-------");

    private final Path directory;

    public ConfDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * What a look found.
     *
     * @param trouble why the directory cannot be looked at; empty: it was
     * @param before configurations that do not use Croft and sort before ours, each with what it is
     * @param ours the first that uses Croft; empty: there is none
     */
    public record Seen(Optional<String> trouble, List<String> before, Optional<String> ours) {}

    public Path path() {
        return directory;
    }

    /** Looks at it now. */
    public Seen look() {
        Optional<String> missing = HostDirectory.why(directory);
        if (missing.isPresent()) {
            return unusable(missing.get());
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files = all.filter(ConfDirectory::isConf).sorted().limit(MOST_FILES + 1).toList();
        } catch (UncheckedIOException unreadable) {
            return unreadable(requireNonNull(unreadable.getCause()));
        } catch (IOException unreadable) {
            return unreadable(unreadable);
        }
        if (files.size() > MOST_FILES) {
            return unusable("has more than %d configurations".formatted(MOST_FILES));
        }
        var before = new ArrayList<String>();
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            try {
                if (ConfJson.usesCroft(ConfJson.object(ConfJson.bytes(file)))) {
                    return new Seen(Optional.empty(), before, Optional.of(name));
                }
                before.add(name);
            } catch (UnreadableConfException unreadable) {
                before.add(name + " (" + unreadable.why() + ")");
            }
        }
        return new Seen(Optional.empty(), before, Optional.empty());
    }

    private static Seen unreadable(IOException failure) {
        return unusable("cannot be read: " + HostDirectory.words(failure));
    }

    private static Seen unusable(String trouble) {
        return new Seen(Optional.of(trouble), List.of(), Optional.empty());
    }

    private static boolean isConf(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot >= 0 && ENDINGS.contains(name.substring(dot)) && !Files.isDirectory(file);
    }

    /**
     * Puts a list there; durable when it returns. False: it was so already. Fails with words for
     * people.
     */
    public boolean put(Conflist list) throws IOException {
        try {
            return file(list.name()).put(list.content());
        } catch (IOException failed) {
            throw new IOException(HostDirectory.words(failed), failed);
        }
    }

    /** Takes a file away, until it is put back or removed. False: there was none. */
    public boolean take(String name) {
        try {
            return file(name).setAside();
        } catch (IOException failed) {
            throw HostDirectory.refusal(CONF_DIR, directory, failed);
        }
    }

    /** Puts back what was taken, also by a process that was killed since. */
    public void putBack(String name) {
        try {
            file(name).putBack();
        } catch (IOException failed) {
            throw HostDirectory.refusal(CONF_DIR, directory, failed);
        }
    }

    /** Removes a file, taken or not. */
    public void remove(String name) {
        try {
            file(name).remove();
        } catch (IOException failed) {
            throw HostDirectory.refusal(CONF_DIR, directory, failed);
        }
    }

    private PlacedFile file(String name) {
        return new PlacedFile(directory, name, MODE);
    }
}
