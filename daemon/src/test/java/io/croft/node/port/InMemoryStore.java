package io.croft.node.port;

import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.PoolSet;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * A store without disk, threads and time: each call is made and answered at once, in the order of
 * the calls. Under a simulation the answers come on the caller's thread.
 */
public final class InMemoryStore implements BlockStore, InstallStore, PoolStore {
    private final Map<BlockId, BlockOwner> blocks = new TreeMap<>();
    private final Map<UUID, Install> installs = new TreeMap<>();
    private final List<Runnable> hints = new ArrayList<>();
    private PoolSet pools = PoolSet.EMPTY;

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
        if (theirs && !isSuperseded(by)) {
            blocks.put(block, new BlockOwner(Optional.empty(), "", token));
        }
        return answer(!theirs || !isSuperseded(by));
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
