package io.croft.core.allocation;

import io.croft.core.rejection.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The CNI key of one interface: what allocations are keyed by, and nothing else.
 *
 * <p>The rules are those of the CNI reference library, with a bound on the lengths that it leaves
 * open.
 */
public record Attachment(String network, String containerId, String ifName)
        implements Comparable<Attachment> {
    public static final int LONGEST_NETWORK = 128;
    public static final int LONGEST_CONTAINER_ID = 128;
    public static final int LONGEST_IF_NAME = 15;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.\\-]*");

    public Attachment {
        check("network", network, LONGEST_NETWORK, NAME.matcher(network).matches());
        check(
                "container_id",
                containerId,
                LONGEST_CONTAINER_ID,
                NAME.matcher(containerId).matches());
        check("interface_name", ifName, LONGEST_IF_NAME, isInterfaceName(ifName));
        // A node has few of these, and tens of thousands of DEL markers hold one each.
        network = network.intern();
        ifName = ifName.intern();
    }

    private static boolean isInterfaceName(String name) {
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.codePoints()
                        .noneMatch(c -> c == '/' || c == ':' || Character.isWhitespace(c));
    }

    private static void check(String field, String value, int longest, boolean wellFormed) {
        if (!wellFormed || value.getBytes(StandardCharsets.UTF_8).length > longest) {
            String shown = value.length() > 64 ? value.substring(0, 64) + "..." : value;
            throw Rejection.invalid(
                            field, shown, "must be a CNI name of 1 to %d bytes".formatted(longest))
                    .asException();
        }
    }

    @Override
    public int compareTo(Attachment other) {
        int byNetwork = network.compareTo(other.network);
        int byContainer = byNetwork != 0 ? byNetwork : containerId.compareTo(other.containerId);
        return byContainer != 0 ? byContainer : ifName.compareTo(other.ifName);
    }

    @Override
    public String toString() {
        return network + "/" + containerId + "/" + ifName;
    }
}
