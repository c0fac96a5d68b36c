package io.croft.node.port;

import io.croft.core.block.BlockId;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What the store says of neighbouring blocks of a pool. A block between the first that was asked
 * for and {@code next} that is not in {@code owners} was never owned.
 *
 * @param owners of blocks that are owned or were; a record that cannot be read counts as owned by
 *     nobody who could give it back
 * @param next index of the first block that was not looked at; empty: the pool ends before it
 */
public record BlockPage(Map<BlockId, BlockOwner> owners, OptionalLong next) {
    public BlockPage {
        owners = Map.copyOf(owners);
    }
}
