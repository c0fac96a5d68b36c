package io.croft.adapter.host;

import static java.util.Objects.requireNonNull;

import io.croft.core.netns.Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The directories on the way to a file as they once were, outermost first, each by device and
 * inode. A name that is missing behind another mount is not missing where it was.
 */
record Directories(List<Identity> each) {
    Directories {
        each = List.copyOf(each);
    }

    /** Those on the way to that file now. */
    static Directories to(Path file) throws IOException {
        List<Identity> each = new ArrayList<>();
        for (Path path : above(file)) {
            each.add(find(path).orElseThrow(() -> new NoSuchFileException(path.toString())));
        }
        return new Directories(each);
    }

    /**
     * Whether what is left of them is the same: a directory may have gone with the file, as that of
     * a process does, but the innermost that is there must be the one that was there.
     */
    boolean stillLeadTo(Path file) throws IOException {
        List<Path> now = above(file);
        for (int i = now.size() - 1; i >= 0; i--) {
            Optional<Identity> there = find(now.get(i));
            if (there.isPresent()) {
                return i < each.size() && there.get().equals(each.get(i));
            }
        }
        return false;
    }

    /**
     * A file as one look at it showed it.
     *
     * @param changed its change time
     */
    record Stat(Identity identity, Object changed) {}

    /** Of what is there; follows links. */
    static Optional<Stat> stat(Path path) throws IOException {
        try {
            Map<String, Object> found = Files.readAttributes(path, "unix:dev,ino,ctime");
            var identity = new Identity(number(found, "dev"), number(found, "ino"));
            return Optional.of(new Stat(identity, requireNonNull(found.get("ctime"))));
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        }
    }

    /** Of what is there; follows links. */
    static Optional<Identity> find(Path path) throws IOException {
        return stat(path).map(Stat::identity);
    }

    /** Whether it is, or nobody can tell. */
    static boolean mayBeThere(Path path) {
        try {
            return stat(path).isPresent();
        } catch (IOException cannotLook) {
            return true;
        }
    }

    private static long number(Map<String, Object> attributes, String name) {
        return ((Number) requireNonNull(attributes.get(name))).longValue();
    }

    private static List<Path> above(Path file) {
        List<Path> above = new ArrayList<>();
        for (Path path = file.toAbsolutePath().getParent(); path != null; path = path.getParent()) {
            above.addFirst(path);
        }
        return above;
    }
}
