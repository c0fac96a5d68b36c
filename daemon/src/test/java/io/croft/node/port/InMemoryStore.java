package io.croft.node.port;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolSet;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * A store without disk, threads and time: each call is made and answered at once, in the order of
 * the calls. Under a simulation the answers come on the caller's thread.
 */
public final class InMemoryStore
        implements BlockStore,
                InstallStore,
                PoolStore,
                StoreSession,
                Pressure,
                Mirror,
                ClusterDirectory {
    private final Map<BlockId, BlockOwner> blocks = new TreeMap<>();
    private final Map<UUID, Install> installs = new TreeMap<>();
    private final List<Runnable> hints = new ArrayList<>();
    private final Set<UUID> live = new TreeSet<>();
    private final Set<PoolId> pressed = new TreeSet<>();
    private final Map<UUID, Mirror.Copy> mirrored = new TreeMap<>();
    private final Map<UUID, Long> asserted = new TreeMap<>();
    private final List<Runnable> losses = new ArrayList<>();
    private PoolSet pools = PoolSet.EMPTY;
    private long generation = 1;
    private boolean frozen;

    @Override
    public synchronized CompletionStage<ClaimAnswer> claim(ClaimIntent intent, Registrant by) {
        return answer(decide(intent, by));
    }

    private ClaimAnswer decide(ClaimIntent intent, Registrant by) {
        BlockId block = intent.block();
        if (isSuperseded(by)) {
            return new ClaimAnswer.Denied(
                    Reason.INSTALL_SUPERSEDED.because("another incarnation registered"));
        }
        if (isTheirs(block, intent.next(), by)) {
            return new ClaimAnswer.Won();
        }
        if (frozen) {
            return new ClaimAnswer.Denied(Reason.STORE_FROZEN.because("the store is frozen"));
        }
        if (intent.next().generation() != generation) {
            return new ClaimAnswer.Denied(
                    Reason.STORE_UNAVAILABLE.because("the store has another generation"));
        }
        if (pools.find(block.pool()).isEmpty()) {
            return new ClaimAnswer.Denied(Reason.POOL_UNKNOWN.because("the pool is gone"));
        }
        BlockOwner now = blocks.get(block);
        boolean asExpected =
                now == null
                        ? intent.expected().isEmpty() && intent.from().isEmpty()
                        : intent.expected().filter(now.token()::equals).isPresent()
                                && intent.from().equals(now.install());
        if (!asExpected) {
            return new ClaimAnswer.Lost(Optional.ofNullable(now));
        }
        blocks.put(block, new BlockOwner(Optional.of(by.install()), by.node(), intent.next()));
        return new ClaimAnswer.Won();
    }

    private boolean isSuperseded(Registrant by) {
        Install now = installs.get(by.install());
        return now == null || now.incarnation() != by.incarnation();
    }

    private boolean isTheirs(BlockId block, Token token, Registrant by) {
        BlockOwner now = blocks.get(block);
        return now != null
                && now.token().equals(token)
                && now.install().equals(Optional.of(by.install()));
    }

    @Override
    public synchronized CompletionStage<Optional<BlockOwner>> read(BlockId block) {
        return answer(Optional.ofNullable(blocks.get(block)));
    }

    @Override
    public synchronized CompletionStage<Boolean> giveBack(
            BlockId block, Token token, Registrant by) {
        boolean theirs = isTheirs(block, token, by);
        boolean may = !isSuperseded(by) && !frozen;
        if (theirs && may) {
            blocks.put(block, new BlockOwner(Optional.empty(), "", token));
        }
        return answer(!theirs || may);
    }

    @Override
    public synchronized CompletionStage<BlockPage> page(Pool pool, long from, int most) {
        var owners = new TreeMap<BlockId, BlockOwner>();
        for (var entry : blocks.entrySet()) {
            BlockId block = entry.getKey();
            long index = pool.cidr().indexOf(block.cidr().first(), pool.blockPrefix());
            if (!block.pool().equals(pool.id()) || index < from) {
                continue;
            }
            if (owners.size() == most) {
                return answer(new BlockPage(owners, OptionalLong.of(index)));
            }
            owners.put(block, entry.getValue());
        }
        return answer(new BlockPage(owners, OptionalLong.empty()));
    }

    @Override
    public synchronized CompletionStage<Optional<BlockOwner>> reassert(
            BlockId block, Token token, Registrant by) {
        BlockOwner now = blocks.get(block);
        if (frozen && (now == null || now.token().compareTo(token) < 0)) {
            blocks.put(block, new BlockOwner(Optional.of(by.install()), by.node(), token));
        }
        return answer(Optional.ofNullable(blocks.get(block)));
    }

    @Override
    public synchronized CompletionStage<Standing> check() {
        return answer(new Standing(generation, frozen));
    }

    @Override
    public synchronized CompletionStage<Standing> freeze(String proof) {
        frozen = true;
        return check();
    }

    @Override
    public synchronized CompletionStage<Void> asserted(
            Registrant by, UUID boot, boolean replacesLost, long highestGeneration) {
        asserted.put(by.install(), highestGeneration);
        return CompletableFuture.completedFuture(null);
    }

    /** The installs that re-asserted since the freeze. */
    public synchronized Set<UUID> asserted() {
        return Set.copyOf(asserted.keySet());
    }

    /** The operator says that all who are missing are off. */
    public synchronized void unfreeze() {
        long highest = asserted.values().stream().mapToLong(Long::longValue).max().orElse(0);
        generation = Math.max(generation, highest) + 1;
        frozen = false;
        asserted.clear();
    }

    @Override
    public synchronized void onLost(Runnable lost) {
        losses.add(lost);
    }

    /** The link to the store breaks: everybody must look again. */
    public void loseLinks() {
        List.copyOf(losses).forEach(Runnable::run);
    }

    /** All that a backup holds, to go back to. */
    public synchronized Runnable backup() {
        var savedBlocks = new TreeMap<>(blocks);
        var savedInstalls = new TreeMap<>(installs);
        var savedLive = new TreeSet<>(live);
        PoolSet savedPools = pools;
        long savedGeneration = generation;
        return () -> {
            synchronized (this) {
                blocks.clear();
                blocks.putAll(savedBlocks);
                installs.clear();
                installs.putAll(savedInstalls);
                live.clear();
                live.addAll(savedLive);
                pools = savedPools;
                generation = savedGeneration;
                frozen = false;
            }
            loseLinks();
        };
    }

    @Override
    public synchronized CompletionStage<Void> raise(PoolId pool) {
        pressed.add(pool);
        return CompletableFuture.completedFuture(null);
    }

    /** The pressure lapses. */
    public synchronized void relax() {
        pressed.clear();
    }

    @Override
    public synchronized CompletionStage<Set<PoolId>> pressed() {
        return answer(Set.copyOf(pressed));
    }

    @Override
    public synchronized CompletionStage<Void> write(Registrant by, Copy copy) {
        mirrored.put(by.install(), copy);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<Optional<Copy>> copyOf(UUID install) {
        return answer(Optional.ofNullable(mirrored.get(install)));
    }

    @Override
    public synchronized CompletionStage<List<Member>> members(UUID after, int most) {
        return answer(
                installs.values().stream()
                        .filter(each -> each.id().toString().compareTo(after.toString()) > 0)
                        .sorted(Comparator.comparing(each -> each.id().toString()))
                        .limit(most)
                        .map(this::member)
                        .toList());
    }

    @Override
    public synchronized CompletionStage<List<Member>> membersOf(String node) {
        return answer(
                installs.values().stream()
                        .filter(each -> each.node().equals(node))
                        .map(this::member)
                        .toList());
    }

    private Member member(Install install) {
        long owned =
                blocks.values().stream()
                        .filter(owner -> owner.install().equals(Optional.of(install.id())))
                        .count();
        return new Member(install, live.contains(install.id()), true, owned);
    }

    @Override
    public synchronized CompletionStage<Long> reclaim(String node, String by) {
        List<Install> all =
                installs.values().stream().filter(each -> each.node().equals(node)).toList();
        if (all.isEmpty()) {
            return refused(Reason.NODE_UNKNOWN, "no such node");
        }
        if (all.stream().anyMatch(each -> live.contains(each.id()))) {
            return refused(Reason.NODE_LIVE, "it is live");
        }
        long taken = 0;
        for (Install each : all) {
            installs.remove(each.id());
            for (var entry : blocks.entrySet()) {
                if (entry.getValue().install().equals(Optional.of(each.id()))) {
                    entry.setValue(new BlockOwner(Optional.empty(), "", entry.getValue().token()));
                    taken++;
                }
            }
        }
        return answer(taken);
    }

    @Override
    public synchronized CompletionStage<Void> leave(Registrant by) {
        boolean owns =
                blocks.values().stream()
                        .anyMatch(owner -> owner.install().equals(Optional.of(by.install())));
        if (owns) {
            return refused(Reason.NODE_NOT_EMPTY, "it owns blocks");
        }
        installs.remove(by.install());
        live.remove(by.install());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<Boolean> keepAlive(Registrant by) {
        boolean mine = !isSuperseded(by);
        if (mine) {
            live.add(by.install());
        }
        return answer(mine);
    }

    @Override
    public synchronized CompletionStage<Void> endLife(Registrant by) {
        live.remove(by.install());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<Boolean> isLive(UUID install) {
        return answer(live.contains(install));
    }

    /** 45 s pass without a sign of life of that install. */
    public synchronized void lapse(UUID install) {
        live.remove(install);
    }

    private static <T> CompletionStage<T> refused(Reason reason, String why) {
        return CompletableFuture.failedFuture(reason.because(why).asException());
    }

    @Override
    public synchronized CompletionStage<Map<BlockId, Token>> owned(UUID install) {
        var owned = new TreeMap<BlockId, Token>();
        blocks.forEach((block, owner) -> {
            if (owner.install().equals(Optional.of(install))) {
                owned.put(block, owner.token());
            }
        });
        return answer(owned);
    }

    @Override
    public synchronized CompletionStage<Optional<Install>> read(UUID install) {
        return answer(Optional.ofNullable(installs.get(install)));
    }

    @Override
    public synchronized CompletionStage<List<Install>> ofNode(String node) {
        return answer(installs.values().stream().filter(each -> each.node().equals(node)).toList());
    }

    @Override
    public synchronized CompletionStage<Install> register(Install next, long expected) {
        Install now = installs.get(next.id());
        boolean nameTaken =
                installs.values().stream()
                        .anyMatch(other ->
                                !other.id().equals(next.id())
                                        && other.node().equals(next.node())
                                        && live.contains(other.id()));
        if (nameTaken) {
            return refused(Reason.NODE_NAME_TAKEN, "the name is taken");
        }
        if (now != null && live.contains(next.id()) && !now.bootId().equals(next.bootId())) {
            return refused(Reason.INSTALL_LIVE, "it is live in another boot");
        }
        if (now == null && expected != 0) {
            return CompletableFuture.failedFuture(
                    Reason.INSTALL_SUPERSEDED.because("there is no such install").asException());
        }
        if (now == null || now.incarnation() == expected) {
            installs.put(next.id(), next);
            return answer(next);
        }
        return answer(now);
    }

    @Override
    public synchronized CompletionStage<PoolSet> read() {
        return answer(pools);
    }

    @Override
    public synchronized CompletionStage<PoolSet> change(UnaryOperator<PoolSet> edit) {
        PoolSet next;
        try {
            next = edit.apply(pools);
            checkDropped(next);
        } catch (RejectedException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        pools = next;
        blocks.keySet().removeIf(block -> next.find(block.pool()).isEmpty());
        hints.forEach(Runnable::run);
        return answer(pools);
    }

    private void checkDropped(PoolSet next) {
        blocks.forEach((block, owner) -> {
            if (owner.install().isPresent() && next.find(block.pool()).isEmpty()) {
                throw Reason.POOL_NOT_EMPTY.because(block + " is owned").asException();
            }
        });
    }

    @Override
    public synchronized void watch(Runnable hint) {
        hints.add(hint);
    }

    private static <T> CompletionStage<T> answer(T value) {
        return CompletableFuture.completedFuture(value);
    }
}
