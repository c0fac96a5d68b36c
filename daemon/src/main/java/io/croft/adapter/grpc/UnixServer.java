package io.croft.adapter.grpc;

import io.croft.core.rejection.Reason;
import io.croft.core.time.Clock;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A gRPC server on a Unix socket, with health, for root and its own user only.
 *
 * <p>Services run on the transport's threads, so they must not block. {@link #start} and {@link
 * #drain} are idempotent. A message may have 64 KiB, metadata 8 KiB; the bounds of connections and
 * calls stand in {@link PeerGuard} and {@link Gate}.
 */
public final class UnixServer implements AutoCloseable {
    private static final int MOST_MESSAGE_BYTES = 64 * 1024;
    private static final int MOST_METADATA_BYTES = 8 * 1024;

    /** HTTP/2's own default, which need not be announced. */
    private static final int WINDOW_BYTES = 65_535;

    private static final int THREADS = 2;

    /** A connection without a call gives its place to others. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final Duration HANDSHAKE = Duration.ofSeconds(5);

    private final SocketFile file;
    private final List<BindableService> services;
    private final CallListener listener;
    private final Gate gate;
    private final PeerGuard guard;
    private final HealthStatusManager health = new HealthStatusManager();
    private @Nullable Server server;
    private @Nullable EventLoopGroup threads;

    private UnixServer(
            Path socket, List<BindableService> services, Clock clock, CallListener listener) {
        this(new SocketFile(socket), services, clock, listener, null);
    }

    private UnixServer(
            SocketFile file,
            List<BindableService> services,
            Clock clock,
            CallListener listener,
            @Nullable IntPredicate mayCall) {
        this.file = file;
        this.services = services;
        this.listener = listener;
        this.gate = new Gate(listener, clock.now().boot().nanos());
        this.guard = new PeerGuard(mayCall == null ? file::admits : mayCall, listener);
        serving(false);
    }

    /** The server of container runtimes. */
    public static UnixServer cni(
            Path socket, IpamEndpoint ipam, Clock clock, CallListener listener) {
        return new UnixServer(socket, List.of(ipam), clock, listener);
    }

    /** The server of people and tools, which can be asked for its own description. */
    public static UnixServer admin(
            Path socket,
            IpamEndpoint ipam,
            AdminEndpoint admin,
            Clock clock,
            CallListener listener) {
        return new UnixServer(
                socket,
                List.of(ipam, admin, ProtoReflectionServiceV1.newInstance()),
                clock,
                listener);
    }

    /** A server that lets other users in or keeps them out. */
    static UnixServer forPeers(
            Path socket,
            BindableService service,
            Clock clock,
            CallListener listener,
            IntPredicate mayCall) {
        return new UnixServer(new SocketFile(socket), List.of(service), clock, listener, mayCall);
    }

    /** Listens from now on. Throws a rejection when it cannot. */
    public synchronized void start() {
        if (server != null) {
            return;
        }
        var group =
                new MultiThreadIoEventLoopGroup(
                        THREADS,
                        new DefaultThreadFactory("croft-grpc", true),
                        EpollIoHandler.newFactory());
        threads = group;
        try {
            var address = new DomainSocketAddress(file.prepare().toFile());
            var builder =
                    NettyServerBuilder.forAddress(
                                    address, InternalNettyServerCredentials.create(guard))
                            .channelType(EpollServerDomainSocketChannel.class)
                            .bossEventLoopGroup(group)
                            .workerEventLoopGroup(group)
                            // Netty would warn of every connection: a Unix socket has no
                            // keep-alive.
                            .withChildOption(ChannelOption.SO_KEEPALIVE, null)
                            .directExecutor()
                            .handshakeTimeout(HANDSHAKE.toMillis(), TimeUnit.MILLISECONDS)
                            .maxConnectionIdle(IDLE.toSeconds(), TimeUnit.SECONDS)
                            // A fixed one: gRPC would measure the bandwidth by a ping per call.
                            .flowControlWindow(WINDOW_BYTES)
                            .maxInboundMessageSize(MOST_MESSAGE_BYTES)
                            .maxInboundMetadataSize(MOST_METADATA_BYTES)
                            .maxConcurrentCallsPerConnection(Gate.MOST_CALLS)
                            .addStreamTracerFactory(new TooLong())
                            .intercept(gate)
                            .addService(health.getHealthService());
            services.forEach(each -> builder.addService(Unread.messagesOf(each)));
            server = builder.build().start();
            file.publish();
        } catch (IOException refused) {
            close();
            throw Reason.CANNOT_START
                    .because("cannot listen on %s: %s".formatted(file, reasonOf(refused)))
                    .remedy("make its directory writable for the agent's user")
                    .asException();
        }
        var _ = group.next().scheduleAtFixedRate(gate::sweep, 1, 1, TimeUnit.SECONDS);
    }

    private static String reasonOf(IOException refused) {
        Throwable cause = refused.getCause();
        return cause == null ? refused.toString() : cause.toString();
    }

    /** What health checks are answered from now on; not serving at first. */
    public void serving(boolean serving) {
        ServingStatus status = serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        services.forEach(
                s -> health.setStatus(s.bindService().getServiceDescriptor().getName(), status));
    }

    /** Calls that are being served. */
    public int executing() {
        return gate.executing();
    }

    /** Takes no more calls, lets those under way end until the time is up, then stops. */
    public synchronized void drain(Duration most) {
        Server running = server;
        if (running != null) {
            health.enterTerminalState();
            unlink();
            running.shutdown();
            await(running, most);
            running.shutdownNow();
            await(running, Duration.ofSeconds(1));
        }
        if (threads != null) {
            var _ = threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
        server = null;
        threads = null;
    }

    private void unlink() {
        try {
            file.remove();
        } catch (IOException kept) {
            listener.failed("unlink " + file, "", kept);
        }
    }

    private static void await(Server server, Duration most) {
        try {
            server.awaitTermination(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops at once. */
    @Override
    public void close() {
        drain(Duration.ZERO);
    }

    /** Hears of messages that the transport refused before any service saw them. */
    private final class TooLong extends ServerStreamTracer.Factory {
        @Override
        public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            return new ServerStreamTracer() {
                @Override
                public void streamClosed(Status status) {
                    String text = status.getDescription();
                    if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED
                            && text != null
                            && text.startsWith("gRPC message exceeds")) {
                        listener.limitReached("message");
                    }
                }
            };
        }
    }
}
