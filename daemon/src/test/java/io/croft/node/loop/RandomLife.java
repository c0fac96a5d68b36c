package io.croft.node.loop;

import io.croft.core.address.AddressRange;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.Workload;
import io.croft.core.engine.NodeProfile;
import io.croft.core.engine.NodeState;
import io.croft.core.netns.SeenNetns;
import io.croft.core.pool.Access;
import io.croft.core.pool.Glob;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolMode;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.PoolState;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.serving.AddressWish;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Check;
import io.croft.core.serving.CollectGarbage;
import io.croft.core.serving.FindGarbage;
import io.croft.core.serving.InterfaceKey;
import io.croft.core.serving.Release;
import io.croft.core.time.BootTime;
import io.croft.node.port.JournalFailedException;
import io.croft.node.port.Spool;
import io.croft.testing.Some;
import io.croft.testing.TestNode;
import io.croft.testing.WeatherStore.Weather;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A node's life by chance: pods, namespaces, time, pool changes, weather, deaths and boots. */
final class RandomLife {
    private static final int PODS = 48;

    private final Random random;
    private final TestNode node;
    private final NaiveModel model;
    private final List<Allocate> sent = new ArrayList<>();
    private final Set<Attachment> inFlight = new HashSet<>();
    private final Set<Release> spooled = new HashSet<>();
    private @Nullable Throwable broken;
    int restarts;
    int boots;

    RandomLife(long seed) {
        random = new Random(seed);
        node =
                TestNode.alone(
                        seed,
                        Some.pool("four", "10.0.0.0/27", PoolMode.GATEWAY, 29, Some.DEFAULT),
                        Some.pool("six", "fd00::/121", PoolMode.ROUTED, 124, Some.DEFAULT),
                        Some.pool(
                                "team",
                                "10.9.0.0/29",
                                PoolMode.ROUTED,
                                32,
                                new Access(List.of(new Glob("team-*")), List.of(), false, 0)));
        model = new NaiveModel(node);
        node.heard.onAccepted =
                (command, reply) -> {
                    if (command instanceof Release del && spooled.remove(del)) {
                        hear(() -> model.answered(del, (Boolean) reply));
                    }
                };
    }

    TestNode node() {
        return node;
    }

    NaiveModel model() {
        return model;
    }

    void step() {
        int chance = random.nextInt(1_000);
        if (chance < 330) {
            add();
        } else if (chance < 390) {
            repeat();
        } else if (chance < 640) {
            del();
        } else if (chance < 680) {
            undo();
        } else if (chance < 730) {
            check();
        } else if (chance < 790) {
            die();
        } else if (chance < 810) {
            collectGarbage();
        } else if (chance < 940) {
            pass();
        } else if (chance < 960) {
            editPool();
        } else if (chance < 980) {
            node.store.become(random.nextInt(2) > 0 ? Weather.FINE : pick(Weather.values()));
        } else if (chance < 985) {
            node.journal.full = !node.journal.full && random.nextInt(3) == 0;
        } else if (chance < 990) {
            spool();
        } else if (chance < 995) {
            restart();
        } else if (chance < 998) {
            crash();
        } else if (chance < 999) {
            reboot();
        }
        node.settle();
        if (broken != null) {
            throw new AssertionError(broken.getMessage(), broken);
        }
        model.compare();
        model.compareWithStore();
    }

    private Attachment pod() {
        return Some.attachment("pod-" + random.nextInt(PODS));
    }

    private void add() {
        Attachment attachment = pod();
        NaiveModel.Held held = model.held().get(attachment);
        Optional<SeenNetns> netns =
                held != null && random.nextBoolean()
                        ? held.netns()
                        : random.nextInt(10) == 0 ? lastOf(attachment) : node.inventory.create();
        String namespace = attachment.containerId().endsWith("7") ? "team-a" : "shop";
        send(
                new Allocate(
                        attachment,
                        stamp(),
                        AddressWish.NONE,
                        new Workload(namespace, "pod", "uid", netns),
                        ""));
    }

    private Optional<SeenNetns> lastOf(Attachment attachment) {
        return sent.reversed().stream()
                .filter(a -> a.attachment().equals(attachment))
                .findFirst()
                .flatMap(a -> a.workload().netns());
    }

    /** A retry, or one that was delayed for long. */
    private void repeat() {
        if (!sent.isEmpty()) {
            int back = random.nextInt(Math.min(sent.size(), 60));
            send(sent.get(sent.size() - 1 - back));
        }
    }

    private void send(Allocate add) {
        sent.add(add);
        inFlight.add(add.attachment());
        var _ =
                node.submit(add)
                        .whenComplete((grant, failure) ->
                                hear(() -> {
                                    if (failure == null) {
                                        model.answered(add, grant);
                                    } else {
                                        model.refused(add, reason(failure));
                                    }
                                }));
    }

    /** Most runtimes end the namespace after the DEL, some long after. */
    private void del() {
        Attachment attachment = pod();
        NaiveModel.Held held = model.held().get(attachment);
        if (held != null && random.nextInt(4) > 0) {
            node.inventory.destroy(held.netns());
        }
        release(new Release(attachment, stamp(), false));
    }

    private void undo() {
        if (!sent.isEmpty()) {
            Allocate add = sent.get(sent.size() - 1 - random.nextInt(Math.min(sent.size(), 20)));
            release(new Release(add.attachment(), add.began(), true));
        }
    }

    private void release(Release del) {
        inFlight.add(del.attachment());
        var _ =
                node.submit(del)
                        .whenComplete((freed, failure) ->
                                hear(() -> {
                                    if (failure != null) {
                                        throw new AssertionError("a DEL was refused: " + failure);
                                    }
                                    model.answered(del, freed);
                                }));
    }

    private void check() {
        Attachment attachment = pod();
        var _ =
                node.submit(new Check(attachment, Optional.empty()))
                        .whenComplete((grant, failure) ->
                                hear(() -> model.checked(attachment, failure == null)));
    }

    /** A namespace ends, most often without a DEL before. */
    private void die() {
        if (!sent.isEmpty()) {
            int back = random.nextInt(Math.min(sent.size(), 100));
            node.inventory.destroy(sent.get(sent.size() - 1 - back).workload().netns());
        }
    }

    private void collectGarbage() {
        Set<InterfaceKey> listed =
                model.held().keySet().stream()
                        .filter(a -> random.nextBoolean())
                        .map(a -> new InterfaceKey(a.containerId(), a.ifName()))
                        .collect(Collectors.toSet());
        List<Allocation> found = node.ask(new FindGarbage("net", listed, node.clock.now().boot()));
        List<Allocation> gone =
                found.stream().filter(a -> !node.inventory.isAlive(a.workload().netns())).toList();
        if (random.nextBoolean()) {
            add();
            node.settle();
        }
        gone.stream()
                .filter(a -> node.state().allocation(a.attachment()).filter(a::equals).isPresent())
                .forEach(a -> model.collected(a.attachment()));
        node.ask(new CollectGarbage(gone));
    }

    private void pass() {
        long most = random.nextInt(5) == 0 ? 60_000 : random.nextInt(4) == 0 ? 8_000 : 200;
        node.pass(Duration.ofMillis(1 + random.nextLong(most)));
    }

    private void editPool() {
        String name = pick("four", "six", "team");
        node.change(set -> random.nextInt(3) == 0 ? reserve(set, name) : set.become(name, state()));
    }

    private PoolState state() {
        return random.nextInt(4) > 0 ? PoolState.ACTIVE : pick(PoolState.values());
    }

    private PoolSet reserve(PoolSet set, String name) {
        Pool pool = set.get(name).pool();
        if (random.nextBoolean()) {
            return set.update(Some.reserving(pool), "");
        }
        long first = random.nextLong(pool.cidr().size());
        var range =
                new AddressRange(
                        pool.cidr().at(first),
                        pool.cidr().at(Math.min(pool.cidr().size() - 1, first + 4)));
        return set.update(Some.reserving(pool, range.toString()), "");
    }

    private void spool() {
        // A stamp that no other request has, so that it is known again.
        var began = new BootTime(stamp().nanos() + 1 + random.nextInt(1_000));
        var entry = new Spool.Entry("e" + sent.size(), node.bootId(), began, pod(), false);
        inFlight.add(entry.attachment());
        var del = new Release(entry.attachment(), entry.began(), false);
        node.spool.entries.add(entry);
        spooled.add(del);
    }

    private void restart() {
        restarts++;
        forgetInFlight();
        node.restart();
        node.settle();
        checkSnapshot();
    }

    /** The process dies between writing and answering. */
    private void crash() {
        restarts++;
        node.journal.commitBroken = true;
        add();
        del();
        try {
            node.settle();
        } catch (JournalFailedException dead) {
            forgetInFlight();
            node.restart();
            inFlight.forEach(model::settle);
        }
    }

    private void reboot() {
        boots++;
        sent.clear();
        inFlight.clear();
        spooled.clear();
        model.rebooted();
        node.reboot();
    }

    private void forgetInFlight() {
        broken = null;
    }

    private void checkSnapshot() {
        var again = new NodeState(new NodeProfile("node-a", Map.of()));
        node.state().events().forEach(again::apply);
        List<String> before = print(node.state());
        List<String> after = print(again);
        if (!before.equals(after)) {
            throw new AssertionError("a snapshot gives\n" + after + "\ninstead of\n" + before);
        }
    }

    static List<String> print(NodeState state) {
        return state.events().map(Object::toString).sorted().toList();
    }

    private void hear(Runnable what) {
        try {
            what.run();
        } catch (AssertionError | RuntimeException failure) {
            broken = broken == null ? failure : broken;
        }
    }

    private static Reason reason(Throwable failure) {
        if (failure instanceof RejectedException refused) {
            return refused.rejection().reason();
        }
        throw new AssertionError(failure);
    }

    /** Now, or somewhat earlier: requests overtake each other. */
    private BootTime stamp() {
        BootTime now = node.clock.now().boot();
        long late = random.nextInt(5) == 0 ? random.nextLong(20_000_000_000L) : 0;
        return new BootTime(Math.max(0, now.nanos() - late));
    }

    @SafeVarargs
    private <T> T pick(T... among) {
        return among[random.nextInt(among.length)];
    }
}
