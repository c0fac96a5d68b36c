package io.croft.core.block;

import java.util.Comparator;
import java.util.UUID;

/**
 * The fencing token of a block's ownership: written with every change of owner and never used
 * twice.
 *
 * @param generation of the store; rises when a store is restored
 * @param epoch rises with each change of the block's owner within a generation
 * @param nonce tells two writers of one epoch apart
 */
public record Token(long generation, long epoch, UUID nonce) implements Comparable<Token> {
    private static final Comparator<Token> ORDER =
            Comparator.comparingLong(Token::generation)
                    .thenComparingLong(Token::epoch)
                    .thenComparing(Token::nonce);

    @Override
    public int compareTo(Token other) {
        return ORDER.compare(this, other);
    }
}
