package io.croft.sim;

import io.croft.core.allocation.Allocation;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.SeenNetns;
import io.croft.core.serving.CollectGarbage;
import io.croft.core.serving.FindGarbage;
import io.croft.core.serving.InterfaceKey;
import io.croft.core.time.BootTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One CNI GC: what is absent from the list, a look at its namespaces, and what is gone. */
record GarbageCall(World world, Machine machine, AgentProcess asked) {
    /** Empty: no agent takes calls. */
    static Optional<GarbageCall> of(World world, Machine machine) {
        return machine.agent()
                .filter(AgentProcess::isServing)
                .map(agent -> new GarbageCall(world, machine, agent));
    }

    void run(List<Sandbox> listed) {
        Set<InterfaceKey> valid =
                listed.stream()
                        .map(each -> new InterfaceKey(each.key.containerId(), each.key.ifName()))
                        .collect(Collectors.toSet());
        BootTime began = machine.bootTime();
        world.scheduler.say("%s GC with a list of %d".formatted(machine, valid.size()));
        asked.agent()
                .loop()
                .submit(new FindGarbage("net", valid, began), BootTime.ZERO)
                .thenCompose(found ->
                        world.controls
                                .inventory(asked.inventory())
                                .look(namespaces(found))
                                .thenCompose(fates -> {
                                    List<Allocation> gone =
                                            found.stream()
                                                    .filter(each ->
                                                            !world.controls.looks()
                                                                    || each.workload()
                                                                                    .netns()
                                                                                    .map(fates::get)
                                                                                    .orElse(
                                                                                            NetnsFate
                                                                                                    .UNKNOWN)
                                                                            == NetnsFate.GONE)
                                                    .toList();
                                    asked.wake();
                                    return asked.agent()
                                            .loop()
                                            .submit(
                                                    world.controls.command(
                                                            new CollectGarbage(gone)),
                                                    BootTime.ZERO);
                                }));
        asked.wake();
    }

    private static List<SeenNetns> namespaces(List<Allocation> found) {
        return found.stream().flatMap(each -> each.workload().netns().stream()).toList();
    }
}
