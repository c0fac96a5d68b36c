package io.croft.core.netns;

/**
 * A namespace as an ADD named it.
 *
 * @param witnessed this agent saw that very namespace at that path, so that its absence there is
 *     proof that it is gone
 */
public record SeenNetns(Netns netns, boolean witnessed) {
    public boolean sameAs(SeenNetns other) {
        return netns.sameAs(other.netns);
    }
}
