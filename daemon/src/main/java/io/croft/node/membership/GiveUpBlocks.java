package io.croft.node.membership;

import io.croft.core.block.BlockId;
import io.croft.core.block.Token;
import io.croft.core.engine.NodeView;
import io.croft.core.ownership.Validate;
import io.croft.core.rejection.Reason;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Gives up every block that could give an address, for good: another agent has this install, or its
 * blocks are being reclaimed. What its pods hold stays theirs.
 */
final class GiveUpBlocks implements Duty {
    /** What is done while nothing is to be given up. */
    static final Duty NOTHING = (_, _) -> BootTime.NEVER;

    /** Why a node serves nothing whose install another agent has, for people. */
    static final String WHY =
            Reason.INSTALL_SUPERSEDED
                    + ": another agent took this install over; "
                    + Reason.INSTALL_SUPERSEDED.remedy();

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final EngineLoop loop;
    private BootTime due = BootTime.ZERO;
    private long doneAt = -1;

    GiveUpBlocks(EngineLoop loop) {
        this.loop = loop;
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        if (doneAt == node.starts()) {
            return BootTime.NEVER;
        }
        if (!now.boot().isBefore(due)) {
            due = now.boot().plus(AGAIN);
            Map<BlockId, Token> owned = JournalTokens.owned(node);
            long starts = node.starts();
            var verdict = new Validate(Optional.of(Map.of()), owned, OptionalLong.empty());
            loop.propose(verdict)
                    .whenComplete((judged, refused) -> {
                        if (refused == null) {
                            due = BootTime.ZERO;
                            doneAt = judged == 0 && owned.isEmpty() ? starts : doneAt;
                        }
                    });
        }
        return due;
    }
}
