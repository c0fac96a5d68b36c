package io.croft.agent;

import io.croft.adapter.file.NioDisk;
import io.croft.adapter.file.StateDirectory;
import io.croft.adapter.file.Trees;
import io.croft.adapter.grpc.UnixChannel;
import io.croft.adapter.host.BootFacts;
import io.croft.adapter.host.Randomness;
import io.croft.core.time.Clock;
import io.croft.proto.v1.AdminServiceGrpc;
import io.croft.proto.v1.AllocateRequest;
import io.croft.proto.v1.Attachment;
import io.croft.proto.v1.CreatePoolRequest;
import io.croft.proto.v1.IpamServiceGrpc;
import io.croft.proto.v1.PoolMode;
import io.croft.proto.v1.PoolSpec;
import io.croft.proto.v1.ReleaseRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A whole service on directories of its own that are gone afterwards: what an agent does while it
 * waits for another one's lock, so that it takes over warm.
 */
final class Rehearsal {
    private static final int PODS = 200;
    static final String STAGE = ".warm-";
    private static final long MOST_STAGES = 1_000_000;

    private Rehearsal() {}

    /** Never fails: an agent that did not rehearse takes over cold. */
    static void hold(Path runDir, BootFacts boot, Clock clock, Service.Ears ears, String version) {
        // Short, because sockets are bound in it and their paths are bounded; by chance, because in
        // containers every agent has the same process id.
        Path stage = runDir.resolve(STAGE + new Randomness().below(MOST_STAGES));
        try {
            Files.createDirectory(stage);
            try (var directory = StateDirectory.open(new NioDisk(), stage.resolve("state"));
                    var service =
                            Service.open(
                                    new Service.Place(
                                            "rehearsal",
                                            "rehearsal",
                                            Map.of(),
                                            directory,
                                            stage,
                                            Optional.empty(),
                                            Optional.empty(),
                                            List::of),
                                    new EmbeddedOpener(
                                            new NioDisk(),
                                            directory,
                                            new Randomness()::uuid,
                                            clock),
                                    boot,
                                    clock,
                                    ears,
                                    version)) {
                if (!directory.tryLock()) {
                    throw new IOException(stage + " is locked");
                }
                service.start();
                play(stage);
            } finally {
                Trees.remove(stage);
            }
        } catch (IOException | RuntimeException failed) {
            ears.report().accept("the warm-up was given up: " + failed);
        }
    }

    /** Removes what rehearsals left whose processes were killed: nobody has their locks. */
    static void tidy(Path runDir) throws IOException {
        try (Stream<Path> all = Files.list(runDir)) {
            for (Path each : all.toList()) {
                if (each.getFileName().toString().matches(Pattern.quote(STAGE) + "[0-9]+")) {
                    removeUnlessInUse(each);
                }
            }
        }
    }

    private static void removeUnlessInUse(Path stage) {
        try (var directory = StateDirectory.open(new NioDisk(), stage.resolve("state"))) {
            if (directory.tryLock()) {
                Trees.remove(stage);
            }
        } catch (IOException stays) {
            // It is in nobody's way.
        }
    }

    private static void play(Path runDir) {
        try (var channel = new UnixChannel(runDir.resolve("admin.sock"))) {
            var admin =
                    AdminServiceGrpc.newBlockingStub(channel.channel())
                            .withDeadlineAfter(10, TimeUnit.SECONDS);
            var spec =
                    PoolSpec.newBuilder()
                            .setCidr("192.0.2.0/24")
                            .setMode(PoolMode.POOL_MODE_ROUTED);
            var _ =
                    admin.createPool(
                            CreatePoolRequest.newBuilder()
                                    .setName("rehearsal")
                                    .setSpec(spec.setIsDefault(true).setBlockPrefixLength(24))
                                    .build());
            var ipam =
                    IpamServiceGrpc.newBlockingStub(channel.channel())
                            .withDeadlineAfter(10, TimeUnit.SECONDS);
            for (int pod = 0; pod < PODS; pod++) {
                var attachment =
                        Attachment.newBuilder()
                                .setNetwork("rehearsal")
                                .setContainerId("pod-" + pod)
                                .setInterfaceName("eth0")
                                .build();
                var _ =
                        ipam.allocate(
                                AllocateRequest.newBuilder().setAttachment(attachment).build());
                var _ = ipam.release(ReleaseRequest.newBuilder().setAttachment(attachment).build());
            }
        }
    }
}
