package io.croft.adapter.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.croft.adapter.wire.ErrorWire;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.time.Clock;
import io.croft.core.time.Moment;
import io.croft.proto.v1.AllocateRequest;
import io.croft.proto.v1.GetStatusRequest;
import io.croft.proto.v1.GetStatusResponse;
import io.croft.proto.v1.IpamServiceGrpc;
import io.croft.testing.Eventually;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UnixServerTest {
    private static final Clock CLOCK = () -> new Moment(TestAgent.NOW, TestAgent.WALL);

    @TempDir private Path directory;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final TestAgent.Heard heard = new TestAgent.Heard();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <C extends AutoCloseable> C keep(C opened) {
        open.add(opened);
        return opened;
    }

    private TestAgent agent() {
        return keep(new TestAgent(directory)).start();
    }

    private UnixChannel channel(Path socket) {
        return keep(new UnixChannel(socket));
    }

    private static GetStatusResponse status(UnixChannel channel) {
        return IpamServiceGrpc.newBlockingStub(channel.channel())
                .withDeadlineAfter(10, TimeUnit.SECONDS)
                .getStatus(GetStatusRequest.getDefaultInstance());
    }

    @Test
    void opensItsSocketToItsOwnerOnly() throws Exception {
        Path run = directory.resolve("run");
        keep(new TestAgent(run)).start();
        assertEquals("rwx------", permissions(run));
        assertEquals("rw-------", permissions(run.resolve("cni.sock")));
        try (var files = Files.list(run)) {
            assertEquals(2, files.count());
        }
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void replacesAStaleSocketAndThatOfTheAgentBefore() throws Exception {
        leaveASocket(directory.resolve("cni.sock"));
        TestAgent before = agent();
        UnixChannel old = channel(before.cniSocket());
        assertTrue(status(old).getServing());
        TestAgent after = keep(new TestAgent(directory));
        after.cni.start();
        after.engine.hang();
        assertTrue(status(old).getServing());
        before.close();
        assertTrue(Files.exists(after.cniSocket()));
        var fresh = IpamServiceGrpc.newBlockingStub(channel(after.cniSocket()).channel());
        var end =
                assertThrows(
                        StatusRuntimeException.class,
                        () ->
                                fresh.withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                                        .getStatus(GetStatusRequest.getDefaultInstance()));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, end.getStatus().getCode());
    }

    @Test
    void takesItsOwnSocketAway() {
        TestAgent agent = agent();
        agent.cni.drain(Duration.ofSeconds(1));
        assertFalse(Files.exists(agent.cniSocket()));
        agent.cni.drain(Duration.ZERO);
    }

    @Test
    void saysWhereItCannotListen() {
        var server = new TestAgent(directory.resolve("a").resolve("b"));
        var refused = assertThrows(RejectedException.class, server::start);
        assertEquals(Reason.CANNOT_START, refused.rejection().reason());
        var far = new TestAgent(directory.resolve("x".repeat(120)));
        var tooLong = assertThrows(RejectedException.class, far::start);
        assertTrue(tooLong.rejection().message().contains("107 bytes"));
    }

    @Test
    void answersTheCallsUnderWayBeforeItEnds() throws Exception {
        TestAgent agent = agent();
        var call =
                IpamServiceGrpc.newFutureStub(channel(agent.cniSocket()).channel())
                        .withDeadlineAfter(200, TimeUnit.MILLISECONDS);
        agent.engine.hang();
        var answer = call.getStatus(GetStatusRequest.getDefaultInstance());
        Eventually.holds(() -> agent.cni.executing() == 1);
        agent.cni.drain(Duration.ofSeconds(10));
        assertEquals(0, agent.cni.executing());
        assertThrows(Exception.class, answer::get);
    }

    @Test
    void refusesAPeerThatMayNotCall() {
        Path socket = directory.resolve("cni.sock");
        var service = new IpamServiceGrpc.IpamServiceImplBase() {};
        keep(UnixServer.forPeers(socket, service, CLOCK, heard, uid -> false)).start();
        UnixChannel channel = channel(socket);
        var refused = assertThrows(StatusRuntimeException.class, () -> status(channel));
        assertEquals(Status.Code.PERMISSION_DENIED, refused.getStatus().getCode());
        assertEquals(Reason.PEER_DENIED, ErrorWire.read(refused).orElseThrow().reason());
        assertTrue(heard.limits.contains("peer"));
    }

    @Test
    void knowsAnotherUserByTheKernelsWord() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root to be another user");
        // Not below the test's own directory, which others may not enter.
        Path open = Files.createTempDirectory(Path.of("/tmp"), "croft");
        Path socket = open.resolve("cni.sock");
        var service = new IpamServiceGrpc.IpamServiceImplBase() {};
        var server = UnixServer.forPeers(socket, service, CLOCK, heard, uid -> uid == 0);
        keep(server).start();
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
        Path probe = open.resolve("Probe.java");
        Files.writeString(probe, PROBE);
        Process nobody =
                new ProcessBuilder(
                                "setpriv",
                                "--reuid=65534",
                                "--clear-groups",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                probe.toString(),
                                socket.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(nobody.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals("closed", said.strip());
        assertTrue(heard.limits.contains("peer"));
        server.close();
        Files.delete(probe);
        Files.delete(open);
    }

    /** Connects, and waits until the other end hangs up. */
    private static final String PROBE =
            """
            import java.net.*;
            import java.nio.*;
            import java.nio.channels.*;
            class Probe {
                public static void main(String[] args) throws Exception {
                    var socket = SocketChannel.open(StandardProtocolFamily.UNIX);
                    socket.connect(UnixDomainSocketAddress.of(args[0]));
                    while (socket.read(ByteBuffer.allocate(256)) >= 0) {}
                    System.out.println("closed");
                }
            }
            """;

    @Test
    void turnsAwayTheConnectionAfterTheLast() throws Exception {
        TestAgent agent = agent();
        for (int i = 0; i < PeerGuard.MOST_CONNECTIONS; i++) {
            connect(agent.cniSocket());
        }
        SocketChannel oneMore = connect(agent.cniSocket());
        assertEquals(-1, readAll(oneMore));
        assertTrue(agent.heard.limits.contains("connections"));
        for (AutoCloseable each : List.copyOf(open).subList(1, 10)) {
            each.close();
        }
        Eventually.holds(() -> isServing(agent.cniSocket()));
    }

    private static boolean isServing(Path socket) {
        try (var channel = new UnixChannel(socket)) {
            return status(channel).getServing();
        } catch (StatusRuntimeException full) {
            return false;
        }
    }

    private SocketChannel connect(Path socket) throws Exception {
        SocketChannel connected = keep(SocketChannel.open(StandardProtocolFamily.UNIX));
        connected.connect(UnixDomainSocketAddress.of(socket));
        return connected;
    }

    private static int readAll(SocketChannel channel) throws Exception {
        int read = 0;
        while (read >= 0) {
            read = channel.read(ByteBuffer.allocate(256));
        }
        return read;
    }

    @Test
    void refusesAnOversizedMessage() throws Exception {
        TestAgent agent = agent();
        var ipam = IpamServiceGrpc.newBlockingStub(channel(agent.cniSocket()).channel());
        var large = AllocateRequest.newBuilder().setPlugin("x".repeat(65 * 1024)).build();
        var refused = assertThrows(StatusRuntimeException.class, () -> ipam.allocate(large));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
        Eventually.holds(() -> agent.heard.limits.contains("message"));
        Eventually.holds(() -> agent.cni.executing() == 0);
    }

    @Test
    void refusesTheCallAfterTheLast() throws Exception {
        TestAgent agent = agent();
        agent.engine.hang();
        for (int i = 0; i < 4; i++) {
            var stub = IpamServiceGrpc.newFutureStub(channel(agent.cniSocket()).channel());
            for (int calls = 0; calls < Gate.MOST_CALLS / 4; calls++) {
                var _ = stub.getStatus(GetStatusRequest.getDefaultInstance());
            }
        }
        Eventually.holds(() -> agent.cni.executing() == Gate.MOST_CALLS);
        UnixChannel oneMore = channel(agent.cniSocket());
        var refused = assertThrows(StatusRuntimeException.class, () -> status(oneMore));
        assertEquals(Reason.MAILBOX_FULL, ErrorWire.read(refused).orElseThrow().reason());
        assertTrue(agent.heard.limits.contains("calls"));
    }

    @Test
    void tellsADefectByItsRequestIdOnly() {
        Path socket = directory.resolve("cni.sock");
        var service =
                new IpamServiceGrpc.IpamServiceImplBase() {
                    @Override
                    public void getStatus(
                            GetStatusRequest request, StreamObserver<GetStatusResponse> to) {
                        throw new IllegalStateException("secret");
                    }
                };
        keep(UnixServer.forPeers(socket, service, CLOCK, heard, uid -> true)).start();
        UnixChannel channel = channel(socket);
        var failure = assertThrows(StatusRuntimeException.class, () -> status(channel));
        assertEquals(Status.Code.INTERNAL, failure.getStatus().getCode());
        assertFalse(failure.toString().contains("secret"));
        assertEquals(16, ErrorWire.requestId(failure).orElseThrow().length());
        assertEquals("secret", heard.defects.element().getMessage());
    }

    @Test
    void answersHealthAsItIsTold() {
        TestAgent agent = agent();
        var health = HealthGrpc.newBlockingStub(channel(agent.adminSocket()).channel());
        var all = HealthCheckRequest.getDefaultInstance();
        assertEquals(ServingStatus.NOT_SERVING, health.check(all).getStatus());
        agent.admin.serving(true);
        assertEquals(ServingStatus.SERVING, health.check(all).getStatus());
        var one = HealthCheckRequest.newBuilder().setService("croft.v1.AdminService").build();
        assertEquals(ServingStatus.SERVING, health.check(one).getStatus());
    }

    @Test
    void describesItselfOnTheAdminSocket() throws Exception {
        TestAgent agent = agent();
        var answer = new CompletableFuture<ServerReflectionResponse>();
        var ask =
                ServerReflectionGrpc.newStub(channel(agent.adminSocket()).channel())
                        .serverReflectionInfo(new FirstOf<>(answer));
        ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        List<String> names =
                answer.get(10, TimeUnit.SECONDS).getListServicesResponse().getServiceList().stream()
                        .map(service -> service.getName())
                        .toList();
        ask.onCompleted();
        assertTrue(names.contains("croft.v1.AdminService"));
        assertTrue(names.contains("croft.v1.IpamService"));
    }

    private record FirstOf<A>(CompletableFuture<A> first) implements StreamObserver<A> {
        @Override
        public void onNext(A value) {
            first.complete(value);
        }

        @Override
        public void onError(Throwable failure) {
            first.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {}
    }

    /** What an agent leaves that was killed: a socket that nobody listens on. */
    private static void leaveASocket(Path path) throws IOException {
        try (var left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(path));
        }
    }
}
