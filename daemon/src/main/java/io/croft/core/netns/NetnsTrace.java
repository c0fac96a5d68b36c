package io.croft.core.netns;

import java.util.Map;
import java.util.stream.Collectors;

/** What a thorough search for a namespace showed. */
public enum NetnsTrace {
    /** It is somewhere: at its path, at another one, or a process is in it. */
    ALIVE,
    /** It was seen at its path before, is not there now, and was found nowhere else. */
    GONE,
    /**
     * Nobody who searched had seen it; its path names nothing, in a directory in which another one
     * is alive, and it was found nowhere else. Weaker than {@link #GONE}: proves nothing alone.
     */
    MISSING,
    /** Nobody could look; proves nothing. */
    UNKNOWN;

    /** What a look that is not thorough tells of each. */
    public static Map<SeenNetns, NetnsTrace> of(Map<SeenNetns, NetnsFate> fates) {
        return fates.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> of(each.getValue())));
    }

    /** What a look that is not thorough tells of it. */
    public static NetnsTrace of(NetnsFate fate) {
        return switch (fate) {
            case ALIVE -> ALIVE;
            case GONE -> GONE;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
