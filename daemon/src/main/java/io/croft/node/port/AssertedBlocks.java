package io.croft.node.port;

import java.util.List;
import java.util.UUID;

/**
 * What an install says of its blocks in a frozen store, when it has re-asserted all of them.
 *
 * @param boot of its machine
 * @param replacesLost the journal was begun in this boot in place of a lost one, whose pods may
 *     live and for which nobody spoke
 * @param highestGeneration that it knows of, in the tokens of its blocks too; 0: none
 * @param givenUp names of pools in which it holds addresses, and whose name or range the store gave
 *     to something else
 */
public record AssertedBlocks(
        UUID boot, boolean replacesLost, long highestGeneration, List<String> givenUp) {
    public AssertedBlocks {
        if (highestGeneration < 0) {
            throw new IllegalArgumentException("generation " + highestGeneration);
        }
        givenUp = List.copyOf(givenUp);
    }
}
