package io.croft.adapter.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The network namespaces that are mounted somewhere in this process' view, be it under another name
 * or covered by another mount: these exist. Lines are those of proc_pid_mountinfo(5).
 */
final class MountedNamespaces {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final int ROOT = 3;
    private static final int MOUNT_POINT = 4;
    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7]{3})");

    private final Map<String, List<String>> points;

    MountedNamespaces(String mounts) {
        this.points =
                mounts.lines()
                        .filter(line -> line.contains(" net:["))
                        .map(line -> line.split(" ", MOUNT_POINT + 2))
                        .filter(fields -> fields.length > MOUNT_POINT)
                        .collect(
                                Collectors.groupingBy(
                                        fields -> fields[ROOT],
                                        Collectors.mapping(
                                                fields -> fields[MOUNT_POINT],
                                                Collectors.toList())));
    }

    /** As it is now. A mount's name may have any bytes. */
    static MountedNamespaces read() throws IOException {
        return new MountedNamespaces(Files.readString(MOUNTS, StandardCharsets.ISO_8859_1));
    }

    /** Whether one of that inode is, maybe the next one that has it. */
    boolean contains(long inode) {
        return points.containsKey(root(inode));
    }

    /**
     * Whether that very one is. While it is mounted somewhere its change time stays as it was; the
     * next one that has its inode has a later one, and so has the same one that was mounted nowhere
     * in between.
     *
     * @param changed as it was when it was seen
     */
    boolean contains(long inode, Object changed) {
        return points.getOrDefault(root(inode), List.of()).stream()
                .anyMatch(point -> mayBe(point, inode, changed));
    }

    private static String root(long inode) {
        return "net:[" + inode + "]";
    }

    private static boolean mayBe(String mountPoint, long inode, Object changed) {
        try {
            return Directories.stat(Path.of(plain(mountPoint)))
                    .map(there ->
                            there.identity().inode() != inode || there.changed().equals(changed))
                    .orElse(true);
        } catch (IOException | InvalidPathException covered) {
            return true;
        }
    }

    private static String plain(String escaped) {
        return ESCAPE.matcher(escaped).replaceAll(MountedNamespaces::character);
    }

    private static String character(MatchResult escape) {
        String one = Character.toString(Integer.parseInt(escape.group(1), 8));
        return Matcher.quoteReplacement(one);
    }
}
