package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.core.time.Clock;
import io.croft.node.port.Install;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.InstallStore;
import io.croft.node.port.Registrant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The installs, in etcd. A registration is a sign of life at the same time: from its transaction on
 * nobody else has the name.
 */
final class EtcdInstallStore implements InstallStore {
    private final Continuity session;
    private final Keys keys;
    private final Clock clock;
    private final Seen seen;
    private final SignOfLife life;

    EtcdInstallStore(Continuity session, Keys keys, Clock clock, Seen seen, SignOfLife life) {
        this.session = session;
        this.keys = keys;
        this.clock = clock;
        this.seen = seen;
        this.life = life;
    }

    @Override
    public CompletionStage<Optional<Install>> read(UUID install) {
        return session.commit(Change.read(new Get(keys.install(install))))
                .thenApply(answer -> {
                    InstallSeen found = InstallSeen.of(install, keys, answer.readings().getFirst());
                    found.requireReadable();
                    return seen.saw(install, found).install();
                });
    }

    /** Those that the name leads to, and led to as far as blocks may still be theirs. */
    @Override
    public CompletionStage<List<Install>> ofNode(String node) {
        return namesakes(node).thenApply(all -> all.stream().map(Namesake::install).toList());
    }

    @Override
    public CompletionStage<List<Install>> predecessors(InstallIdentity heir) {
        return namesakes(heir.node())
                .thenApply(all ->
                        all.stream()
                                .filter(each -> !each.isLive())
                                .map(Namesake::install)
                                .filter(each -> !each.id().equals(heir.installId()))
                                .filter(each -> each.hardwareId().equals(heir.hardwareId()))
                                .toList());
    }

    private record Namesake(Install install, boolean isLive) {}

    private CompletionStage<List<Namesake>> namesakes(String node) {
        return session.commit(Change.read(new Get(keys.node(node))))
                .thenCompose(answer -> {
                    List<UUID> ids = NodeSeen.of(keys, node, answer.readings().getFirst()).all();
                    var reads = new ArrayList<Step>();
                    for (UUID id : ids) {
                        reads.add(new Get(keys.install(id)));
                        reads.add(new Get(keys.live(id)));
                    }
                    return session.commit(Change.read(reads))
                            .thenApply(found -> namesakes(ids, found.readings()));
                });
    }

    private List<Namesake> namesakes(List<UUID> ids, List<Etcd.Reading> readings) {
        var all = new ArrayList<Namesake>();
        for (int i = 0; i < ids.size(); i++) {
            boolean live = readings.get(2 * i + 1).count() > 0;
            InstallSeen.of(ids.get(i), keys, readings.get(2 * i))
                    .install()
                    .ifPresent(install -> all.add(new Namesake(install, live)));
        }
        return all;
    }

    @Override
    public CompletionStage<Install> register(Install next, long expectedIncarnation) {
        return new RegisterTransaction(session, keys, clock, seen, life, next, expectedIncarnation)
                .make();
    }

    @Override
    public CompletionStage<Boolean> keepAlive(Registrant by) {
        return life.keep(by);
    }

    @Override
    public CompletionStage<Void> endLife(Registrant by) {
        return life.end(by);
    }

    @Override
    public CompletionStage<Boolean> isLive(UUID install) {
        return session.commit(Change.read(new Get(keys.live(install))))
                .thenApply(answer -> answer.readings().getFirst().count() > 0);
    }

    @Override
    public CompletionStage<Boolean> forget(Install former) {
        UUID id = former.id();
        return session.commit(Change.read(new Get(keys.install(id))))
                .thenCompose(answer -> {
                    InstallSeen now = InstallSeen.of(id, keys, answer.readings().getFirst());
                    return now.install().equals(Optional.of(former)) && !now.isReclaiming()
                            ? new ForgetInstall(session, keys)
                                    .make(
                                            id,
                                            now,
                                            former.node(),
                                            List.of(
                                                    Condition.missing(keys.live(id)),
                                                    Condition.none(keys.ownedBy(id))))
                            : Retries.done(false);
                });
    }
}
