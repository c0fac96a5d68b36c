package io.croft.sim;

import io.croft.agent.SimAgent.Sabotage;
import io.croft.core.allocation.Allocation;
import io.croft.core.engine.Event;
import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.SeenNetns;
import io.croft.node.port.Inventory;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rules inside a node, switched off where it starts and where it looks. */
final class NodeRules {
    private NodeRules() {}

    static Controls sabotaged(Sabotage sabotage) {
        return new Controls() {
            @Override
            public Sabotage sabotage() {
                return sabotage;
            }
        };
    }

    static Sabotage replay(UnaryOperator<List<Event>> change) {
        return new Sabotage() {
            @Override
            public Stream<Event> replay(Stream<Event> events) {
                return change.apply(events.toList()).stream();
            }
        };
    }

    static Controls replaying(Class<? extends Event> without) {
        return sabotaged(
                replay(events ->
                        events.stream().filter(each -> !without.isInstance(each)).toList()));
    }

    static List<Event> unshared(List<Event> events) {
        return events.stream()
                .map(each ->
                        each instanceof Event.Allocated(var held)
                                ? new Event.Allocated(unshared(held))
                                : each)
                .toList();
    }

    private static Allocation unshared(Allocation held) {
        return new Allocation(
                held.attachment(),
                held.sequence(),
                held.began(),
                false,
                held.addresses(),
                held.workload(),
                held.since());
    }

    static List<Event> withoutLast(List<Event> events) {
        Optional<Event> last =
                events.stream()
                        .filter(Event.Allocated.class::isInstance)
                        .max(java.util.Comparator.comparingLong(NodeRules::number));
        return events.stream().filter(each -> !Optional.of(each).equals(last)).toList();
    }

    private static long number(Event event) {
        return event instanceof Event.Allocated(var held) ? held.sequence() : 0;
    }

    /** Takes what was not seen for gone. */
    record Credulous(Inventory inventory) implements Inventory {
        @Override
        public boolean sees(Netns netns) {
            return inventory.sees(netns);
        }

        @Override
        public CompletionStage<Map<SeenNetns, NetnsFate>> look(Collection<SeenNetns> namespaces) {
            return inventory
                    .look(namespaces)
                    .thenApply(fates ->
                            fates.entrySet().stream()
                                    .collect(
                                            Collectors.toMap(
                                                    Map.Entry::getKey,
                                                    each ->
                                                            each.getValue() == NetnsFate.UNKNOWN
                                                                    ? NetnsFate.GONE
                                                                    : each.getValue())));
        }
    }

    /** Sees nothing where there is something. */
    record Blind(Inventory inventory) implements Inventory {
        @Override
        public boolean sees(Netns netns) {
            return inventory.sees(netns);
        }

        @Override
        public CompletionStage<Map<SeenNetns, NetnsFate>> look(Collection<SeenNetns> namespaces) {
            return CompletableFuture.completedFuture(
                    namespaces.stream()
                            .distinct()
                            .collect(Collectors.toMap(each -> each, _ -> NetnsFate.GONE)));
        }
    }
}
