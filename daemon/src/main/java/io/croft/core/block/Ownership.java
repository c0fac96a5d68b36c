package io.croft.core.block;

/**
 * What this node's journal knows of one block. Only an {@link Owned} block gives out addresses.
 *
 * <pre>
 * absent      -intend->   Claiming
 * Claiming    -adopt->    Owned        Claiming    -abandon-> absent
 * Owned       -retire->   Returning    Returning   -forget->  absent
 * Owned       -start->    Unvalidated  Unvalidated -validate-> Owned   Unvalidated -forget-> absent
 * any with a token -quarantine-> Quarantined   Quarantined -another boot-> Unvalidated   Quarantined -forget-> absent
 * Quarantined -retire->   Returning
 * </pre>
 *
 * <p>There is no other arrow.
 */
public sealed interface Ownership {
    /** A claim was journalled; its outcome is not known yet. */
    record Claiming(ClaimIntent intent) implements Ownership {}

    record Owned(Token token) implements Ownership {}

    /** Going back to the pool: one way, and empty. */
    record Returning(Token token) implements Ownership {}

    /** Owned before the agent started, and not confirmed since. */
    record Unvalidated(Token token) implements Ownership {}

    /** Gives no more addresses; those held stay until their release. */
    record Quarantined(Token token, Cause cause) implements Ownership {}
}
