package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Range;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * What a store is like, for people.
 *
 * @param frozen why and since when it is, if it is
 * @param live installs that gave a sign of life less than 45 s ago
 * @param blocks that are owned or were
 * @param owned blocks that are owned
 */
public record StoreStatus(
        String prefix,
        UUID cluster,
        String owner,
        int format,
        long generation,
        Optional<Frozen> frozen,
        List<Server> servers,
        long installs,
        long live,
        long pools,
        long external,
        long blocks,
        long owned,
        boolean isMigrating) {
    public StoreStatus {
        servers = List.copyOf(servers);
    }

    /**
     * A freeze.
     *
     * @param id what an unfreeze names
     */
    public record Frozen(String id, String because, Instant since) {}

    /** A member of etcd. */
    public record Server(
            String endpoint,
            String version,
            long databaseBytes,
            boolean isLeader,
            long term,
            long index) {}

    private static final List<String> KINDS =
            List.of("installs", "live", "pools", "external", "blocks", "owned");

    static CompletionStage<StoreStatus> read(Etcd etcd, Keys keys) {
        var reads = new ArrayList<Etcd.Step>();
        reads.add(new Get(keys.meta()));
        reads.add(new Get(keys.importing()));
        for (String kind : KINDS) {
            Keys.KeyRange span = keys.kind(kind);
            reads.add(new Range(span.from(), span.to(), 0, Form.COUNT));
        }
        return etcd.commit(Change.read(reads))
                .thenCompose(answer ->
                        etcd.members()
                                .thenApply(OneCluster::require)
                                .thenApply(members -> of(keys, answer, members)));
    }

    private static StoreStatus of(Keys keys, Answer answer, List<Etcd.Member> members) {
        Meta meta = Meta.of(keys.meta(), answer.readings().getFirst());
        List<Long> counts = answer.readings().stream().skip(2).map(Etcd.Reading::count).toList();
        return new StoreStatus(
                keys.root(),
                UUID.fromString(meta.record().getClusterUid()),
                meta.record().getOwner(),
                meta.record().getFormat(),
                meta.generation(),
                meta.isFrozen()
                        ? Optional.of(
                                new Frozen(
                                        meta.record().getFreeze(),
                                        meta.record().getFrozenBecause(),
                                        Instant.ofEpochSecond(
                                                meta.record().getFrozenAt().getSeconds())))
                        : Optional.empty(),
                members.stream().map(StoreStatus::server).toList(),
                counts.get(0),
                counts.get(1),
                counts.get(2),
                counts.get(3),
                counts.get(4),
                counts.get(5),
                answer.readings().get(1).count() > 0);
    }

    private static Server server(Etcd.Member member) {
        return new Server(
                member.endpoint(),
                member.version(),
                member.databaseBytes(),
                member.leader() == member.header().member(),
                member.header().term(),
                member.index());
    }
}
