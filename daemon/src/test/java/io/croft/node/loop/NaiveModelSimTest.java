package io.croft.node.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.croft.core.engine.Event;
import io.croft.core.time.BootTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A whole node against maps, under chance. */
class NaiveModelSimTest {
    private static final int STEPS = Integer.getInteger("croft.steps", 10_000);

    static LongStream seeds() {
        Long only = Long.getLong("croft.seed");
        return only == null ? LongStream.rangeClosed(1, 20) : LongStream.of(only);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void keepsEveryPromiseInARandomLifeAndRepeatsItself(long seed) {
        List<String> first = live(seed, life -> {});
        List<String> second = live(seed, life -> {});
        assertEquals(first.size(), second.size());
        for (int i = 0; i < first.size(); i++) {
            assertEquals(first.get(i), second.get(i), "line " + i);
        }
    }

    private static List<String> live(long seed, Consumer<RandomLife> sabotage) {
        var life = new RandomLife(seed);
        sabotage.accept(life);
        for (int step = 0; step < STEPS; step++) {
            try {
                life.step();
            } catch (AssertionError | RuntimeException failure) {
                List<String> log = life.node().heard.log;
                throw new AssertionError(
                        """
                        seed %d, step %d: %s
                        the last decisions:
                          %s
                        again: ./mvnw -pl daemon -am test -Dtest=NaiveModelSimTest -Dsurefire.failIfNoSpecifiedTests=false -Dcroft.seed=%d
                        """
                                .formatted(
                                        seed,
                                        step,
                                        failure.getMessage(),
                                        String.join(
                                                "\n  ",
                                                log.subList(
                                                        Math.max(0, log.size() - 20), log.size())),
                                        seed),
                        failure);
            }
        }
        assertDidEnough(life);
        return life.node().heard.log;
    }

    /** A run in which little happened proves little. */
    private static void assertDidEnough(RandomLife life) {
        int part = STEPS / 1_000;
        NaiveModel model = life.model();
        String did =
                "given %d, reused %d, freed %d, late %d, exhausted %d, restarts %d, boots %d"
                        .formatted(
                                model.given,
                                model.reused,
                                model.freed,
                                model.refusedLate,
                                model.exhausted,
                                life.restarts,
                                life.boots);
        assertTrue(model.given > 20 * part && model.reused > 5 * part, did);
        assertTrue(model.freed > 10 * part && model.refusedLate > part, did);
        assertTrue(model.exhausted > 0 && life.restarts > part, did);
    }

    private static void mustBeCaught(List<String> signs, Consumer<RandomLife> sabotage) {
        for (long seed = 1; seed <= 5; seed++) {
            try {
                live(seed, sabotage);
            } catch (AssertionError caught) {
                String message = String.valueOf(caught.getMessage());
                assertTrue(signs.stream().anyMatch(message::contains), message);
                return;
            }
        }
        fail("nobody noticed");
    }

    @Test
    void noticesAnAllocationThatIsAcknowledgedButNotWritten() {
        mustBeCaught(
                List.of(
                        "acknowledged",
                        "is held by",
                        "is not held",
                        "holds nothing to renew",
                        "former namespace",
                        "given after"),
                life ->
                        life.node().journal.sabotage =
                                events ->
                                        events.stream()
                                                .filter(e ->
                                                        !(e instanceof Event.Allocated(var a))
                                                                || a.sequence() % 50 != 0)
                                                .toList());
    }

    @Test
    void noticesCoolingTimesForgottenAtARestart() {
        mustBeCaught(
                List.of("given after"),
                life ->
                        life.node().journal.sabotage =
                                events -> {
                                    List<Event> forgetful = new ArrayList<>();
                                    for (Event event : events) {
                                        forgetful.add(
                                                event
                                                                instanceof
                                                                Event.Released(
                                                                        var who,
                                                                        long number,
                                                                        var at)
                                                        ? new Event.Released(
                                                                who, number, BootTime.ZERO)
                                                        : event);
                                    }
                                    return forgetful;
                                });
    }

    @Test
    void noticesAddressesGivenWhileTheirNamespaceLives() {
        mustBeCaught(
                List.of("former namespace is there"), life -> life.node().inventory.lying = true);
    }

    @Test
    void noticesDelMarkersForgottenAtARestart() {
        mustBeCaught(
                List.of("late ADD", "marked true"),
                life ->
                        life.node().journal.sabotage =
                                events ->
                                        events.stream()
                                                .filter(e -> !(e instanceof Event.Marked))
                                                .toList());
    }
}
