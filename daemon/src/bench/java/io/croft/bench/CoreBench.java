package io.croft.bench;

import io.croft.core.serving.Allocate;
import io.croft.core.serving.Release;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decide, verify and apply: what the loop does for one request, without the journal. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CoreBench {
    private static final int PODS = 4000;

    private final Allocate[] adds =
            IntStream.range(0, PODS).mapToObj(BenchNode::add).toArray(Allocate[]::new);
    private final Release[] dels =
            IntStream.range(0, PODS).mapToObj(BenchNode::del).toArray(Release[]::new);
    private BenchNode empty = new BenchNode(1);
    private BenchNode full = new BenchNode(1);

    /** Once for thousands of operations. */
    @Setup(Level.Invocation)
    public void refresh() {
        empty = new BenchNode(1);
        full = new BenchNode(1);
        for (Allocate add : adds) {
            full.carryOut(add);
        }
    }

    @Benchmark
    @OperationsPerInvocation(PODS)
    public void allocate() {
        for (Allocate add : adds) {
            empty.carryOut(add);
        }
    }

    @Benchmark
    @OperationsPerInvocation(PODS)
    public void release() {
        for (Release del : dels) {
            full.carryOut(del);
        }
    }
}
