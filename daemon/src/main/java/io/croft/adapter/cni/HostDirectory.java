package io.croft.adapter.cni;

import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What is said of a directory of the host that cannot be used as it should. */
final class HostDirectory {
    private HostDirectory() {}

    /** Refuses, naming the option, what is no directory. */
    static void check(String field, Path directory) {
        why(directory)
                .ifPresent(why -> {
                    throw Rejection.invalid(field, directory.toString(), why)
                            .remedy(
                                    "name the directory that the container runtime uses with --%s; from a container it must be mounted"
                                            .formatted(field))
                            .asException();
                });
    }

    /** Why it is no directory; empty: it is one. */
    static Optional<String> why(Path directory) {
        if (Files.isDirectory(directory)) {
            return Optional.empty();
        }
        return Optional.of(
                Files.exists(directory) ? "is not a directory" : "there is no such directory");
    }

    /** A file in it could not be written or removed. */
    static RejectedException refusal(String field, Path directory, IOException failure) {
        String words = words(failure);
        String low = words.toLowerCase(Locale.ROOT);
        String remedy =
                low.contains("no space") || low.contains("quota")
                        ? "free space on its file system and repeat"
                        : low.contains("read-only")
                                ? "mount it writable and repeat"
                                : failure instanceof AccessDeniedException
                                        ? "call as root, and let security modules allow it"
                                        : "mend that and repeat";
        return Rejection.invalid(
                        field, directory.toString(), "a file in it cannot be changed: " + words)
                .remedy(remedy)
                .asException();
    }

    /** What the operating system says, without the class that says it. */
    static String words(IOException failure) {
        if (failure instanceof AccessDeniedException denied) {
            return denied.getFile() + ": permission denied";
        }
        if (failure instanceof NoSuchFileException missing) {
            return missing.getFile() + ": no such file or directory";
        }
        if (failure instanceof FileSystemException file && file.getReason() != null) {
            return file.getFile() + ": " + file.getReason();
        }
        return failure.getClass().getPackageName().equals("java.io")
                ? String.valueOf(failure.getMessage())
                : failure.getClass().getSimpleName() + ": " + failure.getMessage();
    }
}
