package io.croft.adapter.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.util.Durations;
import io.croft.adapter.wire.ErrorWire;
import io.croft.core.engine.Timings;
import io.croft.core.netns.NetnsFate;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.AdminServiceGrpc;
import io.croft.proto.v1.AllocateRequest;
import io.croft.proto.v1.Allocation;
import io.croft.proto.v1.Attachment;
import io.croft.proto.v1.CheckRequest;
import io.croft.proto.v1.CollectGarbageRequest;
import io.croft.proto.v1.CreatePoolRequest;
import io.croft.proto.v1.ExpectedAddresses;
import io.croft.proto.v1.GetStatusRequest;
import io.croft.proto.v1.IpamServiceGrpc;
import io.croft.proto.v1.Netns;
import io.croft.proto.v1.PoolSpec;
import io.croft.proto.v1.ReleaseRequest;
import io.croft.proto.v1.ValidAttachment;
import io.croft.proto.v1.Workload;
import io.croft.testing.Eventually;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IpamEndpointTest {
    @TempDir private Path directory;
    private TestAgent agent;
    private UnixChannel channel;
    private IpamServiceGrpc.IpamServiceBlockingStub ipam;

    @BeforeEach
    void start() {
        agent = new TestAgent(directory).start();
        channel = new UnixChannel(agent.cniSocket());
        ipam = IpamServiceGrpc.newBlockingStub(channel.channel());
        try (var admin = new UnixChannel(agent.adminSocket())) {
            var spec = PoolSpec.newBuilder().setCidr("10.1.0.0/24").setIsDefault(true);
            var request = CreatePoolRequest.newBuilder().setName("pods").setSpec(spec).build();
            var _ = AdminServiceGrpc.newBlockingStub(admin.channel()).createPool(request);
        }
    }

    @AfterEach
    void stop() {
        channel.close();
        agent.close();
    }

    private static Attachment attachment(String container) {
        return Attachment.newBuilder()
                .setNetwork("podnet")
                .setContainerId(container)
                .setInterfaceName("eth0")
                .build();
    }

    private static AllocateRequest.Builder add(String container) {
        var netns = Netns.newBuilder().setPath("/run/netns/" + container).setDevice(4).setInode(9);
        return AllocateRequest.newBuilder()
                .setAttachment(attachment(container))
                .setBeganSinceBoot(Durations.fromSeconds(3590))
                .setWorkload(
                        Workload.newBuilder().setNamespace("web").setPod("p-1").setNetns(netns));
    }

    private static Rejection refusal(Runnable call) {
        var failure = assertThrows(StatusRuntimeException.class, call::run);
        return ErrorWire.read(failure).orElseThrow(() -> new AssertionError(failure));
    }

    @Test
    void givesAnAddressInTheFormOfItsPool() {
        Allocation given = ipam.allocate(add("c1").build()).getAllocation();
        assertEquals("10.1.0.2", given.getAddresses(0).getAddress());
        assertEquals(24, given.getAddresses(0).getPrefixLength());
        assertEquals("10.1.0.1", given.getAddresses(0).getGateway());
        assertEquals("0.0.0.0/0", given.getAddresses(0).getRoutes(0).getDestination());
        assertEquals("10.1.0.1", given.getAddresses(0).getRoutes(0).getGateway());
        assertEquals("pods", given.getAddresses(0).getPool());
        assertEquals("p-1", given.getWorkload().getPod());
    }

    @Test
    void givesTheSameAgainToTheSameAttachment() {
        Allocation first = ipam.allocate(add("c1").build()).getAllocation();
        assertEquals(first, ipam.allocate(add("c1").build()).getAllocation());
    }

    @Test
    void namesTheFieldThatIsWrong() {
        var badId = add("c1").setAttachment(attachment("../x"));
        Rejection why = refusal(() -> ipam.allocate(badId.build()));
        assertEquals(Reason.INVALID_FIELD, why.reason());
        assertEquals("container_id", why.facts().get("field"));
        var badAddress = add("c1").addAddresses("10.1");
        assertEquals(
                "addresses", refusal(() -> ipam.allocate(badAddress.build())).facts().get("field"));
        var badPlugin = add("c1").setPlugin("x".repeat(65));
        assertEquals(
                "plugin", refusal(() -> ipam.allocate(badPlugin.build())).facts().get("field"));
        var badStamp = add("c1").setBeganSinceBoot(Durations.fromSeconds(-1));
        assertEquals(
                "began_since_boot",
                refusal(() -> ipam.allocate(badStamp.build())).facts().get("field"));
        var badNamespace = add("c1");
        badNamespace.getWorkloadBuilder().setNamespace("x".repeat(254));
        assertEquals(
                "workload.namespace",
                refusal(() -> ipam.allocate(badNamespace.build())).facts().get("field"));
    }

    @Test
    void ignoresThePrefixLengthOfARequestedAddress() {
        var wish = add("c1").addAddresses("10.1.0.9/16").build();
        assertEquals("10.1.0.9", ipam.allocate(wish).getAllocation().getAddresses(0).getAddress());
    }

    @Test
    void refusesAnAddThatBeganBeforeItsDelete() {
        var delete =
                ReleaseRequest.newBuilder()
                        .setAttachment(attachment("c1"))
                        .setBeganSinceBoot(Durations.fromSeconds(3595));
        assertFalse(ipam.release(delete.build()).getReleased());
        Rejection why = refusal(() -> ipam.allocate(add("c1").build()));
        assertEquals(Reason.DELETED_MEANWHILE, why.reason());
    }

    @Test
    void takesAStampFromTheFutureForTheTimeOfArrival() {
        var delete = ReleaseRequest.newBuilder().setAttachment(attachment("c1"));
        assertFalse(
                ipam.release(delete.setBeganSinceBoot(Durations.fromSeconds(99_999)).build())
                        .getReleased());
        agent.pass(Duration.ofSeconds(1));
        var later = add("c1").setBeganSinceBoot(Durations.fromSeconds(3601)).build();
        assertEquals(1, ipam.allocate(later).getAllocation().getAddressesCount());
    }

    @Test
    void releasesWithASequenceThatAllocationOnly() {
        long sequence = ipam.allocate(add("c1").build()).getAllocation().getSequence();
        var release = ReleaseRequest.newBuilder().setAttachment(attachment("c1"));
        assertFalse(ipam.release(release.setSequence(sequence + 1).build()).getReleased());
        assertTrue(ipam.release(release.setSequence(sequence).build()).getReleased());
    }

    @Test
    void releasesNothingWithTheSequenceOfBeforeARepeatedAdd() {
        var before = ipam.allocate(add("c1").build()).getAllocation();
        var again = add("c1").setBeganSinceBoot(Durations.fromSeconds(3599)).build();
        var after = ipam.allocate(again).getAllocation();
        assertEquals(before.getAddressesList(), after.getAddressesList());
        assertTrue(after.getSequence() > before.getSequence());
        var release = ReleaseRequest.newBuilder().setAttachment(attachment("c1"));
        assertFalse(ipam.release(release.setSequence(before.getSequence()).build()).getReleased());
        assertTrue(ipam.release(release.setSequence(after.getSequence()).build()).getReleased());
    }

    @Test
    void refusesAnUndoWithoutTheStampOfItsAdd() {
        var undo = ReleaseRequest.newBuilder().setAttachment(attachment("c1")).setUndo(true);
        assertEquals(Reason.INVALID_FIELD, refusal(() -> ipam.release(undo.build())).reason());
    }

    @Test
    void checksExistenceOnlyWhenNothingIsExpected() {
        var check = CheckRequest.newBuilder().setAttachment(attachment("c1"));
        assertEquals(Reason.NOT_ALLOCATED, refusal(() -> ipam.check(check.build())).reason());
        Allocation given = ipam.allocate(add("c1").build()).getAllocation();
        assertEquals(given, ipam.check(check.build()).getAllocation());
        check.setExpected(ExpectedAddresses.newBuilder().addAddresses("10.1.0.2/24"));
        assertEquals(given, ipam.check(check.build()).getAllocation());
        check.setExpected(ExpectedAddresses.getDefaultInstance());
        assertEquals(Reason.ADDRESSES_DIFFER, refusal(() -> ipam.check(check.build())).reason());
    }

    @Test
    void collectsWhatIsGoneAndLeavesWhatIsAlive() {
        for (String each : new String[] {"gone", "alive", "listed"}) {
            agent.netns("/run/netns/" + each, NetnsFate.ALIVE);
            assertTrue(ipam.allocate(add(each).build()).hasAllocation());
        }
        agent.netns("/run/netns/gone", NetnsFate.GONE);
        agent.netns("/run/netns/listed", NetnsFate.GONE);
        var request =
                CollectGarbageRequest.newBuilder()
                        .setNetwork("podnet")
                        .addValid(
                                ValidAttachment.newBuilder()
                                        .setContainerId("listed")
                                        .setInterfaceName("eth0"));
        var done = ipam.collectGarbage(request.build());
        assertEquals(1, done.getFreed());
        assertEquals(1, done.getAlive());
        assertEquals(0, ipam.collectGarbage(request.build()).getFreed());
    }

    @Test
    void freesTheRestAndSaysHowManyItHeldBack() {
        agent.netns("/run/netns/gone", NetnsFate.ALIVE);
        assertTrue(ipam.allocate(add("gone").build()).hasAllocation());
        assertTrue(ipam.allocate(add("unknown").build()).hasAllocation());
        agent.netns("/run/netns/gone", NetnsFate.GONE);
        var request = CollectGarbageRequest.newBuilder().setNetwork("podnet").build();
        Rejection why = refusal(() -> ipam.collectGarbage(request));
        assertEquals(Reason.GC_BRAKE, why.reason());
        assertEquals("held back 1 of 2", why.message());
        var check = CheckRequest.newBuilder().setAttachment(attachment("gone")).build();
        assertEquals(Reason.NOT_ALLOCATED, refusal(() -> ipam.check(check)).reason());
    }

    @Test
    void collectsNothingOfANetworkWithoutAName() {
        var request = CollectGarbageRequest.getDefaultInstance();
        assertEquals("network", refusal(() -> ipam.collectGarbage(request)).facts().get("field"));
    }

    @Test
    void saysThatItServes() {
        var status = ipam.getStatus(GetStatusRequest.getDefaultInstance());
        assertTrue(status.getServing());
        assertEquals("0.1.0", status.getVersion());
    }

    @Test
    void waitsNoLongerThanItsCallerOrTheLimit() {
        assertTrue(ipam.allocate(add("c1").build()).hasAllocation());
        assertEquals(TestAgent.NOW.plus(Timings.ADD_WAIT), agent.engine().lastDeadline());
        var hurried = ipam.withDeadlineAfter(2, TimeUnit.SECONDS);
        assertTrue(hurried.allocate(add("c2").build()).hasAllocation());
        assertFalse(
                agent.engine().lastDeadline().isAfter(TestAgent.NOW.plus(Duration.ofSeconds(2))));
    }

    @Test
    void letsGoOfACallThatIsNotAnsweredInTime() throws Exception {
        agent.engine().hang();
        var hurried = ipam.withDeadlineAfter(50, TimeUnit.MILLISECONDS);
        var failure =
                assertThrows(
                        StatusRuntimeException.class, () -> hurried.allocate(add("c1").build()));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, failure.getStatus().getCode());
        Eventually.holds(() -> agent.cni.executing() == 0);
    }

    @Test
    void freesNothingWhenItsCallerGoesAway() throws Exception {
        agent.engine().swallowNextAnswer();
        var call = IpamServiceGrpc.newFutureStub(channel.channel()).allocate(add("c1").build());
        Eventually.holds(() -> agent.engine().hasSwallowed());
        call.cancel(true);
        Eventually.holds(() -> agent.cni.executing() == 0);
        var check = CheckRequest.newBuilder().setAttachment(attachment("c1")).build();
        assertTrue(ipam.check(check).hasAllocation());
    }

    @Test
    void putsTheRequestIdIntoErrorAndLog() {
        var headers = new Metadata();
        headers.put(Gate.REQUEST_ID, "5f0c5f0c5f0c5f0c");
        var named = ipam.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
        var check = CheckRequest.newBuilder().setAttachment(attachment("c1")).build();
        var failure = assertThrows(StatusRuntimeException.class, () -> named.check(check));
        assertEquals("5f0c5f0c5f0c5f0c", ErrorWire.requestId(failure).orElseThrow());
        assertTrue(agent.heard.refusals.contains("NOT_ALLOCATED 5f0c5f0c5f0c5f0c"));
    }
}
