package io.croft.adapter.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import io.croft.adapter.wire.ErrorWire;
import io.croft.core.netns.NetnsFate;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.AddressEntry;
import io.croft.proto.v1.AddressState;
import io.croft.proto.v1.AdminServiceGrpc;
import io.croft.proto.v1.AllocateRequest;
import io.croft.proto.v1.Attachment;
import io.croft.proto.v1.Block;
import io.croft.proto.v1.BlockState;
import io.croft.proto.v1.ConfirmGarbageRequest;
import io.croft.proto.v1.CreateExternalRangeRequest;
import io.croft.proto.v1.CreatePoolRequest;
import io.croft.proto.v1.CreatePoolResponse;
import io.croft.proto.v1.DeleteExternalRangeRequest;
import io.croft.proto.v1.DeletePoolRequest;
import io.croft.proto.v1.DrainPoolRequest;
import io.croft.proto.v1.ExternalRange;
import io.croft.proto.v1.GetAgentRequest;
import io.croft.proto.v1.GetPoolRequest;
import io.croft.proto.v1.IpamServiceGrpc;
import io.croft.proto.v1.ListAllocationsRequest;
import io.croft.proto.v1.ListBlocksRequest;
import io.croft.proto.v1.ListExternalRangesRequest;
import io.croft.proto.v1.ListPoolsRequest;
import io.croft.proto.v1.LookUpAddressRequest;
import io.croft.proto.v1.LookUpAddressResponse;
import io.croft.proto.v1.Netns;
import io.croft.proto.v1.PausePoolRequest;
import io.croft.proto.v1.Pool;
import io.croft.proto.v1.PoolMode;
import io.croft.proto.v1.PoolSpec;
import io.croft.proto.v1.PoolState;
import io.croft.proto.v1.PreviewGarbageRequest;
import io.croft.proto.v1.ReleaseAddressRequest;
import io.croft.proto.v1.ReleaseRequest;
import io.croft.proto.v1.ResumePoolRequest;
import io.croft.proto.v1.UpdatePoolRequest;
import io.croft.proto.v1.WatchEventsRequest;
import io.croft.proto.v1.Workload;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdminEndpointTest {
    @TempDir private Path directory;
    private TestAgent agent;
    private UnixChannel channel;
    private AdminServiceGrpc.AdminServiceBlockingStub admin;
    private IpamServiceGrpc.IpamServiceBlockingStub ipam;

    @BeforeEach
    void start() {
        agent = new TestAgent(directory).start();
        channel = new UnixChannel(agent.adminSocket());
        admin =
                AdminServiceGrpc.newBlockingStub(channel.channel())
                        .withDeadlineAfter(30, TimeUnit.SECONDS);
        ipam = IpamServiceGrpc.newBlockingStub(channel.channel());
    }

    @AfterEach
    void stop() {
        channel.close();
        agent.close();
    }

    private CreatePoolResponse create(String name, String cidr) {
        return admin.createPool(request(name, cidr).build());
    }

    private static CreatePoolRequest.Builder request(String name, String cidr) {
        return CreatePoolRequest.newBuilder()
                .setName(name)
                .setSpec(PoolSpec.newBuilder().setCidr(cidr).setIsDefault(true));
    }

    private void add(String container) {
        var attachment =
                Attachment.newBuilder()
                        .setNetwork("podnet")
                        .setContainerId(container)
                        .setInterfaceName("eth0");
        var netns = Netns.newBuilder().setPath("/run/netns/" + container).setDevice(4).setInode(9);
        var request =
                AllocateRequest.newBuilder()
                        .setAttachment(attachment)
                        .setWorkload(
                                Workload.newBuilder()
                                        .setNamespace("web")
                                        .setPod(container)
                                        .setNetns(netns));
        assertTrue(ipam.allocate(request.build()).hasAllocation());
    }

    private List<AddressEntry> list(ListAllocationsRequest.Builder request) {
        var all = new ArrayList<AddressEntry>();
        admin.listAllocations(request.build())
                .forEachRemaining(page -> all.addAll(page.getAddressesList()));
        return all;
    }

    private static Rejection refusal(Runnable call) {
        var failure = assertThrows(StatusRuntimeException.class, call::run);
        return ErrorWire.read(failure).orElseThrow(() -> new AssertionError(failure));
    }

    private LookUpAddressResponse lookUp(String address) {
        return admin.lookUpAddress(LookUpAddressRequest.newBuilder().setAddress(address).build());
    }

    @Test
    void saysWhatTheAgentIs() {
        create("pods", "10.1.0.0/24");
        add("c1");
        var said = admin.getAgent(GetAgentRequest.getDefaultInstance());
        assertEquals("n1", said.getNode());
        assertTrue(said.getServing());
        assertEquals(1, said.getPools());
        assertEquals(1, said.getBlocks());
        assertEquals(1, said.getHeld());
        assertEquals(42, said.getJournalSequence());
        assertEquals("NOTHING", said.getConditions(0).getType());
    }

    @Test
    void makesAPoolThatTheNextAllocateSees() {
        Pool made = create("pods", "10.1.0.0/24").getPool();
        assertEquals(32, made.getSpec().getBlockPrefixLength());
        assertEquals(253, made.getUsage().getCapacity());
        assertEquals(PoolState.POOL_STATE_ACTIVE, made.getState());
        add("c1");
        var shown = admin.getPool(GetPoolRequest.newBuilder().setName("pods").build()).getPool();
        assertEquals(1, shown.getUsage().getHeld());
        assertEquals(made.getEtag(), shown.getEtag());
    }

    @Test
    void changesNothingWhenItOnlyValidates() {
        var dry = admin.createPool(request("pods", "10.1.0.0/24").setValidateOnly(true).build());
        assertEquals("10.1.0.1", dry.getPool().getSpec().getGateway());
        assertFalse(
                admin.listPools(ListPoolsRequest.getDefaultInstance()).next().getPoolsCount() > 0);
    }

    @Test
    void refusesPoolsThatCannotBe() {
        create("pods", "10.1.0.0/24");
        assertEquals(Reason.POOL_EXISTS, refusal(() -> create("pods", "10.9.0.0/24")).reason());
        assertEquals(Reason.RANGE_OVERLAPS, refusal(() -> create("more", "10.1.0.0/16")).reason());
        Rejection hostBits = refusal(() -> create("odd", "10.2.0.1/24"));
        assertEquals("cidr", hostBits.facts().get("field"));
        assertEquals("write 10.2.0.0/24", hostBits.remedy());
        var small = request("small", "10.3.0.0/24");
        small.getSpecBuilder().setBlockPrefixLength(19);
        assertEquals(Reason.INVALID_FIELD, refusal(() -> admin.createPool(small.build())).reason());
        assertEquals(
                Reason.POOL_UNKNOWN,
                refusal(() -> admin.getPool(GetPoolRequest.newBuilder().setName("no").build()))
                        .reason());
    }

    @Test
    void warnsOfATeamThatGetsOneFamilyOnly() {
        create("pods6", "fd00:1::/64");
        var team = request("team", "10.2.0.0/24");
        team.getSpecBuilder().setIsDefault(false).addNamespaces("team-*");
        var warnings = admin.createPool(team.build()).getWarningsList();
        assertEquals(1, warnings.size());
        assertTrue(warnings.getFirst().contains("IPv4 addresses only"));
    }

    @Test
    void changesThePoolThatWasRead() {
        Pool made = create("pods", "10.1.0.0/24").getPool();
        var request =
                UpdatePoolRequest.newBuilder()
                        .setName("pods")
                        .setEtag(made.getEtag())
                        .setSpec(PoolSpec.newBuilder().setPriority(5).setIsDefault(true));
        var changed = admin.updatePool(request.build()).getPool();
        assertEquals(5, changed.getSpec().getPriority());
        assertEquals("10.1.0.0/24", changed.getSpec().getCidr());
        assertEquals(
                Reason.POOL_CHANGED, refusal(() -> admin.updatePool(request.build())).reason());
        // Its gateway and its blocks are not asked for of the other range.
        for (String other : List.of("10.1.0.0/23", "10.9.0.0/24", "10.9.0.0/30", "fd00:9::/64")) {
            request.setEtag("").getSpecBuilder().setCidr(other);
            assertEquals(
                    Reason.POOL_IMMUTABLE,
                    refusal(() -> admin.updatePool(request.build())).reason());
        }
        request.getSpecBuilder().setCidr("").setMode(PoolMode.POOL_MODE_ROUTED);
        assertEquals(
                Reason.POOL_IMMUTABLE, refusal(() -> admin.updatePool(request.build())).reason());
    }

    @Test
    void pausesDrainsAndResumes() {
        create("pods", "10.1.0.0/24");
        var pause = PausePoolRequest.newBuilder().setName("pods").build();
        assertEquals(PoolState.POOL_STATE_PAUSED, admin.pausePool(pause).getPool().getState());
        assertThrows(StatusRuntimeException.class, () -> add("c1"));
        var drain = DrainPoolRequest.newBuilder().setName("pods").build();
        assertEquals(PoolState.POOL_STATE_DRAINING, admin.drainPool(drain).getPool().getState());
        var resume = ResumePoolRequest.newBuilder().setName("pods").build();
        assertEquals(PoolState.POOL_STATE_ACTIVE, admin.resumePool(resume).getPool().getState());
        add("c1");
    }

    @Test
    void deletesAPoolOnlyWhenNothingOfItIsLeft() {
        create("pods", "10.1.0.0/24");
        add("c1");
        var delete = DeletePoolRequest.newBuilder().setName("pods").build();
        Rejection held = refusal(() -> admin.deletePool(delete));
        assertEquals(Reason.POOL_NOT_EMPTY, held.reason());
        assertEquals("pool \"pods\" has 1 addresses held: 10.1.0.2 by web/c1", held.message());
        var get = GetPoolRequest.newBuilder().setName("pods").build();
        assertEquals(PoolState.POOL_STATE_ACTIVE, admin.getPool(get).getPool().getState());
        var release = ReleaseAddressRequest.newBuilder().setAddress("10.1.0.2").build();
        assertTrue(admin.releaseAddress(release).hasAllocation());
        Rejection waiting = refusal(() -> admin.deletePool(delete));
        assertEquals("0", waiting.facts().get("held"));
        assertEquals("1", waiting.facts().get("resting"));
        assertEquals(PoolState.POOL_STATE_DRAINING, admin.getPool(get).getPool().getState());
        agent.engine().returnBlocks();
        assertTrue(admin.deletePool(delete).isInitialized());
        assertEquals(Reason.POOL_UNKNOWN, refusal(() -> admin.getPool(get)).reason());
    }

    @Test
    void keepsRangesThatOthersUse() {
        var range = ExternalRange.newBuilder().setName("services").setCidr("10.96.0.0/12").build();
        var add = CreateExternalRangeRequest.newBuilder().setRange(range).build();
        assertEquals(range, admin.createExternalRange(add).getRange());
        assertEquals(Reason.EXTERNAL_RANGE, refusal(() -> admin.createExternalRange(add)).reason());
        assertEquals(Reason.RANGE_OVERLAPS, refusal(() -> create("pods", "10.97.0.0/16")).reason());
        var list = ListExternalRangesRequest.getDefaultInstance();
        assertEquals(List.of(range), admin.listExternalRanges(list).next().getRangesList());
        assertEquals("services", lookUp("10.96.0.1").getExternalRange());
        var remove = DeleteExternalRangeRequest.newBuilder().setName("services").build();
        assertTrue(admin.deleteExternalRange(remove).isInitialized());
        assertEquals(
                "range",
                refusal(() ->
                                admin.createExternalRange(
                                        CreateExternalRangeRequest.getDefaultInstance()))
                        .facts()
                        .get("field"));
    }

    @Test
    void listsItsBlocks() {
        create("pods", "10.1.0.0/16");
        add("c1");
        List<Block> blocks =
                ImmutableList.copyOf(admin.listBlocks(ListBlocksRequest.getDefaultInstance()))
                        .getFirst()
                        .getBlocksList();
        assertEquals("10.1.0.0/26", blocks.getFirst().getCidr());
        assertEquals(BlockState.BLOCK_STATE_OWNED, blocks.getFirst().getState());
        assertEquals(1, blocks.getFirst().getHeld());
        assertEquals(61, blocks.getFirst().getFree());
        var other = ListBlocksRequest.newBuilder().setPool("other").build();
        assertEquals(Reason.POOL_UNKNOWN, refusal(() -> admin.listBlocks(other).next()).reason());
    }

    @Test
    void listsHeldAndRestingAddressesInOrderWithoutALoss() {
        create("pods", "10.1.0.0/16");
        for (int i = 0; i < 1200; i++) {
            add("c" + i);
        }
        List<AddressEntry> held = list(ListAllocationsRequest.newBuilder());
        assertEquals(1200, held.size());
        assertEquals("10.1.0.2", held.getFirst().getAddress());
        assertEquals(1200, held.stream().map(AddressEntry::getAddress).distinct().count());
        assertEquals("c0", held.getFirst().getWorkload().getPod());
        assertEquals(0, list(ListAllocationsRequest.newBuilder().setNamespace("db")).size());
        var del =
                ReleaseRequest.newBuilder().setAttachment(held.getFirst().getAttachment()).build();
        assertTrue(ipam.release(del).getReleased());
        agent.pass(Duration.ofSeconds(7));
        List<AddressEntry> resting = list(ListAllocationsRequest.newBuilder().setResting(true));
        assertEquals(1, resting.size());
        assertEquals(7, resting.getFirst().getRested().getSeconds());
        assertEquals("/run/netns/c0", resting.getFirst().getWorkload().getNetns().getPath());
        assertFalse(resting.getFirst().hasAttachment());
    }

    @Test
    void saysWhatAnAddressIs() {
        create("pods", "10.1.0.0/16");
        add("c1");
        add("c2");
        var release = ReleaseAddressRequest.newBuilder().setAddress("10.1.0.3").build();
        assertTrue(admin.releaseAddress(release).hasAllocation());
        assertEquals(AddressState.ADDRESS_STATE_HELD, lookUp("10.1.0.2").getState());
        assertEquals("c1", lookUp("10.1.0.2").getEntry().getWorkload().getPod());
        assertEquals(AddressState.ADDRESS_STATE_RESTING, lookUp("10.1.0.3").getState());
        assertEquals(AddressState.ADDRESS_STATE_FREE, lookUp("10.1.0.4").getState());
        assertEquals(AddressState.ADDRESS_STATE_RESERVED, lookUp("10.1.0.1").getState());
        assertEquals(AddressState.ADDRESS_STATE_ELSEWHERE, lookUp("10.1.9.1").getState());
        assertEquals("10.1.9.0/26", lookUp("10.1.9.1").getBlock());
        assertEquals(AddressState.ADDRESS_STATE_OUTSIDE, lookUp("10.2.0.1").getState());
        assertEquals("address", refusal(() -> lookUp("10.1")).facts().get("field"));
    }

    @Test
    void freesAnAddressOfTheNamedSequenceOnly() {
        create("pods", "10.1.0.0/24");
        add("c1");
        long sequence = lookUp("10.1.0.2").getEntry().getSequence();
        var release = ReleaseAddressRequest.newBuilder().setAddress("10.1.0.2");
        assertEquals(
                Reason.NOT_ALLOCATED,
                refusal(() -> admin.releaseAddress(release.setSequence(sequence + 1).build()))
                        .reason());
        var freed = admin.releaseAddress(release.setSequence(sequence).build()).getAllocation();
        assertEquals("c1", freed.getAttachment().getContainerId());
    }

    @Test
    void showsAndFreesGarbageByTheSameProof() {
        create("pods", "10.1.0.0/24");
        for (String each : new String[] {"gone", "alive"}) {
            agent.netns("/run/netns/" + each, NetnsFate.ALIVE);
            add(each);
        }
        add("unknown");
        agent.netns("/run/netns/gone", NetnsFate.GONE);
        var preview = PreviewGarbageRequest.getDefaultInstance();
        var entries = admin.previewGarbage(preview).next().getEntriesList();
        assertEquals(2, entries.size());
        assertEquals(io.croft.proto.v1.NetnsFate.NETNS_FATE_GONE, entries.getFirst().getFate());
        var done = admin.confirmGarbage(ConfirmGarbageRequest.getDefaultInstance());
        assertEquals(1, done.getFreed());
        assertEquals(1, done.getUnknown());
        assertEquals(2, list(ListAllocationsRequest.newBuilder()).size());
    }

    @Test
    void freesNothingThatAHiddenProcessMayBeIn() {
        create("pods", "10.1.0.0/24");
        agent.netns("/run/netns/gone", NetnsFate.ALIVE);
        add("gone");
        agent.netns("/run/netns/gone", NetnsFate.GONE);
        agent.processesHide = true;
        var done = admin.confirmGarbage(ConfirmGarbageRequest.getDefaultInstance());
        assertEquals(0, done.getFreed());
        assertEquals(1, done.getUnknown());
        agent.processesHide = false;
        assertEquals(
                1, admin.confirmGarbage(ConfirmGarbageRequest.getDefaultInstance()).getFreed());
    }

    @Test
    void tellsDecisionsAsTheyAreMade() {
        agent.happen("allocated", Map.of("pool", "pods"));
        var events = admin.watchEvents(WatchEventsRequest.getDefaultInstance());
        var first = events.next();
        assertEquals("allocated", first.getEvent());
        assertEquals("pods", first.getFactsMap().get("pool"));
    }
}
