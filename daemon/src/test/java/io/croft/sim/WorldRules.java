package io.croft.sim;

import io.croft.adapter.file.Disk;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.core.time.Moment;
import io.croft.node.port.Inventory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

/** Rules that rest on what lies around an agent, switched off there. */
final class WorldRules {
    private WorldRules() {}

    static Controls disk(UnaryOperator<Disk> other) {
        return new Controls() {
            @Override
            public Disk disk(Disk disk) {
                return other.apply(disk);
            }
        };
    }

    static Controls inventory(UnaryOperator<Inventory> other) {
        return new Controls() {
            @Override
            public Inventory inventory(Inventory inventory) {
                return other.apply(inventory);
            }
        };
    }

    /** What a shim sends began when it arrives. */
    static Controls ignoresStamps(Effects effects) {
        return new Controls() {
            @Override
            public BootTime stamp(BootTime began, BootTime now) {
                return effects.instead(began, now);
            }
        };
    }

    static Controls reclaimsWhoIsSilent(Effects effects) {
        return new Controls() {
            @Override
            public void spoil(World world) {
                effects.add();
                world.operator.reclaimAllThatAreSilent();
            }
        };
    }

    static Controls unfreezesBlindly(Effects effects) {
        return new Controls() {
            @Override
            public boolean unfreezesBlindly() {
                effects.add();
                return true;
            }
        };
    }

    static Controls copiesAll(Effects effects) {
        return new Controls() {
            @Override
            public boolean copiesAll() {
                effects.add();
                return true;
            }
        };
    }

    static Controls keepsPodsOverReboots(Effects effects) {
        return new Controls() {
            @Override
            public boolean keepsPodsOverReboots() {
                effects.add();
                return true;
            }
        };
    }

    static Controls collectsWithoutALook(Effects effects) {
        return new Controls() {
            @Override
            public boolean looks() {
                effects.add();
                return false;
            }
        };
    }

    static Controls spoolsNothing(Effects effects) {
        return new Controls() {
            @Override
            public boolean spools() {
                effects.add();
                return false;
            }
        };
    }

    /** A block goes back although an address of it rests. */
    static Controls returnsWhatRests(Effects effects) {
        return new Controls() {
            @Override
            public void spoil(World world) {
                world.scheduler.after(
                        Duration.ofSeconds(2),
                        "",
                        () -> {
                            for (Machine machine : world.machines()) {
                                machine.agent()
                                        .filter(AgentProcess::isServing)
                                        .ifPresent(each -> retire(each, effects));
                            }
                            spoil(world);
                        });
            }
        };
    }

    /** A wall clock that never moved against the boot clock. */
    static Controls seesNoDrift(Effects effects) {
        return new Controls() {
            @Override
            public Clock clock(Clock clock) {
                Instant epoch = first(clock.now());
                return () -> {
                    Moment now = clock.now();
                    Moment steady = new Moment(now.boot(), epoch.plusNanos(now.boot().nanos()));
                    if (steady.wall().getEpochSecond() != now.wall().getEpochSecond()) {
                        effects.add();
                    }
                    return steady;
                };
            }

            private Instant first(Moment now) {
                return now.wall().minusNanos(now.boot().nanos());
            }
        };
    }

    private static void retire(AgentProcess process, Effects effects) {
        Command<Boolean> retire =
                (node, now) -> {
                    List<Event> events =
                            node.blocks().stream()
                                    .filter(block -> block.isOwned() && block.held() == 0)
                                    .filter(block -> !block.resting().isEmpty())
                                    .<Event>map(block -> new Event.BlockRetired(block.id()))
                                    .toList();
                    events.forEach(_ -> effects.add());
                    return new Decision.Accepted<>(events, !events.isEmpty());
                };
        var _ = process.agent().loop().submit(retire, BootTime.ZERO);
        process.wake();
    }
}
