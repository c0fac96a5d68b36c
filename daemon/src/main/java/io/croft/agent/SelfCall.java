package io.croft.agent;

import io.croft.adapter.grpc.UnixChannel;
import io.croft.proto.v1.Attachment;
import io.croft.proto.v1.GetStatusRequest;
import io.croft.proto.v1.IpamServiceGrpc;
import io.croft.proto.v1.ReleaseRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Calls through the agent's own socket before it says that it is ready: the first call of a JVM is
 * many times slower than the next, and should not be a pod's. The way through socket, loop, journal
 * and back is that of a DEL of nobody.
 */
final class SelfCall {
    private static final Attachment NOBODY =
            Attachment.newBuilder()
                    .setNetwork("croft-self-call")
                    .setContainerId("none")
                    .setInterfaceName("none")
                    .build();

    private SelfCall() {}

    static void make(Path socket) {
        try (var channel = new UnixChannel(socket)) {
            var ipam =
                    IpamServiceGrpc.newBlockingStub(channel.channel())
                            .withDeadlineAfter(5, TimeUnit.SECONDS);
            var _ = ipam.getStatus(GetStatusRequest.getDefaultInstance());
            var _ = ipam.release(ReleaseRequest.newBuilder().setAttachment(NOBODY).build());
        } catch (StatusRuntimeException cold) {
            // A node that cannot write is still one that answers CHECK and says why it is not
            // ready.
        }
    }
}
