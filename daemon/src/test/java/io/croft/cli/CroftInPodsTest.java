package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.grpc.TestAgent;
import io.croft.adapter.grpc.UnixChannel;
import io.croft.proto.v1.AllocateRequest;
import io.croft.proto.v1.Attachment;
import io.croft.proto.v1.IpamServiceGrpc;
import io.croft.proto.v1.Netns;
import io.croft.proto.v1.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pods of the Helm chart ask of their node's agent. */
final class CroftInPodsTest {
    @TempDir private Path directory;

    private Ended croft(String... args) {
        var all = new ArrayList<>(List.of("--run-dir", directory.toString()));
        all.addAll(List.of(args));
        return Ended.of("", Map.of(), all);
    }

    private static void add(TestAgent agent) {
        try (var channel = new UnixChannel(agent.cniSocket())) {
            var request =
                    AllocateRequest.newBuilder()
                            .setAttachment(
                                    Attachment.newBuilder()
                                            .setNetwork("podnet")
                                            .setContainerId("c1")
                                            .setInterfaceName("eth0"))
                            .setWorkload(
                                    Workload.newBuilder()
                                            .setNamespace("web")
                                            .setPod("front-0")
                                            .setNetns(Netns.newBuilder().setPath("/run/netns/c1")));
            IpamServiceGrpc.newBlockingStub(channel.channel()).allocate(request.build());
        }
    }

    @Test
    void waitsForAnAgentThatStartsLater() {
        var waiting = CompletableFuture.supplyAsync(() -> croft("status", "--wait", "2m"));
        try (var _ = new TestAgent(directory).start()) {
            Ended served = waiting.join();
            assertEquals(0, served.code());
            assertTrue(served.out().startsWith("node:               n1\n"), served.out());
        }
    }

    @Test
    void saysWhatIsWrongWhenNoAgentCame() {
        Ended ended = croft("status", "--wait", "1s");
        assertEquals(3, ended.code());
        assertTrue(ended.err().contains("admin.sock"), ended.err());
    }

    @Test
    void tellsWhetherAPodHoldsItsAddress() {
        try (var agent = new TestAgent(directory).start()) {
            croft("pool", "create", "pods", "10.1.0.0/16", "--default");
            add(agent);
            Ended own = croft("ip", "show", "10.1.0.2", "--held-by", "web/front-0");
            assertEquals(0, own.code());
            assertTrue(own.out().contains("pod:         web/front-0\n"), own.out());
            Ended other = croft("ip", "show", "10.1.0.2", "--held-by", "web/front-1");
            assertEquals(1, other.code());
            assertTrue(other.err().contains("is not held by pod \"web/front-1\""), other.err());
            assertEquals(1, croft("ip", "show", "10.1.0.9", "--held-by", "web/front-0").code());
            assertEquals(
                    2, croft("ip", "show", "10.1.0.2", "--cluster", "--held-by", "a/b").code());
            for (String none : List.of("", "/", "web/", "front-0", "a/b/c")) {
                assertEquals(2, croft("ip", "show", "10.1.0.2", "--held-by", none).code(), none);
            }
        }
    }
}
