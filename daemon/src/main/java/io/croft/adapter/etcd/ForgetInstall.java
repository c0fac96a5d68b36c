package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Delete;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.core.rejection.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The removal of an install's record, and of all that is kept under its id beside blocks: one
 * transaction in a store that serves. A name that led to it leads to the latest that is left, or
 * goes; one that cannot be read stays as it is.
 */
final class ForgetInstall {
    private final Continuity session;
    private final Keys keys;

    ForgetInstall(Continuity session, Keys keys) {
        this.session = session;
        this.keys = keys;
    }

    /**
     * False: the record, the name or the store changed meanwhile, or another condition did not
     * hold.
     */
    CompletionStage<Boolean> make(
            UUID id, InstallSeen record, String node, List<Condition> conditions) {
        return session.commitChecked(Change.read(new Get(keys.meta()), new Get(keys.node(node))))
                .thenCompose(answer -> {
                    Meta meta = session.requireServing(answer.readings().getFirst());
                    var all = new ArrayList<>(conditions);
                    all.add(Condition.unchanged(meta.entry()));
                    all.add(record.unchanged());
                    var steps = new ArrayList<Step>();
                    steps.add(new Delete(record.key()));
                    steps.add(new Delete(keys.live(id)));
                    steps.add(new Delete(keys.mirror(id)));
                    steps.add(new Delete(keys.asserted(id)));
                    name(node, answer.readings().getLast())
                            .ifPresent(name -> {
                                all.add(name.unchanged());
                                steps.addAll(without(name, id));
                            });
                    return session.commitChecked(new Change(all, steps, List.of()));
                })
                .thenApply(Etcd.Answer::matched);
    }

    private Optional<NodeSeen> name(String node, Reading reading) {
        try {
            return Optional.of(NodeSeen.of(keys, node, reading));
        } catch (RejectedException unreadable) {
            return Optional.empty();
        }
    }

    private static List<Step> without(NodeSeen name, UUID install) {
        if (!name.all().contains(install)) {
            return List.of();
        }
        List<UUID> left = name.formerOf(install);
        return left.isEmpty()
                ? List.of(new Delete(name.key()))
                : List.of(
                        new Put(
                                name.key(),
                                name.text(left.getLast(), left.subList(0, left.size() - 1))));
    }
}
