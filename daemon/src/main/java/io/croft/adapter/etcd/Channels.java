package io.croft.adapter.etcd;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NegotiationType;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Opens channels to etcd, all on one thread, on which answers are handed out as well. */
final class Channels implements AutoCloseable {
    /** Of an answer: room for a page of pools and as many external ranges, at 64 KiB each. */
    private static final int MOST_ANSWER_BYTES = 2 * Catalogue.PAGE * PoolSeen.LARGEST;

    /** Shorter than a call, so that the call can still go to another endpoint. */
    private static final Duration CONNECT = Duration.ofSeconds(1);

    /**
     * A connection with calls under way is tried after this silence. etcd allows one try in 5 s,
     * and none without calls.
     */
    private static final Duration KEEPALIVE_TIME = Duration.ofSeconds(10);

    private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(3);

    /** A connection without calls is given up: only one endpoint is in use at a time. */
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final Optional<SslContext> tls;
    private final Optional<String> serverName;
    private final EventLoopGroup thread =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("croft-etcd", true), EpollIoHandler.newFactory());

    /**
     * @param tls empty: without
     * @param serverName to be shown by the members' certificates; empty: the endpoint's host
     */
    Channels(Optional<SslContext> tls, Optional<String> serverName) {
        this.tls = tls;
        this.serverName = serverName;
    }

    ManagedChannel open(EtcdEndpoint endpoint) {
        NettyChannelBuilder builder =
                NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                        .channelType(EpollSocketChannel.class)
                        .eventLoopGroup(thread)
                        .directExecutor()
                        // A call is sent once or not at all; gRPC would repeat what it thinks safe.
                        .disableRetry()
                        .disableServiceConfigLookUp()
                        .proxyDetector(address -> null)
                        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT.toMillis())
                        .keepAliveTime(KEEPALIVE_TIME.toMillis(), TimeUnit.MILLISECONDS)
                        .keepAliveTimeout(KEEPALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                        .idleTimeout(IDLE.toMillis(), TimeUnit.MILLISECONDS)
                        .maxInboundMessageSize(MOST_ANSWER_BYTES);
        tls.ifPresentOrElse(
                context -> builder.negotiationType(NegotiationType.TLS).sslContext(context),
                () -> builder.negotiationType(NegotiationType.PLAINTEXT));
        serverName.ifPresent(builder::overrideAuthority);
        return builder.build();
    }

    /** The one thread. */
    EventLoop thread() {
        return thread.next();
    }

    @Override
    public void close() {
        // Not before the channels' own end was carried out on it: gRPC would log a panic.
        var _ = thread.shutdownGracefully(100, 1000, TimeUnit.MILLISECONDS);
    }
}
