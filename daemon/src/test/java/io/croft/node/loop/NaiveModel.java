package io.croft.node.loop;

import io.croft.core.address.Address;
import io.croft.core.address.Family;
import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.BlockAddress;
import io.croft.core.block.Ownership.Owned;
import io.croft.core.engine.Invariants;
import io.croft.core.engine.NodeState;
import io.croft.core.netns.SeenNetns;
import io.croft.core.pool.Cooldown;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolState;
import io.croft.core.rejection.Reason;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.Grant;
import io.croft.core.serving.Release;
import io.croft.core.time.BootTime;
import io.croft.testing.TestNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a node must do, in maps and without cleverness: it hears every request with its answer and
 * throws at the first that breaks a promise.
 */
final class NaiveModel {
    /** What an attachment holds, by what was acknowledged. */
    record Held(
            List<Address> addresses,
            long sequence,
            BootTime began,
            boolean shared,
            Optional<SeenNetns> netns) {}

    private record Rest(BootTime since, Optional<SeenNetns> netns) {}

    private record Mark(BootTime began, BootTime until) {}

    private static final Duration MARKED = Duration.ofMinutes(10);

    private final TestNode node;
    private final Map<Attachment, Held> held = new TreeMap<>();
    private final Map<Address, Attachment> holders = new HashMap<>();
    private final Map<Address, Rest> resting = new HashMap<>();
    private final Map<Attachment, Mark> marks = new HashMap<>();
    int given;
    int reused;
    int refusedLate;
    int freed;
    int exhausted;

    NaiveModel(TestNode node) {
        this.node = node;
    }

    Map<Attachment, Held> held() {
        return held;
    }

    void answered(Allocate add, Grant grant) {
        must(!isMarked(add.attachment(), add.began()), "a late ADD was answered: " + add);
        List<Address> addresses = addresses(grant.allocation());
        Held before = held.get(add.attachment());
        if (before == null) {
            addresses.forEach(address -> checkNew(add, address));
            Set<Family> families =
                    addresses.stream().map(Address::family).collect(Collectors.toSet());
            must(families.equals(wanted(add)), families + " given to " + add);
            must(addresses.size() == families.size(), "two of a family: " + addresses);
            hold(add.attachment(), held(grant.allocation()));
            given++;
            return;
        }
        must(before.addresses().equals(addresses), "another answer for the same key: " + addresses);
        long sequence = grant.allocation().sequence();
        if (add.began().equals(before.began())) {
            must(before.sequence() == sequence, "a retry has another sequence");
        } else {
            must(before.sequence() < sequence, "another caller has the sequence of before");
            boolean later = add.began().isAfter(before.began());
            held.put(
                    add.attachment(),
                    new Held(
                            addresses,
                            sequence,
                            later ? add.began() : before.began(),
                            true,
                            later ? add.workload().netns() : before.netns()));
        }
    }

    void refused(Allocate add, Reason why) {
        boolean marked = isMarked(add.attachment(), add.began());
        must(marked == (why == Reason.DELETED_MEANWHILE), why + ", marked " + marked + ": " + add);
        // A full journal cannot write that another ADD was answered; nothing is freed by that.
        boolean full = why == Reason.JOURNAL_FULL && node.journal.full;
        must(
                marked || full || !held.containsKey(add.attachment()),
                "what is held was refused with " + why + ": " + add);
        refusedLate += marked ? 1 : 0;
        exhausted += why == Reason.POOL_EXHAUSTED ? 1 : 0;
    }

    void answered(Release del, boolean answer) {
        Held before = held.get(del.attachment());
        boolean frees =
                before != null
                        && (del.undo()
                                ? before.began().equals(del.began()) && !before.shared()
                                : !del.began().isBefore(before.began()));
        must(frees == answer, "freed " + answer + ": " + del + " of " + before);
        if (frees) {
            release(del.attachment());
        }
        boolean others = del.undo() && before != null && !frees;
        if (!others && !isMarked(del.attachment(), del.began())) {
            marks.put(del.attachment(), new Mark(del.began(), now().plus(MARKED)));
        }
    }

    /** Freed by proof. */
    void collected(Attachment attachment) {
        release(attachment);
    }

    void checked(Attachment attachment, boolean found) {
        must(held.containsKey(attachment) == found, "CHECK of " + attachment + " says " + found);
    }

    /** The fate of this request is unknown: the node's state after its restart tells. */
    void settle(Attachment attachment) {
        Optional<Allocation> there = node.state().allocation(attachment);
        Held before = held.get(attachment);
        if (there.isEmpty() && before != null) {
            release(attachment);
        } else if (there.isPresent()) {
            must(
                    before == null
                            || before.sequence() == there.get().sequence()
                            || isRenewal(before, there.get()),
                    "another allocation of " + attachment);
            if (before == null) {
                addresses(there.get()).forEach(this::checkFree);
            }
            hold(attachment, held(there.get()));
        }
        node.state()
                .marker(attachment)
                .ifPresent(m -> marks.put(attachment, new Mark(m.began(), m.until())));
    }

    private static boolean isRenewal(Held before, Allocation there) {
        return there.shared()
                && before.sequence() < there.sequence()
                && before.addresses().equals(addresses(there));
    }

    void rebooted() {
        held.clear();
        holders.clear();
        resting.clear();
        marks.clear();
    }

    /** After every step: the node knows exactly what was acknowledged. */
    void compare() {
        NodeState state = node.state();
        Invariants.broken(state).ifPresent(violation -> must(false, violation.toString()));
        must(node.heard.violations.isEmpty(), node.heard.violations.toString());
        Map<Attachment, Held> there = new TreeMap<>();
        state.allocations().forEach(a -> there.put(a.attachment(), held(a)));
        must(there.equals(held), "acknowledged " + held + "\n but the node has " + there);
    }

    private void checkNew(Allocate add, Address address) {
        checkFree(address);
        Rest rest = resting.get(address);
        if (rest != null) {
            reused++;
            must(
                    now().since(rest.since()).compareTo(Cooldown.FLOOR) >= 0,
                    address + " given after " + now().since(rest.since()));
            boolean own =
                    rest.netns().isPresent()
                            && add.workload()
                                    .netns()
                                    .filter(rest.netns().get()::sameAs)
                                    .isPresent();
            must(
                    own || !node.inventory.isAlive(rest.netns()),
                    address + " given while its former namespace is there");
        }
        Pool pool =
                node.state().pools().stream()
                        .filter(p -> p.cidr().contains(address))
                        .findFirst()
                        .orElseThrow();
        must(
                pool.gives(address) && pool.state() == PoolState.ACTIVE,
                pool.name() + " may not give " + address);
        must(
                pool.access().allowsNamespace(add.workload().namespace()),
                pool.name() + " is not for " + add.workload().namespace());
    }

    private void checkFree(Address address) {
        must(!holders.containsKey(address), address + " is held by " + holders.get(address));
    }

    /** The teams have a pool of one family, all others the default pools of both. */
    private static Set<Family> wanted(Allocate add) {
        return add.workload().namespace().startsWith("team-")
                ? Set.of(Family.V4)
                : Set.of(Family.V4, Family.V6);
    }

    /** Every held address lies in a block that the store, too, says is this install's. */
    void compareWithStore() {
        for (var block : node.state().blocks()) {
            if (block.ownership() instanceof Owned(var token)) {
                var owner = node.store.behind.read(block.id()).toCompletableFuture().join();
                must(
                        owner.filter(o -> o.install().isPresent() && o.token().equals(token))
                                .isPresent(),
                        block.id() + " is owned here and " + owner + " in the store");
            }
        }
    }

    private void hold(Attachment attachment, Held now) {
        held.put(attachment, now);
        now.addresses()
                .forEach(address -> {
                    holders.put(address, attachment);
                    resting.remove(address);
                });
    }

    private void release(Attachment attachment) {
        Held before = held.remove(attachment);
        if (before == null) {
            throw new AssertionError(attachment + " holds nothing to release");
        }
        freed++;
        before.addresses()
                .forEach(address -> {
                    holders.remove(address);
                    resting.put(address, new Rest(now(), before.netns()));
                });
    }

    private boolean isMarked(Attachment attachment, BootTime began) {
        Mark mark = marks.get(attachment);
        return mark != null && !began.isAfter(mark.began()) && now().isBefore(mark.until());
    }

    private static Held held(Allocation allocation) {
        return new Held(
                addresses(allocation),
                allocation.sequence(),
                allocation.began(),
                allocation.shared(),
                allocation.workload().netns());
    }

    private static List<Address> addresses(Allocation allocation) {
        return allocation.addresses().stream().map(BlockAddress::address).toList();
    }

    private BootTime now() {
        return node.clock.now().boot();
    }

    private static void must(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
