package io.croft.sim;

import static io.croft.sim.Fault.AGENT_AWAY;
import static io.croft.sim.Fault.BACKUP;
import static io.croft.sim.Fault.CLONE;
import static io.croft.sim.Fault.CUT;
import static io.croft.sim.Fault.JOURNAL_BACK;
import static io.croft.sim.Fault.KILL;
import static io.croft.sim.Fault.REBOOT;
import static io.croft.sim.Fault.RECLAIM;
import static io.croft.sim.Fault.RESTORE;

import io.croft.adapter.file.Disk;
import io.croft.adapter.run.HealthStamp.Sign;
import io.croft.agent.SimAgent.Sabotage;
import io.croft.core.engine.Event;
import io.croft.core.netns.Netns;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.SeenNetns;
import io.croft.core.time.BootTime;
import io.croft.node.port.Inventory;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rules that are switched off one by one, with the faults under which each is needed. None keeps
 * anything of a run.
 */
@SuppressWarnings("ImmutableEnumChecker")
enum Control {
    ANSWERS_BEFORE_THE_JOURNAL_IS_WRITTEN(
            EnumSet.of(KILL),
            new Controls() {
                @Override
                public Disk disk(Disk disk) {
                    return new LazyDisk(disk);
                }
            }),
    FORGETS_COOLING_AT_A_RESTART(EnumSet.of(KILL), replaying(Event.Rested.class)),
    FORGETS_DELS_AT_A_RESTART(EnumSet.of(KILL, AGENT_AWAY), replaying(Event.Marked.class)),
    REPLAYS_WITHOUT_THE_LAST_ALLOCATION(EnumSet.of(KILL), sabotaged(replay(Control::withoutLast))),
    IGNORES_START_STAMPS(
            EnumSet.of(KILL),
            new Controls() {
                @Override
                public BootTime stamp(BootTime began, BootTime now) {
                    return now;
                }
            }),
    BELIEVES_THAT_EVERY_NAMESPACE_IS_GONE(
            EnumSet.noneOf(Fault.class),
            new Controls() {
                @Override
                public Inventory inventory(Inventory inventory) {
                    return new Blind(inventory);
                }
            }),
    TRUSTS_A_JOURNAL_OF_ANOTHER_BOOT(
            EnumSet.of(RECLAIM, CUT),
            sabotaged(
                    new Sabotage() {
                        @Override
                        public boolean trusts(boolean trustable) {
                            return true;
                        }
                    })),
    IGNORES_THE_SIGN_OF_HEALTH(
            EnumSet.of(JOURNAL_BACK),
            sabotaged(
                    new Sabotage() {
                        @Override
                        public Optional<Sign> sign(Optional<Sign> sign) {
                            return Optional.empty();
                        }
                    })),
    TAKES_BLOCKS_OF_WHO_IS_SILENT(
            EnumSet.of(CUT, AGENT_AWAY),
            new Controls() {
                @Override
                public void spoil(World world) {
                    world.operator.reclaimAllThatAreSilent();
                }
            }),
    UNFREEZES_WITHOUT_ASKING(
            EnumSet.of(BACKUP, RESTORE, CUT, AGENT_AWAY),
            new Controls() {
                @Override
                public boolean unfreezesBlindly() {
                    return true;
                }
            }),
    COPIES_NAME_AND_HARDWARE(
            EnumSet.of(CLONE, CUT),
            new Controls() {
                @Override
                public boolean copiesAll() {
                    return true;
                }
            }),
    GIVES_BACK_WHAT_A_REBOOT_DID_NOT_END(
            EnumSet.of(REBOOT),
            new Controls() {
                @Override
                public boolean keepsPodsOverReboots() {
                    return true;
                }
            });

    private final Set<Fault> faults;
    private final Controls controls;

    Control(Set<Fault> faults, Controls controls) {
        this.faults = faults;
        this.controls = controls;
    }

    World.Outcome run(long seed) {
        return new World(Plan.busy(seed, faults), controls, _ -> {}).run();
    }

    private static Controls sabotaged(Sabotage sabotage) {
        return new Controls() {
            @Override
            public Sabotage sabotage() {
                return sabotage;
            }
        };
    }

    private static Sabotage replay(UnaryOperator<List<Event>> change) {
        return new Sabotage() {
            @Override
            public Stream<Event> replay(Stream<Event> events) {
                return change.apply(events.toList()).stream();
            }
        };
    }

    private static Controls replaying(Class<? extends Event> without) {
        return sabotaged(
                replay(events ->
                        events.stream().filter(each -> !without.isInstance(each)).toList()));
    }

    private static List<Event> withoutLast(List<Event> events) {
        Optional<Event> last =
                events.stream()
                        .filter(Event.Allocated.class::isInstance)
                        .max(java.util.Comparator.comparingLong(Control::number));
        return events.stream().filter(each -> !Optional.of(each).equals(last)).toList();
    }

    private static long number(Event event) {
        return event instanceof Event.Allocated(var held) ? held.sequence() : 0;
    }

    /** Sees nothing where there is something. */
    private record Blind(Inventory inventory) implements Inventory {
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
