package io.croft.adapter.journal;

import io.croft.adapter.file.NioDisk;
import io.croft.bench.BenchNode;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeProfile;
import io.croft.core.engine.NodeState;
import io.croft.testing.Some;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

/** A start's replay of 100,000 records, half of them allocations and half releases. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
@Fork(2)
public class ReplayBench {
    private static final int PAIRS = 50_000;
    private static final int BLOCKS = 13;

    private Path directory = Path.of("");

    @Setup
    public void write() throws IOException {
        directory = Files.createTempDirectory("croft-bench");
        var node = new BenchNode(BLOCKS);
        try (var journal =
                FileJournal.create(
                        new NioDisk(),
                        directory.resolve("journal"),
                        JournalBench.IDENTITY,
                        Sizes.DEFAULT,
                        BenchNode.NOW)) {
            for (Event event : BenchNode.history(BLOCKS)) {
                journal.append(BenchNode.NOW, List.of(event));
            }
            for (int pod = 0; pod < PAIRS; pod++) {
                journal.append(BenchNode.NOW, node.carryOut(BenchNode.add(pod)));
                journal.append(BenchNode.NOW, node.carryOut(BenchNode.del(pod)));
            }
            journal.commit();
        }
    }

    @TearDown
    public void remove() throws IOException {
        JournalBench.remove(directory);
    }

    @Benchmark
    public NodeState replay() throws IOException {
        var state = new NodeState(new NodeProfile("bench", Map.of()));
        Opening opening =
                FileJournal.open(
                        new NioDisk(),
                        directory.resolve("journal"),
                        JournalBench.IDENTITY,
                        Some.uuid("boot"),
                        Sizes.DEFAULT,
                        state::apply);
        if (opening instanceof Opening.Opened opened) {
            opened.journal().close();
            return state;
        }
        throw new IllegalStateException(opening.toString());
    }
}
