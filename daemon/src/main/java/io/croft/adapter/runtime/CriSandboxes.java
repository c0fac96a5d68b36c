package io.croft.adapter.runtime;

import io.croft.core.allocation.Attachment;
import io.croft.node.port.SandboxList;
import io.croft.proto.runtime.v1.ListPodSandboxRequest;
import io.croft.proto.runtime.v1.ListPodSandboxResponse;
import io.croft.proto.runtime.v1.PodSandbox;
import io.croft.proto.runtime.v1.RuntimeServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The sandboxes that a container runtime lists over the Kubernetes CRI, in whatever state they are:
 * a stopped one is not forgotten yet. What CNI calls the container id is a sandbox's id.
 */
public final class CriSandboxes implements SandboxList, AutoCloseable {
    private static final int CALL_SECONDS = 5;

    /** A sandbox brings its annotations along, some of which are long. */
    private static final int LARGEST = 8 << 20;

    private final Path socket;
    private final EventLoopGroup thread =
            new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("croft-cri", true), EpollIoHandler.newFactory());

    public CriSandboxes(Path socket) {
        this.socket = socket;
    }

    @Override
    public String name() {
        return "the runtime at " + socket;
    }

    /** Each over a connection of its own: a runtime that came back is asked at once. */
    @Override
    public CompletionStage<Listing> read() {
        var answer = new CompletableFuture<Listing>();
        ManagedChannel channel;
        try {
            channel = connect();
        } catch (RuntimeException cannot) {
            return CompletableFuture.failedFuture(
                    new IOException("%s cannot be asked: %s".formatted(name(), cannot), cannot));
        }
        RuntimeServiceGrpc.newStub(channel)
                .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
                .listPodSandbox(ListPodSandboxRequest.getDefaultInstance(), into(answer));
        return answer.whenComplete((_, _) -> channel.shutdownNow());
    }

    private ManagedChannel connect() {
        return NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .channelType(EpollDomainSocketChannel.class)
                .eventLoopGroup(thread)
                .usePlaintext()
                // Netty would warn: a Unix socket has no keep-alive.
                .withOption(ChannelOption.SO_KEEPALIVE, null)
                // There is no host in a path, and gRPC wants one.
                .overrideAuthority("localhost")
                .maxInboundMessageSize(LARGEST)
                .directExecutor()
                .build();
    }

    private StreamObserver<ListPodSandboxResponse> into(CompletableFuture<Listing> answer) {
        return new StreamObserver<>() {
            private Optional<Listing> list = Optional.empty();

            @Override
            public void onNext(ListPodSandboxResponse whole) {
                list = Optional.of(listing(whole));
            }

            @Override
            public void onError(Throwable failure) {
                fail("says " + Status.fromThrowable(failure).getCode(), failure);
            }

            @Override
            public void onCompleted() {
                list.ifPresentOrElse(answer::complete, () -> fail("gave none", null));
            }

            private void fail(String why, @Nullable Throwable cause) {
                answer.completeExceptionally(
                        new IOException(
                                "%s was asked for its sandboxes and %s".formatted(name(), why),
                                cause));
            }
        };
    }

    private static Listing listing(ListPodSandboxResponse list) {
        Set<String> ids =
                list.getItemsList().stream().map(PodSandbox::getId).collect(Collectors.toSet());
        return (Attachment attachment) -> ids.contains(attachment.containerId());
    }

    /** Ends a call under way. */
    @Override
    public void close() {
        var _ = thread.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
