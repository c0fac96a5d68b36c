package io.croft.adapter.etcd;

import com.google.protobuf.util.Timestamps;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.Mirror;
import io.croft.node.port.Registrant;
import io.croft.proto.store.v1.MirrorLine;
import io.croft.proto.store.v1.MirrorRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Copies of what nodes hold: a value of at most 16 KiB for each. */
final class EtcdMirror implements Mirror {
    static final int MOST_BYTES = 16 * 1024;

    private static final int TRIES = 3;

    private final Continuity session;
    private final Keys keys;
    private final Seen seen;

    EtcdMirror(Continuity session, Keys keys, Seen seen) {
        this.session = session;
        this.keys = keys;
        this.seen = seen;
    }

    /** Only an install that is registered has a copy: what is reclaimed leaves none behind. */
    @Override
    public CompletionStage<Void> write(Registrant by, Copy copy) {
        String text = text(copy);
        return Retries.until(
                        TRIES,
                        "the copy of node " + by.node(),
                        () -> {
                            Optional<InstallSeen> known =
                                    seen.install(by.install()).filter(each -> each.isOf(by));
                            return known.isPresent()
                                    ? write(by, known.get(), text)
                                    : look(by).thenCompose(now -> {
                                        if (!now.isOf(by)) {
                                            throw now.superseded(by).asException();
                                        }
                                        return write(by, now, text);
                                    });
                        })
                .thenApply(_ -> null);
    }

    private CompletionStage<InstallSeen> look(Registrant by) {
        return session.commit(Change.read(new Get(keys.install(by.install()))))
                .thenApply(answer -> saw(by, answer));
    }

    private InstallSeen saw(Registrant by, Etcd.Answer answer) {
        return seen.saw(
                by.install(), InstallSeen.of(by.install(), keys, answer.readings().getFirst()));
    }

    private CompletionStage<Optional<Boolean>> write(
            Registrant by, InstallSeen install, String text) {
        return session.commit(
                        new Change(
                                List.of(install.unchanged()),
                                List.of(new Put(keys.mirror(by.install()), text)),
                                List.of(new Get(install.key()))))
                .thenApply(answer -> {
                    if (answer.matched()) {
                        return Optional.of(true);
                    }
                    saw(by, answer);
                    return Optional.empty();
                });
    }

    /** With as many lines as fit. */
    private static String text(Copy copy) {
        int fitting = 0;
        int tooMany = copy.lines().size() + 1;
        while (tooMany - fitting > 1) {
            int middle = (fitting + tooMany) / 2;
            if (bytes(record(copy, middle)) <= MOST_BYTES) {
                fitting = middle;
            } else {
                tooMany = middle;
            }
        }
        return record(copy, fitting);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String record(Copy copy, int lines) {
        var record =
                MirrorRecord.newBuilder()
                        .setNode(copy.node())
                        .setTaken(Timestamps.fromMillis(copy.taken().toEpochMilli()))
                        .setLeft(copy.left() + copy.lines().size() - lines);
        copy.lines().subList(0, lines).forEach(line -> record.addLines(wire(line)));
        return Values.text(record.build());
    }

    private static MirrorLine wire(Line line) {
        return MirrorLine.newBuilder()
                .setAddress(line.address())
                .setPool(line.pool())
                .setNamespace(line.namespace())
                .setPod(line.pod())
                .setContainerId(line.containerId())
                .build();
    }

    /** One that cannot be read counts as none. */
    @Override
    public CompletionStage<Optional<Copy>> copyOf(UUID install) {
        return session.commit(Change.read(new Get(keys.mirror(install))))
                .thenApply(
                        answer -> answer.readings().getFirst().first().flatMap(EtcdMirror::read));
    }

    private static Optional<Copy> read(Entry entry) {
        try {
            MirrorRecord record = Values.read(entry, MirrorRecord.newBuilder()).build();
            List<Line> lines = record.getLinesList().stream().map(EtcdMirror::line).toList();
            var taken = Instant.ofEpochMilli(Timestamps.toMillis(record.getTaken()));
            return Optional.of(new Copy(record.getNode(), taken, lines, record.getLeft()));
        } catch (RejectedException unreadable) {
            return Optional.empty();
        }
    }

    private static Line line(MirrorLine wire) {
        return new Line(
                wire.getAddress(),
                wire.getPool(),
                wire.getNamespace(),
                wire.getPod(),
                wire.getContainerId());
    }
}
