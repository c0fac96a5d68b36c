package io.croft.core.block;

import java.util.Optional;

/**
 * One claim: the block, the token that the store is expected to have, and the one to write.
 * Journalled before it is sent; only the identical claim may be sent again.
 *
 * @param expected empty: the store has no record of the block
 */
public record ClaimIntent(BlockId block, Optional<Token> expected, Token next) {}
