package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Delete;
import io.croft.adapter.etcd.Etcd.Step.DeleteRange;
import io.croft.adapter.etcd.Etcd.Step.Get;
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

    /** Empty: something changed meanwhile. Refused where no migration of that install is open. */
    CompletionStage<Optional<Boolean>> make() {
        Set<PoolId> used = new HashSet<>();
        return session.commitChecked(Change.read(new Get(keys.meta()), new Get(keys.importing())))
                .thenCompose(answer -> {
                    Meta meta = session.requireServing(answer.readings().getFirst());
                    Entry marker =
                            answer.readings().getLast().entries().stream()
                                    .filter(each -> each.value().strip().equals(marker(install)))
                                    .findFirst()
                                    .orElseThrow(() -> noMigration().asException());
                    return KeyPages.over(
                                    session,
                                    keys.ownedBy(install),
                                    Form.KEYS,
                                    each ->
                                            Keys.blockOf(each.key())
                                                    .map(BlockId::pool)
                                                    .ifPresent(used::add))
                            .thenCompose(_ -> catalogue.reread())
                            .thenCompose(pools -> delete(meta, marker, used, pools.set()));
                });
    }

    /** Never in a pool that others see. */
    private CompletionStage<Optional<Boolean>> delete(
            Meta meta, Entry marker, Set<PoolId> used, PoolSet visible) {
        var steps = new ArrayList<Step>();
        steps.add(new Delete(marker.key()));
        steps.add(range(keys.ownedBy(install)));
        used.stream()
                .filter(pool -> visible.find(pool).isEmpty())
                .forEach(pool -> steps.add(range(keys.blocks(pool))));
        List<Condition> conditions =
                List.of(
                        Condition.unchanged(meta.entry()),
                        Condition.unchanged(marker),
                        Condition.missing(keys.install(install)));
        return session.commitChecked(new Change(conditions, steps, List.of()))
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
