package io.croft.core.engine;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.DelMarker;
import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.pool.Cooldown;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;

/**
 * All that a decision or a duty may look at. On the loop's thread, until its next turn; nobody but
 * the state changes it.
 */
public interface NodeView {
    NodeProfile profile();

    Optional<UUID> bootId();

    /** The boot in which this journal was begun in place of a lost one; empty: it was not. */
    Optional<UUID> replacedIn();

    /** The registration that was journalled last, if any. */
    Optional<Event.IncarnationIntended> incarnation();

    /**
     * Generation of the store with which the blocks were last compared; 0: an older one, or none.
     */
    long comparedGeneration();

    /**
     * The boot in which all blocks were last compared with an answering store; empty: never, or the
     * machine was wound back since. Only a journal that was confirmed in its boot may be trusted.
     */
    Optional<UUID> comparedIn();

    /**
     * Rises whenever owned blocks became unvalidated: at a start, and when the machine was wound
     * back. To be compared within one process only.
     */
    long starts();

    Collection<Pool> pools();

    Optional<Pool> pool(PoolId id);

    Optional<Pool> pool(String name);

    /** Blocks of the pool in every state of ownership, in the order of their addresses. */
    Collection<Block> blocks(PoolId pool);

    Optional<Block> block(BlockId id);

    Collection<Block> blocks();

    Optional<Allocation> allocation(Attachment attachment);

    /**
     * The one allocation of that container and interface in whatever network; empty when there are
     * none or several.
     */
    Optional<Allocation> soleAllocation(String containerId, String ifName);

    /** In no order. */
    Collection<Allocation> allocations();

    Optional<DelMarker> marker(Attachment attachment);

    /** Markers that were forgotten before their time because there were too many. */
    long markersDropped();

    /** Until when the need is believed to be unanswerable; empty: not known to be. */
    Optional<BootTime> unavailable(Need need, Moment now);

    /** How long addresses of a pool rest; the default where the pool is not known. */
    default Duration cooldown(PoolId id) {
        return pool(id).map(Pool::cooldown).orElse(Cooldown.DEFAULT).time();
    }

    /** The number that the next allocation gets. */
    long nextSequence();
}
