package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.croft.testing.Eventually;
import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.SimpleChannelInboundHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainDatagramPacket;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a service manager, a monitor and a person with a broken node see of the agent. */
final class ServiceIT {
    @TempDir private Path dir;

    @Test
    void theServiceManagerHearsWhenItIsReadyAndWhenItStops() {
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        Path socket = dir.resolve("notify");
        var group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try (var agent = new RealAgent(dir).withEnvironment("NOTIFY_SOCKET", socket.toString())) {
            var _ =
                    new Bootstrap()
                            .group(group)
                            .channel(EpollDomainDatagramChannel.class)
                            .handler(
                                    new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                                        @Override
                                        protected void channelRead0(
                                                ChannelHandlerContext context,
                                                DomainDatagramPacket packet) {
                                            heard.add(
                                                    packet.content()
                                                            .toString(StandardCharsets.UTF_8));
                                        }
                                    })
                            .bind(new DomainSocketAddress(socket.toFile()))
                            .syncUninterruptibly();
            agent.start();
            Eventually.holds(() -> heard, () -> heard.contains("READY=1"));
            agent.stop();
            Eventually.holds(() -> heard, () -> heard.contains("STOPPING=1"));
            assertEquals(List.of("READY=1", "STOPPING=1"), List.copyOf(heard));
        } finally {
            var _ = group.shutdownGracefully();
        }
    }

    @Test
    void aMonitorSeesMetricsAndHealth() throws IOException, InterruptedException {
        int port = freePort();
        try (var agent = new RealAgent(dir).with("metrics-address", "127.0.0.1:" + port).start()) {
            agent.croft("pool create pods 10.108.0.0/24 --default --block-size 26").expectSuccess();
            assertTrue(agent.shim().add(Place.pod(dir, "pod")).ok());
            assertEquals(200, get(port, "/livez").statusCode());
            assertEquals(200, get(port, "/readyz").statusCode());
            assertEquals(404, get(port, "/nothing").statusCode());
            String metrics = get(port, "/metrics").body();
            for (String metric :
                    List.of(
                            "croft_allocations_total 1.0",
                            "croft_serving 1.0",
                            "croft_journal_records_total",
                            "croft_request_seconds",
                            "croft_journal_bytes",
                            "croft_queue_depth")) {
                assertTrue(metrics.contains(metric), metric + " is missing:\n" + metrics);
            }
        }
    }

    /** A pod of an update is probed where the one before it still serves. */
    @Test
    void probesOfAnAgentThatWaitsAreAnsweredByTheOneThatServes()
            throws IOException, InterruptedException {
        int port = freePort();
        String address = "127.0.0.1:" + port;
        try (var first = new RealAgent(dir).with("metrics-address", address).start();
                var second =
                        new RealAgent(dir, "second.log")
                                .with("metrics-address", address)
                                .withFlag("wait-for-lock")
                                .spawn()) {
            second.awaitLog(" waiting ");
            assertEquals(200, get(port, "/readyz").statusCode());
            assertEquals(200, get(port, "/livez").statusCode());
            first.stop();
            second.awaitReady();
            assertEquals(200, get(port, "/readyz").statusCode());
        }
    }

    private static int freePort() throws IOException {
        try (var free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private static HttpResponse<String> get(int port, String path)
            throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void theJournalOfARunningAndOfAKilledAgentCanBePrinted() {
        try (var agent = new RealAgent(dir).start()) {
            agent.croft("pool create pods 10.108.0.0/24 --default --block-size 26").expectSuccess();
            assertTrue(agent.shim().add(Place.pod(dir, "pod")).ok());
            expectDump(agent);
            agent.kill();
            expectDump(agent);
        }
    }

    private static void expectDump(RealAgent agent) {
        String text = agent.croft("journal dump --state-dir " + agent.state()).expectSuccess();
        assertTrue(text.contains("allocated net/pod/eth0"), text);
        String json =
                agent.croft("journal dump -o json --state-dir " + agent.state()).expectSuccess();
        long records =
                json.lines()
                        .map(line -> JsonParser.parseString(line).getAsJsonObject())
                        .filter(record -> record.has("sequence"))
                        .count();
        assertTrue(records > 3, json);
    }
}
