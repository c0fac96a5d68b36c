package io.croft.node.port;

import io.croft.core.engine.Timings;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolSet;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
public final class InMemoryStore extends InMemoryBlocks
        implements InstallStore, PoolStore, Pressure, Mirror, ClusterDirectory {
    private final List<Runnable> hints = new ArrayList<>();
    private final Map<UUID, Instant> signs = new TreeMap<>();
    private final Set<PoolId> pressed = new TreeSet<>();
    private final Map<UUID, Mirror.Copy> mirrored = new TreeMap<>();
    private final Set<UUID> reclaiming = new HashSet<>();
    private Instant now = Instant.EPOCH;

    /** Time passes, as far as anybody tells: signs of life lapse by it. */
    public synchronized void passTo(Instant time) {
        now = time.isAfter(now) ? time : now;
    }

    private boolean lives(UUID install) {
        Instant sign = signs.get(install);
        return sign != null && now.isBefore(sign.plus(Timings.LIFE));
    }

    @Override
    public synchronized CompletionStage<Void> raise(PoolId pool) {
        pressed.add(pool);
        return CompletableFuture.completedFuture(null);
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
        return new Member(install, lives(install.id()), true, owned);
    }

    @Override
    public synchronized CompletionStage<Long> reclaim(String node, PoweredOff word) {
        List<Install> all =
                installs.values().stream().filter(each -> each.node().equals(node)).toList();
        if (all.isEmpty()) {
            return refused(Reason.NODE_UNKNOWN, "no such node");
        }
        if (all.stream().anyMatch(each -> lives(each.id()))) {
            return refused(Reason.NODE_LIVE, "it is live");
        }
        all.forEach(each -> {
            installs.remove(each.id());
            reclaiming.remove(each.id());
        });
        return answer(all.stream().mapToLong(each -> tombstones(each.id())).sum());
    }

    private long tombstones(UUID owner) {
        long taken = 0;
        for (var entry : blocks.entrySet()) {
            if (entry.getValue().install().equals(Optional.of(owner))) {
                entry.setValue(new BlockOwner(Optional.empty(), "", entry.getValue().token()));
                taken++;
            }
        }
        return taken;
    }

    /** A reclaim that is cut off before the record goes. */
    public synchronized void beginReclaim(UUID install) {
        reclaiming.add(install);
        tombstones(install);
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
        signs.remove(by.install());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<Boolean> keepAlive(Registrant by) {
        boolean mine = !isSuperseded(by) && !reclaiming.contains(by.install());
        if (mine) {
            signs.put(by.install(), now);
        }
        return answer(mine);
    }

    @Override
    public synchronized CompletionStage<Void> endLife(Registrant by) {
        signs.remove(by.install());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized CompletionStage<Boolean> isLive(UUID install) {
        return answer(lives(install));
    }

    @Override
    public synchronized CompletionStage<Boolean> forget(Install former) {
        boolean owns =
                blocks.values().stream()
                        .anyMatch(owner -> owner.install().equals(Optional.of(former.id())));
        return answer(!owns && !lives(former.id()) && installs.remove(former.id(), former));
    }

    /** 45 s pass without a sign of life of that install. */
    public synchronized void lapse(UUID install) {
        signs.remove(install);
    }

    private static <T> CompletionStage<T> refused(Reason reason, String why) {
        return CompletableFuture.failedFuture(reason.because(why).asException());
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
                                        && lives(other.id()));
        if (nameTaken) {
            return refused(Reason.NODE_NAME_TAKEN, "the name is taken");
        }
        if (reclaiming.contains(next.id())) {
            return refused(Reason.INSTALL_SUPERSEDED, "its blocks are being reclaimed");
        }
        if (now != null && lives(next.id()) && !now.bootId().equals(next.bootId())) {
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
            boolean dropped =
                    pools.find(block.pool()).isPresent() && next.find(block.pool()).isEmpty();
            if (owner.install().isPresent() && dropped) {
                throw Reason.POOL_NOT_EMPTY.because(block + " is owned").asException();
            }
        });
    }

    @Override
    public synchronized void watch(Runnable hint) {
        hints.add(hint);
    }
}
