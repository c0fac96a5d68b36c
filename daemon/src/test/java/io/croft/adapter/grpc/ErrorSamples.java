package io.croft.adapter.grpc;

import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.util.Durations;
import io.croft.adapter.wire.ErrorWire;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.AdminServiceGrpc;
import io.croft.proto.v1.AllocateRequest;
import io.croft.proto.v1.Attachment;
import io.croft.proto.v1.CheckRequest;
import io.croft.proto.v1.CollectGarbageRequest;
import io.croft.proto.v1.CreateExternalRangeRequest;
import io.croft.proto.v1.CreatePoolRequest;
import io.croft.proto.v1.DeletePoolRequest;
import io.croft.proto.v1.ExpectedAddresses;
import io.croft.proto.v1.ExternalRange;
import io.croft.proto.v1.IpamServiceGrpc;
import io.croft.proto.v1.PausePoolRequest;
import io.croft.proto.v1.PoolMode;
import io.croft.proto.v1.PoolSpec;
import io.croft.proto.v1.ReleaseRequest;
import io.croft.proto.v1.ResumePoolRequest;
import io.croft.proto.v1.UpdatePoolRequest;
import io.croft.proto.v1.Workload;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One refusal for each reason: from a real agent where a request alone brings it about, else in the
 * words of the code that makes it.
 */
final class ErrorSamples {
    private final List<Rejection> samples = new ArrayList<>();
    private final IpamServiceGrpc.IpamServiceBlockingStub ipam;
    private final AdminServiceGrpc.AdminServiceBlockingStub admin;

    private ErrorSamples(UnixChannel channel) {
        ipam = IpamServiceGrpc.newBlockingStub(channel.channel());
        admin = AdminServiceGrpc.newBlockingStub(channel.channel());
    }

    static List<Rejection> of(Path directory) {
        try (var agent = new TestAgent(directory).start();
                var channel = new UnixChannel(agent.adminSocket())) {
            var samples = new ErrorSamples(channel);
            samples.ofAllocations();
            samples.ofPools();
            samples.ofTheNode();
            samples.ofTheCluster();
            return samples.samples;
        }
    }

    private void refused(Runnable call) {
        var failure = assertThrows(StatusRuntimeException.class, call::run);
        samples.add(ErrorWire.read(failure).orElseThrow(() -> new AssertionError(failure)));
    }

    private static Attachment.Builder attachment(String container) {
        return Attachment.newBuilder()
                .setNetwork("podnet")
                .setContainerId(container)
                .setInterfaceName("eth0");
    }

    private static AllocateRequest.Builder add(String container) {
        return AllocateRequest.newBuilder()
                .setAttachment(attachment(container))
                .setBeganSinceBoot(Durations.fromSeconds(3590))
                .setWorkload(Workload.newBuilder().setNamespace("team-a").setPod("web-0"));
    }

    private void allocate(AllocateRequest.Builder request) {
        var _ = ipam.allocate(request.build());
    }

    private void create(String name, PoolSpec.Builder spec) {
        var request = CreatePoolRequest.newBuilder().setName(name).setSpec(spec);
        var _ = admin.createPool(request.build());
    }

    private static PoolSpec.Builder spec(String cidr) {
        return PoolSpec.newBuilder().setCidr(cidr);
    }

    private void ofAllocations() {
        refused(() -> allocate(add("9f2c")));
        refused(() -> allocate(add("9f 2c")));
        create("team-a", spec("10.2.0.0/24").addNamespaces("team-a"));
        create("team-b", spec("10.3.0.0/24").addNamespaces("team-b"));
        create("cilium", spec("10.4.0.0/24").setMode(PoolMode.POOL_MODE_ROUTED));
        refused(() -> allocate(add("9f2c").addPools("team-c")));
        refused(() -> allocate(add("9f2c").addPools("team-b")));
        refused(() -> allocate(add("9f2c").addPools("cilium").setPlugin("bridge")));
        refused(() -> allocate(add("9f2c").addAddresses("10.9.0.7")));
        refused(() -> allocate(add("9f2c").addAddresses("10.2.0.1")));
        var pause = PausePoolRequest.newBuilder().setName("team-a").build();
        var _ = admin.pausePool(pause);
        refused(() -> allocate(add("9f2c")));
        var _ = admin.resumePool(ResumePoolRequest.newBuilder().setName("team-a").build());
        allocate(add("1a2b").addAddresses("10.2.0.7"));
        refused(() -> allocate(add("9f2c").addAddresses("10.2.0.7")));
        var other = ExpectedAddresses.newBuilder().addAddresses("10.2.0.8");
        var check = CheckRequest.newBuilder().setAttachment(attachment("1a2b"));
        refused(() -> ipam.check(check.setExpected(other).build()));
        refused(() -> ipam.check(check.setAttachment(attachment("9f2c")).build()));
        var collect = CollectGarbageRequest.newBuilder().setNetwork("podnet").build();
        refused(() -> ipam.collectGarbage(collect));
        var release = ReleaseRequest.newBuilder().setAttachment(attachment("1a2b")).build();
        var _ = ipam.release(release);
        refused(() -> allocate(add("9f2c").addAddresses("10.2.0.7")));
        refused(() -> allocate(add("1a2b")));
        for (int i = 0; i < 252; i++) {
            allocate(add("c" + i));
        }
        refused(() -> allocate(add("9f2c")));
    }

    private void ofPools() {
        refused(() -> create("team-b", spec("10.5.0.0/24")));
        refused(() -> create("team-c", spec("10.2.0.0/16")));
        var update = UpdatePoolRequest.newBuilder().setName("team-b").setSpec(spec(""));
        refused(() -> admin.updatePool(update.setEtag("7").build()));
        update.setEtag("").setSpec(spec("10.3.0.0/23"));
        refused(() -> admin.updatePool(update.build()));
        refused(() -> admin.deletePool(DeletePoolRequest.newBuilder().setName("team-a").build()));
        var range = ExternalRange.newBuilder().setName("services").setCidr("10.96.0.0/12");
        var register = CreateExternalRangeRequest.newBuilder().setRange(range).build();
        var _ = admin.createExternalRange(register);
        refused(() -> admin.createExternalRange(register));
    }

    private void ofTheNode() {
        samples.add(Reason.BLOCK_PENDING.because("pool \"team-a\": no block was claimed in time"));
        samples.add(Reason.MAILBOX_FULL.because("128 calls are under way, the most"));
        samples.add(Reason.AGENT_STOPPING.because("the agent is stopping"));
        samples.add(
                Reason.NOT_VALIDATED.because(
                        "the blocks of pool \"team-a\" are not confirmed since the start"));
        samples.add(Reason.JOURNAL_FULL.because("the disk of the journal is full"));
        samples.add(Reason.STORE_UNAVAILABLE.because("the store did not answer in 2 s"));
        samples.add(
                Reason.ADDRESS_ELSEWHERE.because(
                        "10.2.0.70 of pool \"team-a\" is in a block that this node cannot use: 10.2.0.64/26"));
        samples.add(Reason.PEER_DENIED.because("uid 1000 may not use this socket"));
        samples.add(Reason.STATE_VIOLATION.because("block 10.2.0.0/26 contradicts the journal"));
        samples.add(
                Reason.INTERNAL.because("the agent met a defect in croft.v1.IpamService/Allocate"));
        samples.add(Reason.JOURNAL_UNUSABLE.because("the journal is damaged behind record 4711"));
        samples.add(Reason.INSTALL_SUPERSEDED.because("another agent registered this install"));
        samples.add(
                Reason.CANNOT_START.because("cannot listen on /run/croft/cni.sock: no permission"));
        samples.add(Reason.OUTCOME_UNKNOWN.because("the store did not answer in 2 s"));
    }

    private void ofTheCluster() {
        samples.add(
                Reason.NODE_FULL.because(
                        "16384 attachments hold addresses on this node, the most there can be"));
        samples.add(
                Reason.INSTALL_LIVE.because(
                        "node node-a gave a sign of life in its former boot less than 45 s ago"));
        samples.add(Reason.NODE_UNKNOWN.because("no install registered as node \"node-x\""));
        samples.add(
                Reason.NODE_LIVE.because(
                        "node node-b gave a sign of life on that machine less than 45 s ago"));
        samples.add(Reason.NODE_NOT_EMPTY.because("node \"node-a\" holds 3 addresses"));
        samples.add(
                Reason.NODE_NAME_TAKEN.because(
                        "the name \"node-a\" is that of install 7f0c9a52-6d1e-4d0b-9c55-2f6a8e6b1d10, which is live"));
        samples.add(
                Reason.STORE_FROZEN.because(
                        "the store is frozen: restored from the backup of last night"));
        samples.add(
                Reason.STORE_DENIED.because(
                        "etcd at https://10.0.0.1:2379 refuses user \"croft\": permission denied"));
        samples.add(
                Reason.STORE_FULL.because(
                        "etcd at https://10.0.0.1:2379 takes no writes: mvcc: database space exceeded"));
        samples.add(
                Reason.STORE_UNUSABLE.because(
                        "etcd has no /croft/v1/prod/meta: nobody made a store for this cluster"));
    }
}
