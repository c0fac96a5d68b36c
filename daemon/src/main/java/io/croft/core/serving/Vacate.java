package io.croft.core.serving;

import io.croft.core.allocation.BlockAddress;
import io.croft.core.block.BlockId;
import io.croft.core.block.Resting;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.time.Moment;
import java.util.List;

/**
 * Lets resting addresses be given again once cooled: their former namespaces are gone, or nobody
 * could look for long enough. Each only if it still rests since the same release. Answers how many.
 */
public record Vacate(List<Candidate> candidates) implements Command<Integer> {
    /** One resting position as it was seen before the look at its namespace. */
    public record Candidate(BlockId block, Resting resting) {}

    public Vacate {
        candidates = List.copyOf(candidates);
    }

    @Override
    public Decision<Integer> decide(NodeView node, Moment now) {
        List<BlockAddress> vacated =
                candidates.stream()
                        .filter(seen ->
                                node.block(seen.block())
                                        .flatMap(block -> block.resting(seen.resting().ordinal()))
                                        .filter(seen.resting()::equals)
                                        .isPresent())
                        .map(seen -> new BlockAddress(seen.block(), seen.resting().ordinal()))
                        .toList();
        return vacated.isEmpty()
                ? Decision.answer(0)
                : Decision.accept(vacated.size(), new Event.Vacated(vacated));
    }
}
