package io.croft.adapter.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The client's end of an agent's Unix socket: a channel with a thread of its own. */
public final class UnixChannel implements AutoCloseable {
    private final EventLoopGroup thread;
    private final ManagedChannel channel;

    public UnixChannel(Path socket) {
        thread =
                new MultiThreadIoEventLoopGroup(
                        1,
                        new DefaultThreadFactory("croft-client", true),
                        EpollIoHandler.newFactory());
        channel =
                NettyChannelBuilder.forAddress(
                                new DomainSocketAddress(socket.toAbsolutePath().toFile()))
                        .channelType(EpollDomainSocketChannel.class)
                        .eventLoopGroup(thread)
                        .usePlaintext()
                        // Netty would warn: a Unix socket has no keep-alive.
                        .withOption(ChannelOption.SO_KEEPALIVE, null)
                        // There is no host in a path, and gRPC wants one.
                        .overrideAuthority("localhost")
                        .directExecutor()
                        .build();
    }

    public ManagedChannel channel() {
        return channel;
    }

    /** Ends calls under way. */
    @Override
    public void close() {
        channel.shutdownNow();
        var _ = thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
