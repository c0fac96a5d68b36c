package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.testing.Eventually;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.RealEtcd;
import io.etcd.jetcd.api.AlarmRequest;
import io.etcd.jetcd.api.AlarmType;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.StatusResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A real one of one member, with etcd's usual length of an election. */
final class RealQuestioned extends Questioned {
    private final RealEtcd server;
    private final JetcdEtcd client;
    private final ManagedChannel channel;
    private final Map<String, AtomicInteger> hints = new ConcurrentHashMap<>();
    private final Set<String> hinted = ConcurrentHashMap.newKeySet();
    private final Path backup;
    private final AtomicInteger lastHints;
    private int last;

    RealQuestioned(EtcdVersion version) {
        server =
                RealEtcd.start(
                        EtcdSetup.one(version)
                                .with("--heartbeat-interval", "100", "--election-timeout", "1000"));
        backup = server.folder().resolve("backup");
        client = Clients.of(server.urls());
        channel =
                Grpc.newChannelBuilderForAddress(
                                "127.0.0.1",
                                server.member(0).clientPort(),
                                InsecureChannelCredentials.create())
                        .build();
        for (String prefix : WATCHED) {
            var _ = watch(prefix);
        }
        lastHints = watch(LAST);
        settle(Map.of(), 1);
        hinted.clear();
        begin();
    }

    private AtomicInteger watch(String prefix) {
        var counter = new AtomicInteger();
        hints.put(prefix, counter);
        client.watch(
                prefix,
                () -> {
                    hinted.add(prefix);
                    counter.incrementAndGet();
                });
        return counter;
    }

    /**
     * Until all watches are open.
     *
     * @param more hints than before say so
     */
    private void settle(Map<String, Integer> before, int more) {
        Eventually.holds(
                hints::toString,
                () ->
                        hints.entrySet().stream()
                                .allMatch(each ->
                                        each.getValue().get()
                                                >= before.getOrDefault(each.getKey(), 0) + more));
    }

    @Override
    Etcd etcd() {
        return client;
    }

    @Override
    void lapse(List<String> keys) {
        Eventually.holds(
                () -> keys,
                () -> keys.stream().allMatch(key -> read(new Step.Get(key)).entries().isEmpty()));
    }

    private Reading read(Step step) {
        return await(client.commit(Change.read(step))).readings().getFirst();
    }

    private StatusResponse status() {
        return MaintenanceGrpc.newBlockingStub(channel).status(StatusRequest.getDefaultInstance());
    }

    @Override
    void full(boolean now) {
        var _ =
                MaintenanceGrpc.newBlockingStub(channel)
                        .alarm(
                                AlarmRequest.newBuilder()
                                        .setMemberID(status().getHeader().getMemberId())
                                        .setAlarm(AlarmType.NOSPACE)
                                        .setAction(
                                                now
                                                        ? AlarmRequest.AlarmAction.ACTIVATE
                                                        : AlarmRequest.AlarmAction.DEACTIVATE)
                                        .build());
    }

    @Override
    void compact() {
        var _ =
                KVGrpc.newBlockingStub(channel)
                        .compact(
                                CompactionRequest.newBuilder()
                                        .setRevision(status().getHeader().getRevision())
                                        .build());
    }

    @Override
    void restart() {
        again(() -> {
            server.killAll();
            server.startAll();
        });
    }

    @Override
    void backUp() {
        try {
            Files.deleteIfExists(backup);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var _ = server.tool().snapshot(backup);
    }

    @Override
    void restore(boolean bumped, boolean otherCluster) {
        again(() -> server.restore(backup, otherCluster ? "second" : "first", bumped));
    }

    private void again(Runnable restart) {
        Map<String, Integer> before = new TreeMap<>();
        hints.forEach((prefix, counter) -> before.put(prefix, counter.get()));
        restart.run();
        Clients.untilAnswered(() -> client.commit(Change.read(new Step.Get(LAST))));
        // One at the stream's end, one at the beginning of the next.
        settle(before, 2);
        hinted.clear();
        last = lastHints.get();
    }

    @Override
    List<SimSpace.Held> content() {
        RangeResponse all =
                KVGrpc.newBlockingStub(channel)
                        .range(
                                RangeRequest.newBuilder()
                                        .setKey(TransactionWire.bytes("\0"))
                                        .setRangeEnd(TransactionWire.bytes("\0"))
                                        .build());
        return all.getKvsList().stream().map(RealQuestioned::held).toList();
    }

    private static SimSpace.Held held(KeyValue found) {
        return new SimSpace.Held(
                new Entry(
                        found.getKey().toStringUtf8(),
                        found.getValue().toStringUtf8(),
                        found.getModRevision(),
                        found.getLease()),
                found.getCreateRevision(),
                found.getVersion());
    }

    @Override
    Set<String> hinted() {
        Eventually.holds(hints::toString, () -> lastHints.get() > last);
        last = lastHints.get();
        var now = new TreeSet<>(hinted);
        hinted.clear();
        now.remove(LAST);
        return now;
    }

    @Override
    public void close() {
        channel.shutdownNow();
        client.close();
        server.close();
    }
}
