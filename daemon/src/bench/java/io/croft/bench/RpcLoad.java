package io.croft.bench;

import io.croft.adapter.grpc.UnixChannel;
import io.croft.proto.v1.AllocateRequest;
import io.croft.proto.v1.Attachment;
import io.croft.proto.v1.IpamServiceGrpc;
import java.nio.file.Path;

/**
 * A client of a running agent, from the command line: {@code SOCKET claim BLOCKS}, {@code SOCKET
 * pairs COUNT UNDERWAY} or {@code SOCKET latency}. Expects the default pool 10.64.0.0/12 with /20
 * blocks.
 */
public final class RpcLoad {
    private static final int WARM = 40_000;
    private static final int SEQUENTIAL = 20_000;
    private static final int CONCURRENT = 30_000;

    private RpcLoad() {}

    public static void main(String[] words) throws InterruptedException {
        try (var channel = new UnixChannel(Path.of(words[0]))) {
            switch (words[1]) {
                case "claim" -> claim(channel, Integer.parseInt(words[2]));
                case "pairs" ->
                        pairs(channel, Integer.parseInt(words[2]), Integer.parseInt(words[3]));
                case "latency" -> latency(channel);
                default -> throw new IllegalArgumentException(words[1]);
            }
        }
    }

    /** Holds one address in each of the first blocks, so that the node owns them. */
    private static void claim(UnixChannel channel, int blocks) {
        var stub = IpamServiceGrpc.newBlockingStub(channel.channel());
        for (int block = 0; block < blocks; block++) {
            var attachment =
                    Attachment.newBuilder()
                            .setNetwork("bench")
                            .setContainerId("owner-" + block)
                            .setInterfaceName("eth0")
                            .build();
            var _ =
                    stub.allocate(
                            AllocateRequest.newBuilder()
                                    .setAttachment(attachment)
                                    .addAddresses(
                                            "10.%d.%d.0"
                                                    .formatted(64 + block / 16, block % 16 * 16))
                                    .build());
        }
    }

    private static void pairs(UnixChannel channel, int count, int underWay)
            throws InterruptedException {
        var stub = IpamServiceGrpc.newStub(channel.channel());
        var load = new PairLoad(stub, "r-", count);
        double rate = rate(count, load.run(underWay));
        System.out.printf("%d pairs, %d under way: %.0f pairs/s%n", count, underWay, rate);
    }

    private static void latency(UnixChannel channel) throws InterruptedException {
        var stub = IpamServiceGrpc.newStub(channel.channel());
        new PairLoad(stub, "w-", WARM).run(16);
        System.out.println(
                "| under way | pairs/s | Allocate p50 µs | p95 | p99 | Release p50 µs | p95 | p99 |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        for (int underWay : new int[] {1, 8, 16, 32, 64}) {
            int count = underWay == 1 ? SEQUENTIAL : CONCURRENT;
            var load = new PairLoad(stub, "l-" + underWay + "-", count);
            double rate = rate(count, load.run(underWay));
            System.out.printf(
                    "| %d | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f | %.0f |%n",
                    underWay,
                    rate,
                    load.allocateMicros(50),
                    load.allocateMicros(95),
                    load.allocateMicros(99),
                    load.releaseMicros(50),
                    load.releaseMicros(95),
                    load.releaseMicros(99));
        }
    }

    private static double rate(int count, long nanos) {
        return count / (nanos / 1e9);
    }
}
