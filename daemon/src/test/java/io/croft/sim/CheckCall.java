package io.croft.sim;

import io.croft.core.address.Address;
import io.croft.core.serving.Check;
import io.croft.core.time.BootTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One CNI CHECK of a sandbox; it fails for none that is owed its addresses. */
record CheckCall(World world, Sandbox sandbox) {
    void run() {
        Optional<AgentProcess> agent = sandbox.machine.agent().filter(AgentProcess::isServing);
        if (agent.isEmpty() || !sandbox.isOwedAnAddress()) {
            return;
        }
        List<Address> before = sandbox.addresses;
        agent.get()
                .agent()
                .loop()
                .submit(new Check(sandbox.key, Optional.of(Set.copyOf(before))), BootTime.ZERO)
                .whenComplete((_, failure) -> {
                    if (failure != null
                            && sandbox.isOwedAnAddress()
                            && sandbox.addresses.equals(before)) {
                        world.checker.mayFail(sandbox, "CHECK fails: " + failure.getMessage());
                    }
                });
        agent.get().wake();
    }
}
