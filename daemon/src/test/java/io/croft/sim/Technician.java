package io.croft.sim;

import io.croft.core.address.Address;
import io.croft.core.allocation.Allocation;
import io.croft.core.rejection.RejectedException;
import io.croft.core.serving.ReleaseExact;
import io.croft.core.time.BootTime;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;

/** Who changes machines, and frees single addresses of pods that are gone. */
final class Technician {
    private final World world;
    private final Set<String> scrapped = new TreeSet<>();
    private int hardware;

    Technician(World world) {
        this.world = world;
    }

    /** The machine goes to the scrap, and a new one comes under its name. */
    void reuseName(Machine machine, Random random) {
        // Of a hardware id that a clone shares, neither word for a reclaim would be true.
        if (world.machines().stream()
                .anyMatch(each -> each != machine && each.hardware().equals(machine.hardware()))) {
            return;
        }
        machine.powerOff();
        scrapped.addAll(machine.installs());
        machine.replaceHardware("hw-%s-%d".formatted(machine.name, ++hardware));
        world.scheduler.after(Fault.seconds(random, 1, 120), "", machine::powerOn);
    }

    /** Whether the machine of that install is off for good. */
    boolean isScrapped(String install) {
        return scrapped.contains(install);
    }

    void reclaimScrapped() {
        for (String install : scrapped) {
            try {
                world.server.reclaim(install);
            } catch (RejectedException | CompletionException refused) {
                world.scheduler.say("operator is refused: " + refused.getMessage());
            }
        }
    }

    /** A second cluster's store under the prefix of the first. */
    void initAgain() {
        if (world.server.isEmpty()) {
            // Nothing is there that could refuse it; docs/runbooks/etcd-lost.md forbids it.
            return;
        }
        try {
            world.server.initAgain();
        } catch (RejectedException | CompletionException refused) {
            world.scheduler.say("operator is refused: " + refused.getMessage());
            return;
        }
        throw world.fail("second store", "operator", "a second store was made under the prefix");
    }

    /**
     * {@code croft ip release} with a sequence that was seen a while ago. What it is used for is
     * gone: sandboxes that vanished without a DEL.
     */
    void release(Machine machine, Random random) {
        List<Allocation> gone =
                machine.agent()
                        .filter(AgentProcess::isServing)
                        .map(process ->
                                process.agent().state().allocations().stream()
                                        .filter(held ->
                                                !world.runtime(machine).isUsed(held.attachment()))
                                        .toList())
                        .orElse(List.of());
        for (Allocation each : gone) {
            Address address = each.addresses().getFirst().address();
            world.scheduler.after(
                    Fault.seconds(random, 0, random.nextBoolean() ? 10 : 400),
                    "operator releases %s of %s, number %d"
                            .formatted(address, machine, each.sequence()),
                    () -> release(machine, address, each.sequence()));
        }
    }

    /** As the agent's service does: whoever holds it now, if it is still that sequence. */
    private void release(Machine machine, Address address, long sequence) {
        Optional<AgentProcess> agent = machine.agent().filter(AgentProcess::isServing);
        if (agent.isEmpty()) {
            return;
        }
        agent.get().agent().state().allocations().stream()
                .filter(held -> Held.of(held).contains(address))
                .forEach(held -> {
                    var _ =
                            agent.get()
                                    .agent()
                                    .loop()
                                    .submit(
                                            world.controls.command(
                                                    new ReleaseExact(held.attachment(), sequence)),
                                            BootTime.ZERO);
                    agent.get().wake();
                });
    }
}
