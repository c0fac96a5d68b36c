package io.croft.core.engine;

import io.croft.core.block.BlockId;
import java.util.Optional;

/** A contradiction between a decision or a record and the state: what, and of which block. */
public record Violation(Optional<BlockId> block, String what) {
    static Violation of(BlockId block, String what) {
        return new Violation(Optional.of(block), what);
    }
}
