package io.croft.node.membership;

import io.croft.core.engine.Timings;
import io.croft.core.time.BootTime;
import io.croft.node.port.FailedStage;

/**
 * Holds claims back for a while after nothing of the store answered: it may have been restored
 * meanwhile, and whoever knows better must be able to freeze it first. The loss of one member is no
 * such time, because the next look goes to another. Who never registered need not wait: an agent
 * may be installed before its etcd.
 */
final class ClaimPause {
    private boolean known;
    private boolean member;
    private boolean unanswered;
    private BootTime end = BootTime.ZERO;

    /** Whether this install ever asked to be registered, in whatever process. */
    void known(boolean now) {
        known = now;
    }

    /** The link was lost under a look. */
    void failed() {
        unanswered = known;
    }

    /** A look failed; a store that refused it has answered. */
    void failed(Throwable failure) {
        if (FailedStage.refusal(failure).map(FailedStage::isAbsence).orElse(true)) {
            failed();
        }
    }

    void joined(BootTime now) {
        end = unanswered ? now.plus(Timings.AFTER_LOSS) : end;
        unanswered = false;
        member = true;
    }

    /** Whether this process has been a member of the store. */
    boolean wasMember() {
        return member;
    }

    BootTime end() {
        return end;
    }
}
