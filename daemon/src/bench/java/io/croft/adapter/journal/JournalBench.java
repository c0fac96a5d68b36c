package io.croft.adapter.journal;

import io.croft.adapter.file.NioDisk;
import io.croft.bench.BenchNode;
import io.croft.core.engine.Event;
import io.croft.node.port.InstallIdentity;
import io.croft.proto.journal.v1.Record;
import io.croft.testing.Some;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The journal on a real disk: appends of one allocation, its encoding, and snapshots. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class JournalBench {
    static final InstallIdentity IDENTITY =
            new InstallIdentity(Some.uuid("install"), "local", "bench", "hardware", "machine");
    private static final int HELD = 5000;

    private final BenchNode node = new BenchNode(2);
    private final List<Event> allocated = node.carryOut(BenchNode.add(0));
    private final List<Event> ofNode = List.of(new Event.Started(Some.uuid("boot")));
    private Path directory = Path.of("");
    private FileJournal journal;

    @Setup
    public void begin() throws IOException {
        for (int pod = 1; pod < HELD; pod++) {
            var _ = node.carryOut(BenchNode.add(pod));
        }
        directory = Files.createTempDirectory("croft-bench");
        journal =
                FileJournal.create(
                        new NioDisk(),
                        directory.resolve("journal"),
                        IDENTITY,
                        Sizes.DEFAULT,
                        BenchNode.NOW);
    }

    @TearDown
    public void end() throws IOException {
        journal.close();
        remove(directory);
    }

    /** To the page cache; with a small snapshot every 16 MiB. */
    @Benchmark
    public void append() {
        journal.append(BenchNode.NOW, allocated);
        journal.commit();
        if (journal.wantsSnapshot()) {
            journal.snapshot(BenchNode.NOW, ofNode.stream());
        }
    }

    /** To the disk. */
    @Benchmark
    public void appendAndSync() {
        journal.append(BenchNode.NOW, ofNode);
        journal.commit();
        if (journal.wantsSnapshot()) {
            journal.snapshot(BenchNode.NOW, ofNode.stream());
        }
    }

    @Benchmark
    public byte[] encode() {
        Record record = EventWire.write(BenchNode.NOW, allocated);
        return record.toByteArray();
    }

    @Benchmark
    public void snapshotOf5000() {
        journal.snapshot(BenchNode.NOW, node.state().events());
    }

    static void remove(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
