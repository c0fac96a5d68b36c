package io.croft.sim;

import io.croft.adapter.run.HealthStamp.Sign;
import io.croft.agent.SimAgent.Sabotage;
import io.croft.core.allocation.Allocation;
import io.croft.core.engine.Event;
import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.SeenNetns;
import io.croft.node.port.Install;
import io.croft.node.port.InstallStore;
import io.croft.node.port.Inventory;
import io.croft.testing.Some;
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

    static Sabotage replay(Effects effects, UnaryOperator<List<Event>> change) {
        return new Sabotage() {
            @Override
            public Stream<Event> replay(Stream<Event> events) {
                List<Event> all = events.toList();
                return effects.instead(all, change.apply(all)).stream();
            }
        };
    }

    static Sabotage replayWithout(Effects effects, Class<? extends Event> kind) {
        return replay(
                effects, events -> events.stream().filter(each -> !kind.isInstance(each)).toList());
    }

    static Controls replaying(Effects effects, Class<? extends Event> without) {
        return sabotaged(replayWithout(effects, without));
    }

    /** A journal of another boot is believed without its store. */
    static Sabotage trustsAnyBoot(Effects effects) {
        return new Sabotage() {
            @Override
            public boolean trusts(boolean trustable) {
                return effects.instead(trustable, true);
            }
        };
    }

    static Sabotage ignoresTheSign(Effects effects) {
        return new Sabotage() {
            @Override
            public Optional<Sign> sign(Optional<Sign> sign) {
                return effects.instead(sign, Optional.empty());
            }
        };
    }

    /** An install that was born of a lost journal does not know it. */
    static Sabotage neverLost(Effects effects) {
        return new Sabotage() {
            @Override
            public boolean lost(boolean lost) {
                return effects.instead(lost, false);
            }
        };
    }

    /** A machine's former installs may have been of this very boot. */
    static Sabotage inheritsInTheSameBoot(Effects effects) {
        return new Sabotage() {
            @Override
            public InstallStore installs(InstallStore installs) {
                return new OtherInstalls(
                        installs,
                        (_, all) ->
                                effects.instead(
                                        all, all.stream().map(NodeRules::elsewhere).toList()));
            }
        };
    }

    private static Install elsewhere(Install each) {
        return new Install(
                each.id(),
                each.node(),
                each.hardwareId(),
                each.machineId(),
                Some.uuid("another boot"),
                each.incarnation(),
                each.nonce(),
                each.version());
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
    record Credulous(Inventory inventory, Effects effects) implements Inventory {
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
                                                            effects.instead(
                                                                    each.getValue(),
                                                                    credulous(each.getValue())))));
        }
    }

    private static NetnsFate credulous(NetnsFate fate) {
        return fate == NetnsFate.UNKNOWN ? NetnsFate.GONE : fate;
    }

    /** Sees nothing where there is something. */
    record Blind(Inventory inventory, Effects effects) implements Inventory {
        @Override
        public boolean sees(Netns netns) {
            return inventory.sees(netns);
        }

        @Override
        public CompletionStage<Map<SeenNetns, NetnsFate>> look(Collection<SeenNetns> namespaces) {
            namespaces.forEach(_ -> effects.add());
            return CompletableFuture.completedFuture(
                    namespaces.stream()
                            .distinct()
                            .collect(Collectors.toMap(each -> each, _ -> NetnsFate.GONE)));
        }
    }
}
