package io.croft.adapter.host;

import io.croft.core.netns.Identity;
import io.croft.core.netns.Netns;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which paths name one namespace. The kernel gives the inode of one that ended to the next at once,
 * so device and inode alone do not tell the two apart: names that were there together are of one
 * namespace, and a name that came when none of the former was there any more overtook them.
 */
final class NamespaceNames {
    private final Map<Identity, Set<Netns>> names;

    /** Names that went before another of their device and inode came. */
    private final Set<Netns> overtaken;

    NamespaceNames(int most) {
        names = bounded(most);
        overtaken = Collections.newSetFromMap(bounded(most));
    }

    private static <K, V> Map<K, V> bounded(int most) {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > most;
            }
        };
    }

    /**
     * It is at its path now.
     *
     * @param isThere whether a name still leads to its namespace, as far as anybody can tell
     */
    synchronized void saw(Netns netns, Predicate<Netns> isThere) {
        Set<Netns> known = names.computeIfAbsent(netns.identity(), i -> new HashSet<>(2));
        if (!known.contains(netns)) {
            List<Netns> former = known.stream().filter(isThere.negate()).toList();
            overtaken.addAll(former);
            former.forEach(known::remove);
            known.add(netns);
            overtaken.remove(netns);
        }
    }

    /**
     * Whether a name came after it was gone that is of a namespace with its device and inode:
     * probably of the next one, but the same may have been given another name.
     */
    synchronized boolean isOvertaken(Netns netns) {
        return overtaken.contains(netns);
    }

    /** Whether it is at another of its paths. */
    synchronized boolean isElsewhere(Netns netns, Predicate<Netns> isThere) {
        Set<Netns> known = names.getOrDefault(netns.identity(), Set.of());
        return known.contains(netns)
                && known.stream().filter(other -> !other.equals(netns)).anyMatch(isThere);
    }
}
