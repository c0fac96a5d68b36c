package io.croft.core.engine;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.allocation.DelMarker;
import io.croft.core.allocation.Workload;
import io.croft.core.block.BlockId;
import io.croft.core.block.Cause;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Resting;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.time.BootTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One change of a node's state, in the past tense. Journalled first, then applied; a replay applies
 * the same events by the same code. {@link OfNode} must outlive a power cut, {@link OfPods} only
 * the death of the process: after a power cut the pods are gone.
 */
public sealed interface Event {
    /** Ownership and identity; on disk before the turn's answers. */
    sealed interface OfNode extends Event {}

    /** Addresses and what decisions look at; in the page cache before the turn's answers. */
    sealed interface OfPods extends Event {}

    /**
     * The agent started: owned blocks become unvalidated. Of another boot: nothing is held, rests
     * or is marked any more.
     */
    record Started(UUID bootId) implements OfNode {}

    /**
     * The journal was begun in that boot in place of one that was lost: until the next boot its
     * install inherits nothing.
     */
    record JournalReplaced(UUID bootId) implements OfNode {}

    /**
     * A registration is about to be sent; the nonce settles its outcome when the answer is lost.
     */
    record IncarnationIntended(long incarnation, UUID nonce) implements OfNode {}

    /** The journal's blocks are as the store of that generation has them. */
    record StoreCompared(long generation, Optional<UUID> boot) implements OfNode {}

    record ClaimIntended(ClaimIntent intent) implements OfNode {}

    record ClaimAbandoned(BlockId block) implements OfNode {}

    record BlockAdopted(BlockId block, Token token) implements OfNode {}

    record BlockValidated(BlockId block) implements OfNode {}

    record BlockRetired(BlockId block) implements OfNode {}

    record BlockForgotten(BlockId block) implements OfNode {}

    /** The token is given for a block that the state does not know. */
    record BlockQuarantined(BlockId block, Cause cause, Optional<Token> token) implements OfNode {}

    record Allocated(Allocation allocation) implements OfPods {}

    /**
     * An ADD of another stamp was answered with what the attachment holds, and with a new sequence:
     * who saw the former one means a sandbox that may be gone.
     */
    record Renewed(Attachment attachment, long sequence, BootTime began, Workload workload)
            implements OfPods {}

    record Released(Attachment attachment, long sequence, BootTime at) implements OfPods {}

    record Marked(Attachment attachment, DelMarker marker) implements OfPods {}

    /**
     * The former namespaces of these resting addresses are gone, or nobody could look for long
     * enough.
     */
    record Vacated(List<BlockAddress> addresses) implements OfPods {
        public Vacated {
            addresses = List.copyOf(addresses);
        }
    }

    /** Written by snapshots only. */
    record Rested(BlockId block, Resting resting) implements OfPods {}

    /**
     * The floor under the sequences of a new journal, of another boot, or of a machine that was
     * wound back; and the latest given, in a snapshot.
     */
    record SequenceReached(long sequence) implements OfPods {}

    record PoolDefined(Pool pool) implements OfPods {}

    record PoolRemoved(PoolId pool) implements OfPods {}

    /** The pool has no free block, or the wanted block is another's; believed until then. */
    record Unavailable(Need need, BootTime until) implements OfPods {}
}
