package io.croft.adapter.host;

import io.grpc.netty.shaded.io.netty.bootstrap.Bootstrap;
import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.channel.ChannelFuture;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The service manager's notify socket (sd_notify): tells it when the agent is ready and when it
 * stops. Without one, says nothing.
 *
 * <p>A Unix datagram socket, which java.nio does not have; gRPC's Netty does.
 */
public final class ServiceSocket {
    private final Optional<String> path;

    public ServiceSocket(Optional<String> path) {
        this.path = path.filter(p -> !p.isEmpty());
    }

    /** Sends a state, as {@code READY=1}. A manager that does not listen is no reason to stop. */
    public void say(String state) {
        path.ifPresent(to -> send(to, state));
    }

    private static void send(String to, String state) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        try {
            // An abstract socket's name begins with a zero byte, written as "@".
            String address = to.startsWith("@") ? "\0" + to.substring(1) : to;
            ChannelFuture connected =
                    new Bootstrap()
                            .group(group)
                            .channel(EpollDomainDatagramChannel.class)
                            .handler(new ChannelInboundHandlerAdapter())
                            .connect(new DomainSocketAddress(address))
                            .awaitUninterruptibly();
            // A NOTIFY_SOCKET where nobody listens is seen by the manager, which times out.
            if (connected.isSuccess()) {
                var _ =
                        connected
                                .channel()
                                .writeAndFlush(Unpooled.copiedBuffer(state, StandardCharsets.UTF_8))
                                .awaitUninterruptibly();
            }
            var _ = connected.channel().close().awaitUninterruptibly();
        } finally {
            var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
