package io.croft.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a seed draws, as plain data: how large the cluster is, how busy, and what goes wrong when.
 *
 * @param pools what is given
 * @param gap between two things that a runtime does
 * @param most sandboxes that each runtime wants
 * @param lasting of them those that mostly stay
 * @param length until the faults stop
 * @param skipped deeds of runtimes that are left out
 */
record Plan(
        long seed,
        int nodes,
        Pools pools,
        Duration gap,
        int most,
        int lasting,
        Duration length,
        List<Planned> faults,
        Set<Deed> skipped) {
    Plan {
        faults = List.copyOf(faults);
        skipped = Set.copyOf(skipped);
    }

    /** One thing that a runtime does, counted from 0 on its machine. */
    record Deed(String machine, int number) {}

    /**
     * One thing that goes wrong.
     *
     * @param machine which, counted from 0
     * @param draw what else it needs of chance
     */
    record Planned(Duration at, Fault fault, int machine, long draw) {
        @Override
        public String toString() {
            return "%8.3f s %s on m%d (%x)".formatted(at.toNanos() / 1e9, fault, machine, draw);
        }
    }

    static Plan of(long seed) {
        return of(seed, EnumSet.allOf(Fault.class));
    }

    /** With faults of these kinds only. */
    static Plan of(long seed, Set<Fault> kinds) {
        var random = Scheduler.source(seed, "plan");
        int nodes = 2 + random.nextInt(5);
        Pools pools = Pools.draw(random);
        var gap = Duration.ofMillis(150 + random.nextInt(2_500));
        int most = 1 + random.nextInt(10);
        var length = Duration.ofSeconds(60 + random.nextInt(random.nextInt(3) > 0 ? 180 : 600));
        // Each run has some kinds of faults often, and most not at all.
        List<Fault> chosen = new ArrayList<>();
        for (Fault kind : Fault.values()) {
            int weight = random.nextInt(100);
            if (kinds.contains(kind) && weight < kind.frequency()) {
                for (int i = 0; i < 1 + random.nextInt(3); i++) {
                    chosen.add(kind);
                }
            }
        }
        List<Planned> faults = new ArrayList<>();
        int count = chosen.isEmpty() ? 0 : random.nextInt(1 + (int) length.toSeconds() / 6);
        for (int i = 0; i < count; i++) {
            Fault kind = chosen.get(random.nextInt(chosen.size()));
            faults.add(
                    new Planned(
                            length.multipliedBy(random.nextInt(1_000_000)).dividedBy(1_000_000),
                            kind,
                            random.nextInt(nodes),
                            random.nextLong()));
        }
        faults.sort(Comparator.comparing(Planned::at));
        int lasting = random.nextInt(2) * (most / 2);
        return new Plan(seed, nodes, pools, gap, most, lasting, length, faults, Set.of());
    }

    /** Full of faults of these kinds, with more pods than a quiet cluster has. */
    static Plan busy(long seed, Set<Fault> kinds) {
        Plan plan = of(seed, EnumSet.noneOf(Fault.class));
        var random = Scheduler.source(seed, "busy plan");
        List<Fault> all = List.copyOf(kinds);
        List<Planned> faults = new ArrayList<>();
        for (Duration at = Duration.ofSeconds(20);
                !all.isEmpty() && at.compareTo(plan.length) < 0;
                at = at.plusMillis(1 + random.nextInt(20_000))) {
            faults.add(
                    new Planned(
                            at,
                            all.get(random.nextInt(all.size())),
                            random.nextInt(plan.nodes),
                            random.nextLong()));
        }
        return new Plan(
                seed,
                plan.nodes,
                plan.pools,
                Duration.ofMillis(150 + random.nextInt(600)),
                4 + random.nextInt(8),
                0,
                plan.length,
                faults,
                Set.of());
    }

    /**
     * Rounds of faults in one order, each round on one machine, with pods that stay.
     *
     * @param others in between, on any machine
     */
    static Plan inOrder(long seed, List<Fault> order, Set<Fault> others) {
        Plan plan = busy(seed, others);
        var random = Scheduler.source(seed, "plan in order");
        List<Planned> faults = new ArrayList<>(plan.faults);
        Duration at = Duration.ofSeconds(20);
        while (at.compareTo(plan.length) < 0) {
            int machine = random.nextInt(plan.nodes);
            for (Fault each : order) {
                faults.add(new Planned(at, each, machine, random.nextLong()));
                at = at.plusMillis(1 + random.nextInt(random.nextBoolean() ? 2_000 : 40_000));
                // It is off for a while.
                at = each == Fault.REBOOT ? at.plusSeconds(random.nextInt(120)) : at;
            }
            at = at.plusSeconds(60);
        }
        faults.sort(Comparator.comparing(Planned::at));
        return new Plan(
                seed,
                plan.nodes,
                plan.pools,
                plan.gap,
                plan.most,
                plan.most / 2,
                plan.length,
                faults,
                Set.of());
    }

    Plan with(List<Planned> other) {
        return new Plan(seed, nodes, pools, gap, most, lasting, length, other, skipped);
    }

    Plan withMost(int fewer) {
        return new Plan(seed, nodes, pools, gap, fewer, lasting, length, faults, skipped);
    }

    Plan without(Set<Deed> deeds) {
        return new Plan(seed, nodes, pools, gap, most, lasting, length, faults, deeds);
    }

    String words() {
        var text = new StringBuilder();
        text.append(
                "seed %d: %d nodes, %s, up to %d sandboxes each, %d lasting, a deed each %d ms, %d s"
                        .formatted(
                                seed,
                                nodes,
                                pools,
                                most,
                                lasting,
                                gap.toMillis(),
                                length.toSeconds()));
        faults.forEach(each -> text.append("\n  ").append(each));
        return text.toString();
    }
}
