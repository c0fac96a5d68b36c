package io.croft.core.allocation;

import io.croft.core.time.BootTime;

/**
 * The trace of a DEL: refuses every ADD of its attachment that began no later.
 *
 * @param began start stamp of the DEL
 * @param until when it is forgotten
 */
public record DelMarker(BootTime began, BootTime until) {
    public boolean refuses(BootTime add, BootTime now) {
        return !add.isAfter(began) && now.isBefore(until);
    }
}
