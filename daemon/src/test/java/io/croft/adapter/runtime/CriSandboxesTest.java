package io.croft.adapter.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.croft.core.allocation.Attachment;
import io.croft.node.port.SandboxList.Listing;
import io.croft.proto.runtime.v1.ListPodSandboxRequest;
import io.croft.proto.runtime.v1.ListPodSandboxResponse;
import io.croft.proto.runtime.v1.PodSandbox;
import io.croft.proto.runtime.v1.RuntimeServiceGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real runtime says is in deploy/runtimes/containerd; here is what one may do. */
class CriSandboxesTest {
    @TempDir Path dir;

    private static final Attachment POD = new Attachment("pods", "0123abcd", "eth0");
    private final EventLoopGroup threads =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    /** Answers with one list, or with an error after it. */
    private static final class Answering extends RuntimeServiceGrpc.RuntimeServiceImplBase {
        private final ListPodSandboxResponse list;
        private final Status end;

        Answering(ListPodSandboxResponse list, Status end) {
            this.list = list;
            this.end = end;
        }

        @Override
        public void listPodSandbox(
                ListPodSandboxRequest request, StreamObserver<ListPodSandboxResponse> to) {
            assertEquals(ListPodSandboxRequest.getDefaultInstance(), request);
            if (end.isOk()) {
                to.onNext(list);
                to.onCompleted();
            } else {
                to.onError(end.asException());
            }
        }
    }

    @AfterEach
    void close() {
        var _ = threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private Path socket() {
        return dir.resolve("s");
    }

    private Server serve(Answering runtime) throws IOException {
        return NettyServerBuilder.forAddress(new DomainSocketAddress(socket().toFile()))
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(threads)
                .workerEventLoopGroup(threads)
                .directExecutor()
                .addService(runtime)
                .build()
                .start();
    }

    private Listing read() {
        try (var sandboxes = new CriSandboxes(socket())) {
            return read(sandboxes);
        }
    }

    private static Listing read(CriSandboxes sandboxes) {
        return sandboxes.read().toCompletableFuture().join();
    }

    private static ListPodSandboxResponse listOf(PodSandbox... items) {
        var list = ListPodSandboxResponse.newBuilder();
        for (PodSandbox item : items) {
            list.addItems(item);
        }
        return list.build();
    }

    private static PodSandbox sandbox(String id) {
        return PodSandbox.newBuilder().setId(id).build();
    }

    @Test
    void showsASandboxByItsIdWhateverElseIsSaidOfIt() throws IOException {
        var annotations =
                UnknownFieldSet.newBuilder()
                        .addField(
                                6,
                                UnknownFieldSet.Field.newBuilder()
                                        .addLengthDelimited(ByteString.copyFrom(new byte[5 << 20]))
                                        .build())
                        .build();
        PodSandbox pod = sandbox("0123abcd").toBuilder().setUnknownFields(annotations).build();
        Server server = serve(new Answering(listOf(pod, sandbox("other")), Status.OK));
        Listing shown = read();
        assertTrue(shown.shows(POD));
        assertFalse(shown.shows(new Attachment("pods", "0123abc", "eth0")));
        server.shutdownNow();
    }

    @Test
    void failsWhereTheRuntimeFails() throws IOException {
        Server server = serve(new Answering(listOf(), Status.UNIMPLEMENTED));
        var failure = assertThrows(CompletionException.class, this::read);
        assertTrue(
                String.valueOf(failure.getMessage()).contains("says UNIMPLEMENTED"),
                failure::toString);
        server.shutdownNow();
    }

    @Test
    void failsWithoutARuntimeAndAsksTheNextOneAtOnce() throws IOException {
        try (var sandboxes = new CriSandboxes(socket())) {
            assertThrows(CompletionException.class, () -> read(sandboxes));
            Server server = serve(new Answering(listOf(sandbox("0123abcd")), Status.OK));
            assertTrue(read(sandboxes).shows(POD));
            server.shutdownNow();
        }
    }
}
