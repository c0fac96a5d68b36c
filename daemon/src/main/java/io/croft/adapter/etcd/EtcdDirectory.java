package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Range;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.time.Clock;
import io.croft.node.port.ClusterDirectory;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The installs of a cluster as its operators see them. */
final class EtcdDirectory implements ClusterDirectory {
    /** What one transaction can ask about. */
    private static final int MOST_MEMBERS = 60;

    private static final int TRIES = 5;

    private final Continuity session;
    private final Keys keys;
    private final Clock clock;

    EtcdDirectory(Continuity session, Keys keys, Clock clock) {
        this.session = session;
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public CompletionStage<List<Member>> members(UUID after, int most) {
        return new Members(most, keys.kind("installs").after(keys.install(after))).read();
    }

    /** Pages of installs, until there are as many as were asked for. */
    private final class Members {
        private final int most;
        private final List<Member> found = new ArrayList<>();
        private Keys.KeyRange left;

        Members(int most, Keys.KeyRange left) {
            this.most = most;
            this.left = left;
        }

        CompletionStage<List<Member>> read() {
            return Retries.until(Integer.MAX_VALUE, "the list of installs", this::page);
        }

        private CompletionStage<Optional<List<Member>>> page() {
            int wanted = Math.min(MOST_MEMBERS, most - found.size());
            if (wanted <= 0) {
                return Retries.done(Optional.of(found));
            }
            return session.commit(
                            Change.read(new Range(left.from(), left.to(), wanted, Form.VALUES)))
                    .thenCompose(answer -> {
                        List<Entry> entries = answer.readings().getFirst().entries();
                        if (entries.isEmpty()) {
                            return Retries.done(Optional.of(found));
                        }
                        left = left.after(entries.getLast().key());
                        return facts(installs(entries))
                                .thenApply(page -> {
                                    found.addAll(page);
                                    return Optional.empty();
                                });
                    });
        }
    }

    private static List<Install> installs(List<Entry> entries) {
        return entries.stream()
                .map(entry -> InstallSeen.of(entry.key(), Optional.of(entry)).install())
                .flatMap(Optional::stream)
                .toList();
    }

    /** Two transactions: signs of life and blocks; then what the names lead to. */
    private CompletionStage<List<Member>> facts(List<Install> installs) {
        var asked = new ArrayList<Step>();
        var names = new ArrayList<Step>();
        for (Install install : installs) {
            Keys.KeyRange owned = keys.ownedBy(install.id());
            asked.add(new Get(keys.live(install.id())));
            asked.add(new Range(owned.from(), owned.to(), 0, Form.COUNT));
            names.add(new Get(keys.node(install.node())));
        }
        return session.commit(Change.read(asked))
                .thenCompose(answer ->
                        session.commit(Change.read(names))
                                .thenApply(named ->
                                        members(installs, answer.readings(), named.readings())));
    }

    private static List<Member> members(
            List<Install> installs, List<Reading> facts, List<Reading> names) {
        var members = new ArrayList<Member>();
        for (int i = 0; i < installs.size(); i++) {
            Install install = installs.get(i);
            members.add(
                    new Member(
                            install,
                            facts.get(2 * i).count() > 0,
                            leadsTo(names.get(i), install.id()),
                            facts.get(2 * i + 1).count()));
        }
        return members;
    }

    private static boolean leadsTo(Reading name, UUID install) {
        try {
            return name.first()
                    .map(entry -> NodeSeen.of(entry.key(), Optional.of(entry)))
                    .filter(node -> node.leadsTo(install))
                    .isPresent();
        } catch (RejectedException unreadable) {
            return false;
        }
    }

    @Override
    public CompletionStage<List<Member>> membersOf(String node) {
        return session.commit(Change.read(new Get(keys.node(node))))
                .thenCompose(answer -> {
                    List<Get> reads =
                            NodeSeen.of(keys, node, answer.readings().getFirst()).all().stream()
                                    .map(id -> new Get(keys.install(id)))
                                    .toList();
                    return session.commit(Change.read(reads));
                })
                .thenCompose(answer ->
                        facts(
                                installs(
                                        answer.readings().stream()
                                                .flatMap(each -> each.entries().stream())
                                                .toList())));
    }

    @Override
    public CompletionStage<Long> reclaim(String node, PoweredOff word) {
        return new Reclaim(session, keys, clock, node, word).make();
    }

    /** In one transaction: there is no block, and the record goes. */
    @Override
    public CompletionStage<Void> leave(Registrant by) {
        return Retries.until(TRIES, "the leaving of node " + by.node(), () -> leaveOnce(by))
                .thenApply(_ -> null);
    }

    private CompletionStage<Optional<Boolean>> leaveOnce(Registrant by) {
        Keys.KeyRange owned = keys.ownedBy(by.install());
        return session.commitChecked(
                        Change.read(
                                new Get(keys.install(by.install())),
                                new Range(owned.from(), owned.to(), 0, Form.COUNT)))
                .thenCompose(answer -> {
                    InstallSeen install =
                            InstallSeen.of(by.install(), keys, answer.readings().getFirst());
                    if (install.entry().isEmpty()) {
                        return Retries.done(Optional.of(true));
                    }
                    if (!install.isOf(by)) {
                        throw install.superseded(by).asException();
                    }
                    long blocks = answer.readings().getLast().count();
                    if (blocks > 0) {
                        throw Reason.NODE_NOT_EMPTY
                                .because(
                                        "node %s still owns %d blocks".formatted(by.node(), blocks))
                                .asException();
                    }
                    return new ForgetInstall(session, keys)
                            .make(by.install(), install, by.node(), List.of(Condition.none(owned)))
                            .thenApply(gone -> gone ? Optional.of(true) : Optional.empty());
                });
    }
}
