package io.croft.adapter.grpc;

import io.grpc.Attributes;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.grpc.netty.ProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;

/**
 * Lets a connection in: at most {@link #MOST_CONNECTIONS}, and only those of a user who may call.
 *
 * <p>The kernel says who connected. A peer who may not is kept for a moment, so that its first call
 * can be answered with PEER_DENIED instead of a broken pipe; too many connections are closed at
 * once.
 */
final class PeerGuard implements InternalProtocolNegotiator.ProtocolNegotiator {
    static final Attributes.Key<Integer> DENIED_UID = Attributes.Key.create("croft-denied-uid");
    static final int MOST_CONNECTIONS = 64;
    private static final long DENIED_MILLIS = 1000;

    private final InternalProtocolNegotiator.ProtocolNegotiator plaintext =
            InternalProtocolNegotiators.serverPlaintext();
    private final AtomicInteger connections = new AtomicInteger();
    private final IntPredicate mayCall;
    private final CallListener listener;

    /**
     * @param mayCall whether a user of that id may call
     */
    PeerGuard(IntPredicate mayCall, CallListener listener) {
        this.mayCall = mayCall;
        this.listener = listener;
    }

    @Override
    public AsciiString scheme() {
        return plaintext.scheme();
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
        return new Admission(grpc);
    }

    @Override
    public void close() {
        plaintext.close();
    }

    private final class Admission extends ChannelInboundHandlerAdapter {
        private final GrpcHttp2ConnectionHandler grpc;
        private Attributes verdict = Attributes.EMPTY;

        Admission(GrpcHttp2ConnectionHandler grpc) {
            this.grpc = grpc;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) throws IOException {
            var _ =
                    ctx.channel()
                            .closeFuture()
                            .addListener(closed -> connections.decrementAndGet());
            if (connections.incrementAndGet() > MOST_CONNECTIONS) {
                listener.limitReached("connections");
                var _ = ctx.close();
                return;
            }
            int uid = ((EpollDomainSocketChannel) ctx.channel()).peerCredentials().uid();
            if (!mayCall.test(uid)) {
                listener.limitReached("peer");
                verdict = Attributes.newBuilder().set(DENIED_UID, uid).build();
                var _ =
                        ctx.executor()
                                .schedule(
                                        () -> {
                                            var _ = ctx.channel().close();
                                        },
                                        DENIED_MILLIS,
                                        TimeUnit.MILLISECONDS);
            }
            ctx.pipeline().addAfter(ctx.name(), null, plaintext.newHandler(grpc));
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ProtocolNegotiationEvent begun) {
                Attributes all =
                        InternalProtocolNegotiationEvent.getAttributes(begun).toBuilder()
                                .setAll(verdict)
                                .build();
                ctx.fireUserEventTriggered(
                        InternalProtocolNegotiationEvent.withAttributes(begun, all));
                ctx.pipeline().remove(this);
            } else {
                ctx.fireUserEventTriggered(event);
            }
        }
    }
}
