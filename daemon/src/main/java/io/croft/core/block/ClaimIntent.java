package io.croft.core.block;

import java.util.Optional;
import java.util.UUID;

/**
 * One claim: the block, what the store is expected to say of it, and the token to write. Journalled
 * before it is sent; only the identical claim may be sent again.
 *
 * @param from the install that is expected to own the block; empty: nobody. Set only when its
 *     blocks are inherited
 * @param expected the token that the store is expected to have; empty: no record of the block
 */
public record ClaimIntent(
        BlockId block, Optional<UUID> from, Optional<Token> expected, Token next) {}
