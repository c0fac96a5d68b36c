package io.croft.agent;

import io.croft.node.port.BlockStore;
import io.croft.node.port.ClusterDirectory;
import io.croft.node.port.InstallStore;
import io.croft.node.port.Mirror;
import io.croft.node.port.PoolStore;
import io.croft.node.port.Pressure;
import io.croft.node.port.StoreSession;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The one store of an agent, by what is asked of it.
 *
 * @param name as {@code croft status} shows it
 * @param isUsed it has seen an install that had its journal in this state directory: then a missing
 *     journal is a lost one
 * @param writes how often a store in the state directory was written, for the sign of health; 0 for
 *     any other
 * @param damaged what cannot be read of it, in sentences for people
 * @param remember keeps on disk what the next agent must know of it; called every few seconds, by
 *     one thread that may wait
 * @param end lets go of it; nothing is asked of it afterwards
 */
record Store(
        String name,
        BlockStore blocks,
        InstallStore installs,
        PoolStore pools,
        StoreSession session,
        Pressure pressure,
        Mirror mirror,
        ClusterDirectory directory,
        boolean isUsed,
        LongSupplier writes,
        Supplier<List<String>> damaged,
        Runnable remember,
        Runnable end)
        implements AutoCloseable {
    /** How the store is opened that the configuration names. */
    @FunctionalInterface
    interface Opener {
        /**
         * Opens it without waiting for anybody; refuses to start on what it finds in the state
         * directory.
         *
         * @param report told in a sentence what is odd
         */
        Store open(Recovery recovery, Consumer<String> report) throws IOException;
    }

    @Override
    public void close() {
        end.run();
    }
}
