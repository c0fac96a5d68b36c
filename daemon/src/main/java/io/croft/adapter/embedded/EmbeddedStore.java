package io.croft.adapter.embedded;

import io.croft.adapter.file.Disk;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.time.Clock;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.BlockPage;
import io.croft.node.port.BlockStore;
import io.croft.node.port.Install;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.InstallStore;
import io.croft.node.port.PoolStore;
import io.croft.node.port.Registrant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The store of a single node: {@code store.json} in the state directory is the truth about pools,
 * external ranges and ownership, as etcd is in a cluster.
 *
 * <p>A thread of its own makes one call after the other and alone touches the file; who opens it
 * holds the state directory's lock. An answer is given after the file was replaced; after a failed
 * write the file is read again before anything else is answered.
 */
public final class EmbeddedStore implements BlockStore, InstallStore, PoolStore, AutoCloseable {
    private final StoreFile file;
    private final Document opened;
    private final Clock clock;
    private final List<Runnable> hints = new CopyOnWriteArrayList<>();
    private final StoreThread thread;

    /** Which of the installs this process is. */
    private volatile Optional<UUID> running = Optional.empty();

    private EmbeddedStore(StoreFile file, Document opened, Clock clock) {
        this.file = file;
        this.opened = opened;
        this.clock = clock;
        this.thread = new StoreThread(file.path());
    }

    /**
     * Opens the store of a state directory; refuses with CANNOT_START what it cannot use.
     *
     * @param hasJournal whether the directory has a journal: then the store must be there too
     * @param uuids where a new store gets its identity
     */
    public static EmbeddedStore open(
            Disk disk, Path directory, boolean hasJournal, Supplier<UUID> uuids, Clock clock) {
        StoreFile file = StoreFile.open(disk, directory, hasJournal, uuids);
        try {
            return new EmbeddedStore(file, file.document(), clock);
        } catch (IOException e) {
            throw DocumentReader.unusable(file.path(), e.toString());
        }
    }

    /** Identity of this store; made with it. */
    public UUID cluster() {
        return opened.cluster();
    }

    /** The generation of tokens. */
    public long generation() {
        return opened.generation();
    }

    /** How often the file was written, before this process and by it. Any thread. */
    public long writes() {
        return file.writes();
    }

    /**
     * Whether an install had registered when it was opened: then a missing journal is a lost one.
     */
    public boolean isUsed() {
        return !opened.installs().isEmpty();
    }

    /** What was skipped when it was opened, for the log. */
    public List<String> damaged() {
        return opened.damaged();
    }

    @Override
    public CompletionStage<ClaimAnswer> claim(ClaimIntent intent, Registrant by) {
        return call(() -> {
            Document now = file.document();
            ClaimAnswer answer = OwnershipRules.claim(now, intent, by);
            if (answer instanceof ClaimAnswer.Won && !isOwned(now, intent)) {
                file.write(
                        now.with(
                                intent.block(),
                                new BlockOwner(
                                        Optional.of(by.install()), by.node(), intent.next())));
            }
            return answer;
        });
    }

    private static boolean isOwned(Document now, ClaimIntent intent) {
        return now.owner(intent.block())
                .filter(owner -> owner.token().equals(intent.next()))
                .isPresent();
    }

    @Override
    public CompletionStage<Optional<BlockOwner>> read(BlockId block) {
        return call(() -> file.document().owner(block));
    }

    @Override
    public CompletionStage<Boolean> giveBack(BlockId block, Token token, Registrant by) {
        return call(() -> {
            Document now = file.document();
            if (!OwnershipRules.isOwned(now, block, token, by.install())) {
                return true;
            }
            if (!OwnershipRules.isCurrent(now, by)) {
                return false;
            }
            file.write(now.with(block, new BlockOwner(Optional.empty(), "", token)));
            return true;
        });
    }

    @Override
    public CompletionStage<Map<BlockId, Token>> owned(UUID install) {
        return call(() -> OwnershipRules.owned(file.document(), install));
    }

    @Override
    public CompletionStage<Optional<Install>> read(UUID install) {
        return call(() -> file.document().install(install));
    }

    @Override
    public CompletionStage<List<Install>> ofNode(String node) {
        return call(() ->
                file.document().installs().values().stream()
                        .filter(install -> install.node().equals(node))
                        .toList());
    }

    @Override
    public CompletionStage<List<Install>> predecessors(InstallIdentity heir) {
        return call(() ->
                file.document().installs().values().stream()
                        .filter(install -> !install.id().equals(heir.installId()))
                        .toList());
    }

    @Override
    public CompletionStage<Install> register(Install next, long expectedIncarnation) {
        return call(() -> {
            Document now = file.document();
            Optional<Install> there = now.install(next.id());
            if (there.map(Install::incarnation).orElse(0L) == expectedIncarnation) {
                file.write(now.with(next, clock.now().wall()));
                running = Optional.of(next.id());
                return next;
            }
            return there.orElseThrow(() -> OwnershipRules.unknownInstall(next.id()));
        });
    }

    /** Whether it registered in this process. */
    boolean isRunning(UUID install) {
        return running.filter(install::equals).isPresent();
    }

    /** All installs by id, each with how many blocks it owns. */
    CompletionStage<SortedMap<Install, Long>> installs() {
        return call(() -> {
            Document now = file.document();
            var all =
                    new TreeMap<Install, Long>(
                            Comparator.comparing(install -> install.id().toString()));
            now.installs()
                    .forEach((id, install) ->
                            all.put(install, (long) OwnershipRules.owned(now, id).size()));
            return all;
        });
    }

    @Override
    public CompletionStage<BlockPage> page(Pool pool, long from, int most) {
        return call(() -> OwnershipRules.page(file.document(), pool, from, most));
    }

    /** It is never frozen. */
    @Override
    public CompletionStage<Optional<BlockOwner>> reassert(
            BlockId block, Token token, Registrant by) {
        return read(block);
    }

    @Override
    public CompletionStage<Boolean> keepAlive(Registrant by) {
        return call(() -> OwnershipRules.isCurrent(file.document(), by));
    }

    /** The state directory's lock says who lives. */
    @Override
    public CompletionStage<Void> endLife(Registrant by) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Boolean> isLive(UUID install) {
        return CompletableFuture.completedFuture(false);
    }

    @Override
    public CompletionStage<Boolean> forget(Install former) {
        return call(() -> {
            Document now = file.document();
            boolean idle =
                    now.install(former.id()).filter(former::equals).isPresent()
                            && OwnershipRules.owned(now, former.id()).isEmpty();
            if (idle) {
                file.write(now.without(former.id()));
            }
            return idle;
        });
    }

    @Override
    public CompletionStage<PoolSet> read() {
        return call(() -> file.document().pools());
    }

    @Override
    public CompletionStage<PoolSet> change(UnaryOperator<PoolSet> edit) {
        return call(() -> {
            Document now = file.document();
            PoolSet next = edit.apply(now.pools());
            if (!next.equals(now.pools())) {
                OwnershipRules.checkDropped(now, next);
                file.write(now.with(next));
                hints.forEach(Runnable::run);
            }
            return next;
        });
    }

    @Override
    public void watch(Runnable hint) {
        hints.add(hint);
    }

    private <T> CompletionStage<T> call(StoreThread.Call<T> call) {
        return thread.call(call);
    }

    /** Makes the calls that wait, and ends. */
    @Override
    public void close() {
        thread.close();
    }
}
