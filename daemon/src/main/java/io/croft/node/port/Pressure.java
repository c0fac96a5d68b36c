package io.croft.node.port;

import io.croft.core.pool.PoolId;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The pools in which some node found no free block a while ago: others then keep nothing ready in
 * them and give idle blocks back early. A hint; outcome and threading as in {@link BlockStore}.
 */
public interface Pressure {
    /** Says so for the next minutes; it lapses by itself. */
    CompletionStage<Void> raise(PoolId pool);

    CompletionStage<Set<PoolId>> pressed();
}
