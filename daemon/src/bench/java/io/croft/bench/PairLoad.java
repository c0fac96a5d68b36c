package io.croft.bench;

import io.croft.proto.v1.AllocateRequest;
import io.croft.proto.v1.AllocateResponse;
import io.croft.proto.v1.Attachment;
import io.croft.proto.v1.IpamServiceGrpc.IpamServiceStub;
import io.croft.proto.v1.ReleaseRequest;
import io.croft.proto.v1.ReleaseResponse;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Pairs of Allocate and Release, each of an attachment of its own, a fixed number under way. The
 * next call leaves from the thread that took the last answer, so no hop of the client's counts.
 */
final class PairLoad {
    private final IpamServiceStub stub;
    private final String prefix;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final long[] allocateNanos;
    private final long[] releaseNanos;

    PairLoad(IpamServiceStub stub, String prefix, int pairs) {
        this.stub = stub;
        this.prefix = prefix;
        this.allocateNanos = new long[pairs];
        this.releaseNanos = new long[pairs];
    }

    /** Runs all pairs; gives how long that took. */
    long run(int underWay) throws InterruptedException {
        long start = System.nanoTime();
        for (int lane = 0; lane < underWay; lane++) {
            next();
        }
        over.await();
        long took = System.nanoTime() - start;
        Throwable failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException("a call failed", failed);
        }
        return took;
    }

    double allocateMicros(double percent) {
        return micros(allocateNanos, percent);
    }

    double releaseMicros(double percent) {
        return micros(releaseNanos, percent);
    }

    private static double micros(long[] nanos, double percent) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e3;
    }

    private void next() {
        int number = begun.getAndIncrement();
        if (number >= allocateNanos.length) {
            return;
        }
        var attachment =
                Attachment.newBuilder()
                        .setNetwork("bench")
                        .setContainerId(prefix + number)
                        .setInterfaceName("eth0")
                        .build();
        long start = System.nanoTime();
        stub.allocate(
                AllocateRequest.newBuilder().setAttachment(attachment).build(),
                new Then<AllocateResponse>(() -> {
                    allocateNanos[number] = System.nanoTime() - start;
                    release(number, attachment);
                }));
    }

    private void release(int number, Attachment attachment) {
        long start = System.nanoTime();
        stub.release(
                ReleaseRequest.newBuilder().setAttachment(attachment).build(),
                new Then<ReleaseResponse>(() -> {
                    releaseNanos[number] = System.nanoTime() - start;
                    if (ended.incrementAndGet() == allocateNanos.length) {
                        over.countDown();
                    }
                    next();
                }));
    }

    private final class Then<T> implements StreamObserver<T> {
        private final Runnable step;

        Then(Runnable step) {
            this.step = step;
        }

        @Override
        public void onNext(T answer) {}

        @Override
        public void onError(Throwable failed) {
            failure.set(failed);
            over.countDown();
        }

        @Override
        public void onCompleted() {
            step.run();
        }
    }
}
