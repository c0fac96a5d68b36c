package io.croft.sim;

import io.croft.agent.SimAgent;
import io.croft.core.address.Address;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Ownership.Owned;
import io.croft.core.block.Resting;
import io.croft.core.block.Token;
import io.croft.core.engine.Event;
import io.croft.core.engine.Invariants;
import io.croft.core.pool.Cooldown;
import io.croft.core.pool.Pool;
import io.croft.core.time.BootTime;
import io.croft.node.port.BlockOwner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The promise, looked at from outside after every step. */
final class Checker {
    private record Rested(Machine machine, int boot, long since) {}

    private final World world;
    private final Map<Address, Sandbox> users = new TreeMap<>();
    private final Map<Machine, List<Sandbox>> sandboxes = new HashMap<>();
    private final Map<Address, Rested> rested = new TreeMap<>();
    private final Map<String, List<BlockAddress>> held = new HashMap<>();
    private final Map<UUID, Set<Machine>> installs = new HashMap<>();
    private final Map<BlockId, Map<Token, UUID>> tokens = new TreeMap<>();
    private final Set<String> unchecked = new HashSet<>();
    private int answers;

    Checker(World world) {
        this.world = world;
    }

    /** ADDs that were answered: a run without any proves nothing. */
    int answers() {
        return answers;
    }

    void created(Sandbox sandbox) {
        sandboxes.computeIfAbsent(sandbox.machine, _ -> new ArrayList<>()).add(sandbox);
    }

    /** From now on until its namespace ends nobody else may have the same. */
    void answered(Sandbox sandbox, BootTime began, List<Address> given) {
        answers++;
        world.ends.answered(sandbox, began);
        for (Address address : given) {
            Sandbox user = users.put(address, sandbox);
            if (user != null && user != sandbox && user.isLive()) {
                throw world.fail(
                        "duplicate",
                        address.toString(),
                        "%s is given to %s, and %s has it".formatted(address, sandbox, user));
            }
        }
        if (sandbox.isOwedAnAddress() && !sandbox.addresses.equals(given)) {
            throw world.fail(
                    "another answer",
                    sandbox.key.containerId(),
                    "%s had %s and is answered %s".formatted(sandbox, sandbox.addresses, given));
        }
        if (sandbox.answered.filter(before -> before.isAfter(began)).isEmpty()) {
            sandbox.answered = Optional.of(began);
            sandbox.addresses = given;
        }
    }

    List<Sandbox> sandboxesOf(Machine machine) {
        return List.copyOf(sandboxes.getOrDefault(machine, List.of()));
    }

    @Nullable Sandbox userOf(Address address) {
        return users.get(address);
    }

    void revived(Sandbox sandbox) {
        created(sandbox);
        sandbox.addresses.forEach(address -> users.put(address, sandbox));
    }

    void ended(Sandbox sandbox) {
        sandbox.addresses.forEach(address -> users.remove(address, sandbox));
        List<Sandbox> all = sandboxes.get(sandbox.machine);
        if (all != null) {
            all.remove(sandbox);
        }
    }

    void poweredOff(Machine machine) {
        sandboxes.remove(machine);
        unchecked.remove(machine.name);
    }

    /** A fault took this machine's journal: until a reboot its pods are known to nobody. */
    void journalLost(Machine machine) {
        unchecked.add(machine.name);
        sandboxes.getOrDefault(machine, List.of()).forEach(Sandbox::orphan);
    }

    boolean mayForget(Machine machine) {
        return unchecked.contains(machine.name);
    }

    void started(Machine machine, SimAgent agent) {
        machine.hasInstall(agent.install().toString());
        installs.computeIfAbsent(agent.install(), _ -> new HashSet<>()).add(machine);
        if (agent.replacesLost() && !mayForget(machine)) {
            throw world.fail("journal lost", machine.name, machine + " lost its journal");
        }
        for (Allocation each : agent.state().allocations()) {
            held.put(machine + " " + each.attachment(), each.addresses());
        }
        boolean sameBoot = agent.state().bootId().filter(machine.bootId()::equals).isPresent();
        for (Block block : sameBoot ? agent.state().blocks() : List.<Block>of()) {
            for (Resting resting : block.resting()) {
                rested.put(
                        block.id().cidr().at(resting.ordinal()),
                        new Rested(machine, machine.era(), trueTime(machine, resting.since())));
            }
        }
    }

    /** Its agent knows what it knew then, and nothing that came since. */
    void woundBack(Machine machine, SimAgent agent) {
        held.keySet().removeIf(key -> key.startsWith(machine + " "));
        for (Allocation each : agent.state().allocations()) {
            held.put(machine + " " + each.attachment(), each.addresses());
        }
    }

    private long trueTime(Machine machine, BootTime at) {
        return world.scheduler.now() - machine.bootTime().since(at).toNanos();
    }

    void turned(Machine machine, SimAgent agent) {
        Invariants.broken(agent.state())
                .ifPresent(wrong -> {
                    throw world.fail("invariant", machine.name, wrong.toString());
                });
        for (Sandbox sandbox : sandboxes.getOrDefault(machine, List.of())) {
            if (sandbox.isOwedAnAddress()) {
                Optional<List<Address>> has = agent.state().allocation(sandbox.key).map(Held::of);
                if (has.isEmpty() || !has.get().equals(sandbox.addresses)) {
                    throw world.fail(
                            "forgotten",
                            sandbox.key.containerId(),
                            "%s has %s, and its agent holds %s for it"
                                    .formatted(sandbox, sandbox.addresses, has));
                }
            }
        }
    }

    void mayFail(Sandbox sandbox, String what) {
        if (sandbox.isOwedAnAddress()) {
            throw world.fail("check", sandbox.key.containerId(), sandbox + " " + what);
        }
    }

    /** An agent decided this, and it is committed. */
    void decided(Machine machine, SimAgent agent, List<Event> events) {
        for (Event event : events) {
            switch (event) {
                case Event.Allocated(Allocation given) -> {
                    held.put(machine + " " + given.attachment(), given.addresses());
                    world.ends.given(machine, given);
                    given.addresses().forEach(each -> given(machine, agent, each));
                }
                case Event.Released(var attachment, long _, BootTime at) -> {
                    for (BlockAddress each :
                            held.getOrDefault(machine + " " + attachment, List.of())) {
                        released(machine, agent, each, at);
                    }
                }
                default -> {}
            }
        }
    }

    /**
     * A machine that was wound back may release what was of pods that it does not have any more.
     */
    private void released(Machine machine, SimAgent agent, BlockAddress each, BootTime at) {
        boolean mine =
                world.server
                        .owner(each.block())
                        .flatMap(BlockOwner::install)
                        .filter(agent.install()::equals)
                        .isPresent();
        if (mine || world.isRestored()) {
            rested.put(each.address(), new Rested(machine, machine.era(), trueTime(machine, at)));
        }
    }

    private void given(Machine machine, SimAgent agent, BlockAddress each) {
        Rested last = rested.get(each.address());
        if (last != null && last.machine.era() == last.boot && last.machine.isOn()) {
            Duration age = Duration.ofNanos(world.scheduler.now() - last.since);
            if (age.compareTo(Cooldown.FLOOR) < 0) {
                throw world.fail(
                        "cooldown",
                        each.toString(),
                        "%s gives %s %s after its release by %s"
                                .formatted(machine, each, age, last.machine));
            }
        }
        Optional<Pool> pool = agent.state().pool(each.block().pool());
        if (pool.filter(p -> p.gives(each.address())).isEmpty()) {
            throw world.fail("pool", each.toString(), machine + " gives " + each + " of no pool");
        }
        if (!world.isRestored()) {
            Optional<BlockOwner> owner = world.server.owner(each.block());
            boolean mine =
                    owner.flatMap(BlockOwner::install).filter(agent.install()::equals).isPresent()
                            && agent.state()
                                    .block(each.block())
                                    .map(Block::ownership)
                                    .filter(new Owned(owner.get().token())::equals)
                                    .isPresent();
            if (!mine) {
                throw world.fail(
                        "not owned",
                        each.block().toString(),
                        "%s gives %s, whose block is %s's".formatted(machine, each, owner));
            }
        }
    }

    /** The record of a block changed in etcd. */
    void changed(
            String by, BlockId block, Optional<BlockOwner> before, Optional<BlockOwner> after) {
        world.scheduler.say(
                "etcd: %s makes %s %s".formatted(by, block, after.map(Checker::words).orElse("-")));
        Optional<UUID> from = before.flatMap(BlockOwner::install);
        Optional<UUID> to = after.flatMap(BlockOwner::install);
        to.ifPresent(owner -> useToken(block, after.get().token(), owner));
        if (world.isRestored() || from.equals(to)) {
            return;
        }
        Set<Machine> heirs = to.map(id -> installs.getOrDefault(id, Set.of())).orElse(Set.of());
        users.forEach((address, sandbox) -> {
            boolean same = from.isEmpty() && heirs.contains(sandbox.machine);
            if (sandbox.isLive() && block.cidr().contains(address) && !same) {
                throw world.fail(
                        "owner changed under a pod",
                        block.toString(),
                        "%s gave %s from %s to %s, and %s has %s"
                                .formatted(by, block, from, to, sandbox, address));
            }
        });
        boolean own =
                from.or(() -> to).stream()
                        .flatMap(id -> installs.getOrDefault(id, Set.of()).stream())
                        .anyMatch(machine -> machine.name.equals(by));
        if (!own && !by.equals("operator")) {
            throw world.fail(
                    "stranger", block.toString(), "%s took %s from %s".formatted(by, block, from));
        }
    }

    private void useToken(BlockId block, Token token, UUID owner) {
        UUID before = tokens.computeIfAbsent(block, _ -> new HashMap<>()).put(token, owner);
        if (before != null && !before.equals(owner)) {
            throw world.fail("token", block.toString(), token + " was " + before + "'s");
        }
    }

    private static String words(BlockOwner owner) {
        return "%s's under %d.%d"
                .formatted(
                        owner.install().map(id -> owner.node()).orElse("nobody"),
                        owner.token().generation(),
                        owner.token().epoch());
    }
}
