package io.croft.adapter.etcd;

import io.croft.core.block.BlockId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The latest that was read of some installs and blocks, so that most changes need one round trip.
 * What is out of date here costs another one: each change compares what it rests on.
 */
final class Seen {
    private static final int MOST_BLOCKS = 512;
    private static final int MOST_INSTALLS = 32;

    private final Unreadable unreadable;
    private final Map<BlockId, BlockSeen> blocks = new Recent<>(MOST_BLOCKS);
    private final Map<UUID, InstallSeen> installs = new Recent<>(MOST_INSTALLS);

    private static final class Recent<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1;

        private final int most;

        Recent(int most) {
            this.most = most;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > most;
        }
    }

    /**
     * @param unreadable is told of blocks whose records cannot be read
     */
    Seen(Unreadable unreadable) {
        this.unreadable = unreadable;
    }

    synchronized Optional<BlockSeen> block(BlockId id) {
        return Optional.ofNullable(blocks.get(id));
    }

    synchronized Optional<InstallSeen> install(UUID id) {
        return Optional.ofNullable(installs.get(id));
    }

    BlockSeen saw(BlockSeen block) {
        unreadable.replace(block.key(), block.damage());
        synchronized (this) {
            blocks.remove(block.block());
            blocks.put(block.block(), block);
        }
        return block;
    }

    synchronized InstallSeen saw(UUID id, InstallSeen install) {
        installs.remove(id);
        installs.put(id, install);
        return install;
    }

    /** After a lost link another store may stand there, whose revisions run anew. */
    synchronized void forget() {
        blocks.clear();
        installs.clear();
    }
}
