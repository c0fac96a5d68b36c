package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Delete;
import io.croft.adapter.etcd.Etcd.Step.DeleteRange;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.core.block.BlockId;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolSet;
import io.croft.core.rejection.Rejection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The undoing of an install's migration that was begun and not finished: its blocks go, as far as
 * nobody sees their pools, and its marker. It rests on what is in etcd alone.
 *
 * <p>The marker is written anew first, so that a migration that goes on beside it writes nothing
 * more. Where the install is in the store the migration came to its end, in what a backup lost, and
 * only the marker goes.
 */
final class UndoMigration {
    private final Continuity session;
    private final Keys keys;
    private final Catalogue catalogue;
    private final UUID install;

    UndoMigration(Continuity session, Keys keys, Catalogue catalogue, UUID install) {
        this.session = session;
        this.keys = keys;
        this.catalogue = catalogue;
        this.install = install;
    }

    /** The value that marks a migration. */
    static String marker(UUID install) {
        return "\"" + install + "\"";
    }

    private record Facts(Meta meta, Entry marker, InstallSeen install) {
        List<Condition> unchanged() {
            return List.of(
                    Condition.unchanged(meta.entry()),
                    Condition.unchanged(marker),
                    install.unchanged());
        }
    }

    /** Empty: something changed meanwhile. Refused where no migration of that install is open. */
    CompletionStage<Optional<Boolean>> make() {
        return look().thenCompose(this::fence)
                .thenCompose(fenced -> fenced ? look().thenCompose(this::undo) : overtaken());
    }

    private CompletionStage<Facts> look() {
        return session.commitChecked(
                        Change.read(
                                new Get(keys.meta()),
                                new Get(keys.importing()),
                                new Get(keys.install(install))))
                .thenApply(answer ->
                        new Facts(
                                session.requireServing(answer.readings().get(0)),
                                answer.readings()
                                        .get(1)
                                        .first()
                                        .filter(each ->
                                                each.value().strip().equals(marker(install)))
                                        .orElseThrow(() -> noMigration().asException()),
                                InstallSeen.of(install, keys, answer.readings().get(2))));
    }

    private CompletionStage<Boolean> fence(Facts facts) {
        return session.commitChecked(
                        new Change(
                                facts.unchanged(),
                                List.of(new Put(keys.importing(), marker(install))),
                                List.of()))
                .thenApply(Answer::matched);
    }

    private static CompletionStage<Optional<Boolean>> overtaken() {
        return Retries.done(Optional.empty());
    }

    private CompletionStage<Optional<Boolean>> undo(Facts facts) {
        if (facts.install().entry().isPresent()) {
            return commit(facts, List.of(new Delete(facts.marker().key())));
        }
        Set<PoolId> used = new HashSet<>();
        return KeyPages.over(
                        session,
                        keys.ownedBy(install),
                        Form.KEYS,
                        each -> Keys.blockOf(each.key()).map(BlockId::pool).ifPresent(used::add))
                .thenCompose(_ -> catalogue.reread())
                .thenCompose(pools -> commit(facts, deletions(facts, used, pools.set())));
    }

    /** Never in a pool that others see. */
    private List<Step> deletions(Facts facts, Set<PoolId> used, PoolSet visible) {
        var steps = new ArrayList<Step>();
        steps.add(new Delete(facts.marker().key()));
        steps.add(range(keys.ownedBy(install)));
        used.stream()
                .filter(pool -> visible.find(pool).isEmpty())
                .forEach(pool -> steps.add(range(keys.blocks(pool))));
        return steps;
    }

    private CompletionStage<Optional<Boolean>> commit(Facts facts, List<Step> steps) {
        return session.commitChecked(new Change(facts.unchanged(), steps, List.of()))
                .thenApply(answer -> answer.matched() ? Optional.of(true) : Optional.empty());
    }

    private static DeleteRange range(Keys.KeyRange range) {
        return new DeleteRange(range.from(), range.to());
    }

    private Rejection noMigration() {
        return Rejection.invalid(
                        "abandon", install.toString(), "no migration of that install is unfinished")
                .remedy("croft audit names the one that is");
    }
}
