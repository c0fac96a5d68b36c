package io.croft.core.block;

import io.croft.core.netns.SeenNetns;
import io.croft.core.time.BootTime;
import java.util.Optional;

/**
 * A released position that is not given again yet.
 *
 * @param netns namespace of its last holder; empty when it named none, or once vacated
 * @param vacated whether that namespace is known to be gone, so that only the cooldown keeps the
 *     address
 */
public record Resting(int ordinal, BootTime since, Optional<SeenNetns> netns, boolean vacated) {}
