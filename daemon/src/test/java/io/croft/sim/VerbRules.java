package io.croft.sim;

import io.croft.core.allocation.Allocation;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Decision.Accepted;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.serving.Allocate;
import io.croft.core.serving.CollectGarbage;
import io.croft.core.serving.Release;
import io.croft.core.serving.ReleaseExact;
import io.croft.core.time.Moment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** Rules of verbs, switched off by deciding otherwise. */
final class VerbRules {
    private VerbRules() {}

    /** Decisions say nothing of some things: they are not journalled, and never happened. */
    static Controls silentOn(Effects effects, Class<? extends Event> kind) {
        return changing(
                effects,
                (node, event) -> kind.isInstance(event) ? Stream.<Event>of() : Stream.of(event));
    }

    /** A repeated ADD moves the stamp, and whose the allocation is stays as it was. */
    static Controls renewsTheStampOnly(Effects effects) {
        return changing(
                effects,
                (node, event) ->
                        Stream.of(
                                event
                                                instanceof
                                                Event.Renewed(var who, var number, var began, var _)
                                        ? new Event.Renewed(
                                                who,
                                                number,
                                                began,
                                                node.allocation(who).orElseThrow().workload())
                                        : event));
    }

    /** A repeated ADD leaves the sequence as it was. */
    static Controls renewsUnderTheSameSequence(Effects effects) {
        return changing(
                effects,
                (node, event) ->
                        Stream.of(
                                event instanceof Event.Renewed(var who, var _, var began, var work)
                                        ? new Event.Renewed(
                                                who,
                                                node.allocation(who).orElseThrow().sequence(),
                                                began,
                                                work)
                                        : event));
    }

    /** Of two families one is given. */
    static Controls givesAPart(Effects effects) {
        return changing(
                effects,
                (node, event) ->
                        Stream.of(
                                event instanceof Event.Allocated(Allocation all)
                                        ? new Event.Allocated(part(all))
                                        : event));
    }

    private static Allocation part(Allocation all) {
        return new Allocation(
                all.attachment(),
                all.sequence(),
                all.began(),
                all.shared(),
                all.addresses().subList(0, 1),
                all.workload(),
                all.since());
    }

    private static Controls changing(
            Effects effects, BiFunction<NodeView, Event, Stream<Event>> change) {
        return new Controls() {
            @Override
            public <R> Command<R> command(Command<R> command) {
                return (node, now) -> {
                    Decision<R> right = command.decide(node, now);
                    return right instanceof Accepted<R>(var events, R reply)
                            ? effects.instead(
                                    right,
                                    new Accepted<>(
                                            events.stream()
                                                    .flatMap(each -> change.apply(node, each))
                                                    .toList(),
                                            reply))
                            : right;
                };
            }
        };
    }

    /** An address is given although its time is not over. */
    static Controls doesNotWaitForCooling(Effects effects) {
        return new Controls() {
            @Override
            public <R> Command<R> command(Command<R> command) {
                return command instanceof Allocate
                        ? (node, now) ->
                                effects.instead(
                                        command.decide(node, now),
                                        command.decide(
                                                node,
                                                new Moment(
                                                        now.boot().plus(Duration.ofSeconds(60)),
                                                        now.wall())))
                        : command;
            }
        };
    }

    /** A DEL frees what it finds, however old it is. */
    static Controls lateDelsFree(Effects effects) {
        return releasing(effects, release -> !release.undo(), _ -> true);
    }

    /** An undo frees what others were answered with. */
    static Controls undoFreesShared(Effects effects) {
        return releasing(effects, Release::undo, _ -> true);
    }

    private interface Which<T> {
        boolean is(T what);
    }

    private static Controls releasing(
            Effects effects, Which<Release> releases, Which<Allocation> frees) {
        return new Controls() {
            @Override
            public <R> Command<R> command(Command<R> command) {
                return command instanceof Release release && releases.is(release)
                        ? (node, now) -> free(command, release, node, now)
                        : command;
            }

            private <R> Decision<R> free(
                    Command<R> command, Release release, NodeView node, Moment now) {
                Optional<Allocation> held = node.allocation(release.attachment()).filter(frees::is);
                Decision<R> decision = command.decide(node, now);
                if (held.isEmpty() || !(decision instanceof Accepted<R>(var events, R reply))) {
                    return decision;
                }
                if (events.stream().anyMatch(Event.Released.class::isInstance)) {
                    return decision;
                }
                effects.add();
                var all = new ArrayList<Event>(events);
                all.add(
                        new Event.Released(
                                release.attachment(), held.get().sequence(), now.boot()));
                return new Accepted<>(all, reply);
            }
        };
    }

    /** A GC frees what has the key that was looked at, whoever that is by now. */
    static Controls collectsByTheKeyAlone(Effects effects) {
        return new Controls() {
            @Override
            public <R> Command<R> command(Command<R> command) {
                return command instanceof CollectGarbage(List<Allocation> gone)
                        ? (node, now) -> collect(gone, node, now)
                        : command;
            }

            @SuppressWarnings("unchecked")
            private <R> Decision<R> collect(List<Allocation> gone, NodeView node, Moment now) {
                List<Allocation> held =
                        gone.stream()
                                .flatMap(each -> node.allocation(each.attachment()).stream())
                                .toList();
                return (Decision<R>)
                        effects.instead(
                                new CollectGarbage(gone).decide(node, now),
                                new CollectGarbage(held).decide(node, now));
            }
        };
    }

    /** A release of an address frees whoever has it. */
    static Controls releasesWhoeverHolds(Effects effects) {
        return new Controls() {
            @Override
            public <R> Command<R> command(Command<R> command) {
                return command instanceof ReleaseExact exact
                        ? (node, now) -> release(exact, node, now)
                        : command;
            }

            @SuppressWarnings("unchecked")
            private <R> Decision<R> release(ReleaseExact exact, NodeView node, Moment now) {
                long held =
                        node.allocation(exact.attachment())
                                .map(Allocation::sequence)
                                .orElse(exact.sequence());
                return (Decision<R>)
                        effects.instead(
                                exact.decide(node, now),
                                new ReleaseExact(exact.attachment(), held).decide(node, now));
            }
        };
    }
}
