package io.croft.adapter.grpc;

import io.croft.adapter.wire.AllocationWire;
import io.croft.core.address.Address;
import io.croft.core.allocation.Attachment;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Check;
import io.croft.core.serving.FindGarbage;
import io.croft.core.serving.Grant;
import io.croft.core.serving.InterfaceKey;
import io.croft.core.serving.Look;
import io.croft.core.serving.Release;
import io.croft.core.serving.ReleaseExact;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.node.port.Inventory;
import io.croft.proto.v1.AllocateRequest;
import io.croft.proto.v1.AllocateResponse;
import io.croft.proto.v1.Allocation;
import io.croft.proto.v1.CheckRequest;
import io.croft.proto.v1.CheckResponse;
import io.croft.proto.v1.CollectGarbageRequest;
import io.croft.proto.v1.CollectGarbageResponse;
import io.croft.proto.v1.GetStatusRequest;
import io.croft.proto.v1.GetStatusResponse;
import io.croft.proto.v1.IpamServiceGrpc;
import io.croft.proto.v1.ReleaseRequest;
import io.croft.proto.v1.ReleaseResponse;
import io.croft.proto.v1.ValidAttachment;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * What a container runtime asks, as commands for the engine. Checks what it reads, decides nothing.
 *
 * <p>A caller that goes away frees nothing: its allocation stays until a release, because a retry
 * may hold it. Never blocks, except for one stat of the namespace that an Allocate names.
 */
public final class IpamEndpoint extends IpamServiceGrpc.IpamServiceImplBase {
    private static final int LONGEST_PLUGIN = 64;

    private final Engine engine;
    private final Inventory inventory;
    private final Supplier<AgentFacts> facts;
    private final Requests requests;

    /**
     * @param facts asked on the engine's thread
     */
    public IpamEndpoint(
            Engine engine, Inventory inventory, Clock clock, Supplier<AgentFacts> facts) {
        this.engine = engine;
        this.inventory = inventory;
        this.facts = facts;
        this.requests = new Requests(clock);
    }

    @Override
    public void allocate(AllocateRequest request, StreamObserver<AllocateResponse> to) {
        if (request.getPlugin().length() > LONGEST_PLUGIN) {
            throw Rejection.invalid(
                            "plugin",
                            request.getPlugin().substring(0, LONGEST_PLUGIN) + "...",
                            "at most " + LONGEST_PLUGIN + " characters")
                    .asException();
        }
        BootTime deadline = requests.deadline();
        var command =
                new Allocate(
                        AllocationWire.read(request.getAttachment()),
                        requests.began(request.hasBeganSinceBoot(), request.getBeganSinceBoot()),
                        new AddressWish(
                                request.getPoolsList(),
                                Requests.addresses("addresses", request.getAddressesList())),
                        AllocationWire.read(request.getWorkload(), inventory::sees),
                        request.getPlugin());
        Caller.current()
                .answer(
                        engine.submit(command, deadline),
                        to,
                        grant -> AllocateResponse.newBuilder().setAllocation(write(grant)).build());
    }

    @Override
    public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> to) {
        Attachment attachment = AllocationWire.read(request.getAttachment());
        if (request.getUndo() && !request.hasBeganSinceBoot()) {
            throw Rejection.invalid(
                            "began_since_boot", "", "an undo names the stamp of the ADD it undoes")
                    .asException();
        }
        var command =
                request.hasSequence()
                        ? new ReleaseExact(attachment, request.getSequence())
                        : new Release(
                                attachment,
                                requests.began(
                                        request.hasBeganSinceBoot(), request.getBeganSinceBoot()),
                                request.getUndo());
        Caller.current()
                .answer(
                        engine.submit(command, requests.deadline()),
                        to,
                        freed -> ReleaseResponse.newBuilder().setReleased(freed).build());
    }

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> to) {
        Optional<Set<Address>> expected =
                request.hasExpected()
                        ? Optional.of(
                                Set.copyOf(
                                        Requests.addresses(
                                                "expected.addresses",
                                                request.getExpected().getAddressesList())))
                        : Optional.empty();
        var command = new Check(AllocationWire.read(request.getAttachment()), expected);
        Caller.current()
                .answer(
                        engine.submit(command, requests.deadline()),
                        to,
                        grant -> CheckResponse.newBuilder().setAllocation(write(grant)).build());
    }

    private static Allocation write(Grant grant) {
        return AllocationWire.write(grant.allocation(), grant.pools());
    }

    @Override
    public void collectGarbage(
            CollectGarbageRequest request, StreamObserver<CollectGarbageResponse> to) {
        var network = Requests.required("network", request.getNetwork());
        Set<InterfaceKey> valid = new HashSet<>();
        for (ValidAttachment each : request.getValidList()) {
            // The checks of an attachment, so that a mistake in the list frees nobody.
            var named = new Attachment(network, each.getContainerId(), each.getInterfaceName());
            valid.add(new InterfaceKey(named.containerId(), named.ifName()));
        }
        BootTime deadline = requests.deadline();
        BootTime began = requests.began(request.hasBeganSinceBoot(), request.getBeganSinceBoot());
        CompletionStage<CollectGarbageResponse> done =
                engine.submit(new FindGarbage(network, valid, began), deadline)
                        .thenCompose(absent -> Garbage.look(inventory, absent))
                        .thenCompose(garbage -> collect(garbage, deadline));
        Caller.current().answer(done, to, response -> response);
    }

    private CompletionStage<CollectGarbageResponse> collect(Garbage garbage, BootTime deadline) {
        int unproved = garbage.unproved();
        int alive = garbage.of(NetnsTrace.ALIVE).size();
        return garbage.free(engine, deadline)
                .thenApply(freed -> {
                    if (unproved > 0) {
                        throw heldBack(unproved, garbage.looked().size(), freed);
                    }
                    return CollectGarbageResponse.newBuilder()
                            .setFreed(freed)
                            .setAlive(alive)
                            .build();
                });
    }

    private static RuntimeException heldBack(int unproved, int all, int freed) {
        return Reason.GC_BRAKE
                .because("held back %d of %d".formatted(unproved, all))
                .with("held_back", Integer.toString(unproved))
                .with("absent", Integer.toString(all))
                .with("freed", Integer.toString(freed))
                .asException();
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> to) {
        // Through the engine, so that a loop that hangs does not say that it serves.
        var command = new Look<>((node, now) -> facts.get());
        Caller.current()
                .answer(
                        engine.submit(command, requests.deadline()),
                        to,
                        now ->
                                GetStatusResponse.newBuilder()
                                        .setServing(now.notServing().isEmpty())
                                        .setMessage(now.notServing().orElse(""))
                                        .setVersion(now.version())
                                        .build());
    }
}
