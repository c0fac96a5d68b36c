package io.croft.agent;

import io.croft.core.time.BootTime;
import io.croft.node.reconcile.SpoolReplay;
import java.time.Duration;

/**
 * How long a start holds requests back for what the shim spooled: as long as that goes on, and 12 s
 * at most. A shim's ADD waits 18 s, so that one that began when the socket was there is served.
 */
final class SpoolHold {
    /** For one page. */
    private static final Duration PAGE = Duration.ofSeconds(5);

    private static final Duration MOST = Duration.ofSeconds(12);

    private final SpoolReplay spool;
    private final BootTime end;
    private int pages;
    private BootTime pageEnd;

    SpoolHold(SpoolReplay spool, BootTime now) {
        this.spool = spool;
        this.end = now.plus(MOST);
        this.pageEnd = now.plus(PAGE);
    }

    /** Looks how far the spool is; {@link #until} is right after it. */
    boolean isOver(BootTime now) {
        if (spool.pages() > pages) {
            pages = spool.pages();
            pageEnd = now.plus(PAGE);
        }
        return spool.hasDrained() || !now.isBefore(until());
    }

    /** When it is over at the latest, unless the spool goes on. */
    BootTime until() {
        return pageEnd.min(end);
    }
}
