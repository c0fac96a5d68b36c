package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Range;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.node.port.BlockOwner;
import io.croft.node.port.BlockPage;
import io.croft.node.port.BlockStore;
import io.croft.node.port.Registrant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * Who owns which block, in etcd. A record that cannot be read counts as taken: a block that nobody
 * may have costs addresses, one that two have the promise.
 */
final class EtcdBlockStore implements BlockStore {
    private static final int TRIES = 5;

    private final Continuity session;
    private final Keys keys;
    private final Catalogue pools;
    private final Seen seen;

    EtcdBlockStore(Continuity session, Keys keys, Catalogue pools, Seen seen) {
        this.session = session;
        this.keys = keys;
        this.pools = pools;
        this.seen = seen;
    }

    @Override
    public CompletionStage<ClaimAnswer> claim(ClaimIntent intent, Registrant by) {
        return new Claim(session, keys, pools, seen, intent, by).make();
    }

    @Override
    public CompletionStage<Optional<BlockOwner>> read(BlockId block) {
        return session.commit(Change.read(new Get(keys.block(block))))
                .thenApply(answer -> saw(block, answer.readings().getFirst()).owner());
    }

    private BlockSeen saw(BlockId block, Reading reading) {
        return seen.saw(BlockSeen.of(block, keys, reading));
    }

    /** What a return or a re-assertion rests on. */
    private record Facts(BlockSeen block, Meta meta, InstallSeen install) {
        List<Condition> unchanged() {
            return List.of(
                    block.unchanged(), Condition.unchanged(meta.entry()), install.unchanged());
        }
    }

    private List<Step> reads(BlockId block, Registrant by) {
        return List.of(
                new Get(keys.block(block)),
                new Get(keys.meta()),
                new Get(keys.install(by.install())));
    }

    private Facts facts(BlockId block, Registrant by, Answer answer) {
        List<Reading> readings = answer.readings();
        return new Facts(
                saw(block, readings.get(0)),
                session.saw(readings.get(1)),
                seen.saw(by.install(), InstallSeen.of(by.install(), keys, readings.get(2))));
    }

    private CompletionStage<Facts> look(BlockId block, Registrant by) {
        return session.commitChecked(Change.read(reads(block, by)))
                .thenApply(answer -> facts(block, by, answer));
    }

    private Optional<Facts> remembered(BlockId block, Registrant by) {
        return seen.block(block)
                .flatMap(known ->
                        session.meta()
                                .flatMap(meta ->
                                        seen.install(by.install())
                                                .map(install -> new Facts(known, meta, install))));
    }

    @Override
    public CompletionStage<Boolean> giveBack(BlockId block, Token token, Registrant by) {
        return Retries.until(
                TRIES,
                "the return of block " + block,
                () -> {
                    Optional<Facts> known =
                            remembered(block, by)
                                    .filter(facts -> returned(facts, token, by).isEmpty());
                    return known.isPresent()
                            ? tombstone(known.get(), token, by)
                            : look(block, by).thenApply(facts -> returned(facts, token, by));
                });
    }

    /** How a return is answered without being sent; empty: it may be sent. */
    private static Optional<Boolean> returned(Facts facts, Token token, Registrant by) {
        if (!facts.block().isOwnedBy(by.install(), token)) {
            return Optional.of(true);
        }
        return facts.install().isOf(by) && !facts.meta().isFrozen()
                ? Optional.empty()
                : Optional.of(false);
    }

    private CompletionStage<Optional<Boolean>> tombstone(Facts on, Token token, Registrant by) {
        BlockId block = on.block().block();
        Change change = new Change(on.unchanged(), on.block().tombstone(keys), reads(block, by));
        return session.commitChecked(change)
                .thenApply(answer ->
                        answer.matched()
                                ? Optional.of(true)
                                : returned(facts(block, by, answer), token, by));
    }

    @Override
    public CompletionStage<Optional<BlockOwner>> reassert(
            BlockId block, Token token, Registrant by) {
        return Retries.until(
                TRIES,
                "the re-assertion of block " + block,
                () -> look(block, by).thenCompose(facts -> reassert(facts, token, by)));
    }

    private CompletionStage<Optional<Optional<BlockOwner>>> reassert(
            Facts facts, Token token, Registrant by) {
        Optional<BlockOwner> now = facts.block().owner();
        boolean higher =
                now.isEmpty()
                        || (!now.get().equals(Values.UNREADABLE)
                                && now.get().token().compareTo(token) < 0);
        if (!facts.meta().isFrozen() || !higher) {
            return Retries.done(Optional.of(now));
        }
        if (!facts.install().isOf(by)) {
            return Retries.refused(facts.install().superseded(by));
        }
        List<Step> steps = new ArrayList<>(facts.block().give(keys, by, token));
        steps.add(facts.meta().assertionMade(keys));
        return session.commitChecked(new Change(facts.unchanged(), steps, List.of()))
                .thenApply(answer ->
                        answer.matched()
                                ? Optional.of(
                                        Optional.of(
                                                new BlockOwner(
                                                        Optional.of(by.install()),
                                                        by.node(),
                                                        token)))
                                : Optional.empty());
    }

    @Override
    public CompletionStage<Map<BlockId, Token>> owned(UUID install) {
        return new OwnedBlocks(session, keys, seen, install).read();
    }

    @Override
    public CompletionStage<BlockPage> page(Pool pool, long from, int most) {
        Keys.KeyRange all = keys.blocks(pool.id());
        if (from >= pool.blocks()) {
            return Retries.done(new BlockPage(Map.of(), OptionalLong.empty()));
        }
        String first = keys.block(new BlockId(pool.id(), pool.block(from)));
        return session.commit(
                        Change.read(new Range(first, all.to(), Math.max(1, most), Form.VALUES)))
                .thenApply(answer -> page(pool, answer.readings().getFirst()));
    }

    private BlockPage page(Pool pool, Reading reading) {
        var owners = new TreeMap<BlockId, BlockOwner>();
        for (Entry entry : reading.entries()) {
            Keys.blockOf(entry.key())
                    .filter(block -> isPart(pool, block))
                    .ifPresent(block -> {
                        BlockSeen record = BlockSeen.of(block, entry.key(), Optional.of(entry));
                        owners.put(block, seen.saw(record).owner().orElseThrow());
                    });
        }
        boolean more = reading.count() > reading.entries().size();
        if (!more || owners.isEmpty()) {
            // Keys that are no blocks of ours sort behind all that are.
            return new BlockPage(owners, OptionalLong.empty());
        }
        long last = pool.cidr().indexOf(owners.lastKey().cidr().first(), pool.blockPrefix());
        return new BlockPage(
                owners,
                last + 1 < pool.blocks() ? OptionalLong.of(last + 1) : OptionalLong.empty());
    }

    private static boolean isPart(Pool pool, BlockId block) {
        return block.pool().equals(pool.id())
                && block.cidr().prefix() == pool.blockPrefix()
                && pool.cidr().contains(block.cidr());
    }
}
