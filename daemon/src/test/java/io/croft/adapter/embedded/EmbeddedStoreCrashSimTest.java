package io.croft.adapter.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.file.Crash;
import io.croft.adapter.file.Fault;
import io.croft.adapter.file.SimDisk;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.PoolState;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import io.croft.testing.Pools;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every file call of a script of changes meets a fault once; what was answered must be there. */
class EmbeddedStoreCrashSimTest {
    private static final Path DIR = Path.of("/state");
    private static final UUID ME = new UUID(1, 1);
    private static final Pool POOL = Pools.pool(1, "a", "10.1.0.0/16");
    private static final int POWER_CUTS = 5;

    /** What can be seen of a store from outside. */
    private record State(PoolSet pools, Map<BlockId, Token> owned, Optional<Install> install) {
        static State of(EmbeddedStore store) {
            return new State(await(store.read()), await(store.owned(ME)), await(store.read(ME)));
        }
    }

    private static final List<Function<EmbeddedStore, CompletionStage<?>>> SCRIPT = script();

    private static List<Function<EmbeddedStore, CompletionStage<?>>> script() {
        var script = new ArrayList<Function<EmbeddedStore, CompletionStage<?>>>();
        script.add(store -> store.register(install(1), 0));
        script.add(store -> store.change(set -> set.pools().isEmpty() ? set.create(POOL) : set));
        for (int i = 0; i < 4; i++) {
            ClaimIntent intent = claim(i);
            script.add(store -> store.claim(intent, by(1)));
        }
        script.add(store -> store.giveBack(claim(2).block(), claim(2).next(), by(1)));
        script.add(store -> store.change(set -> set.become("a", PoolState.PAUSED)));
        script.add(store -> store.register(install(2), 1));
        script.add(store -> store.giveBack(claim(0).block(), claim(0).next(), by(2)));
        return script;
    }

    @ParameterizedTest
    @EnumSource(names = {"CRASH_BEFORE", "CRASH_WITHIN", "CRASH_AFTER"})
    void losesNothingThatWasAnsweredWhenTheProcessOrThePowerEnds(Fault fault) throws IOException {
        List<State> states = cleanStates();
        boolean ended = false;
        int faults = 0;
        for (int call = 1; !ended; call++) {
            for (int seed = 0; seed <= POWER_CUTS; seed++) {
                SimDisk disk = disk();
                disk.failAt(call, fault);
                int answered = run(disk);
                ended = answered == SCRIPT.size();
                if (seed == 0) {
                    disk.killed();
                } else {
                    disk.losePower(seed);
                }
                assertOneOf(
                        states,
                        answered,
                        stateAfterRestart(disk),
                        "failAt(%d, %s), power cut %d".formatted(call, fault, seed));
                faults++;
            }
        }
        assertTrue(faults > 300, "only " + faults);
    }

    @ParameterizedTest
    @EnumSource(names = {"EIO", "ENOSPC", "SHORT_WRITE"})
    void goesOnFromTheTruthAfterAFailure(Fault fault) throws IOException {
        List<State> states = cleanStates();
        int calls = (int) callsOfACleanRun();
        for (int call = callsOfOpen() + 1; call <= calls; call++) {
            String what = "failAt(%d, %s)".formatted(call, fault);
            SimDisk disk = disk();
            disk.failAt(call, fault);
            try (var store = StoreMaker.open(disk, DIR, false)) {
                for (int i = 0; i < SCRIPT.size(); i++) {
                    if (!isAnswered(SCRIPT.get(i).apply(store))) {
                        assertOneOf(states, i, State.of(store), what);
                        await(SCRIPT.get(i).apply(store));
                    }
                    assertEquals(states.get(i + 1), State.of(store), what);
                }
            }
            disk.losePower(call);
            assertEquals(states.getLast(), stateAfterRestart(disk), what);
        }
    }

    /** The states after none, one, two, … changes. */
    private static List<State> cleanStates() throws IOException {
        var states = new ArrayList<State>();
        try (var store = StoreMaker.open(disk(), DIR, false)) {
            states.add(State.of(store));
            for (var change : SCRIPT) {
                await(change.apply(store));
                states.add(State.of(store));
            }
        }
        return states;
    }

    private static long callsOfACleanRun() throws IOException {
        SimDisk disk = disk();
        long before = disk.calls();
        assertEquals(SCRIPT.size(), run(disk));
        return disk.calls() - before;
    }

    private static int callsOfOpen() throws IOException {
        SimDisk disk = disk();
        long before = disk.calls();
        StoreMaker.open(disk, DIR, false).close();
        return (int) (disk.calls() - before);
    }

    /** Number of changes that were answered before the process ended. */
    private static int run(SimDisk disk) {
        int answered = 0;
        try (var store = StoreMaker.open(disk, DIR, false)) {
            while (answered < SCRIPT.size() && isAnswered(SCRIPT.get(answered).apply(store))) {
                answered++;
            }
        } catch (Crash whileOpening) {
            return 0;
        }
        return answered;
    }

    private static State stateAfterRestart(SimDisk disk) {
        try (var store = StoreMaker.open(disk, DIR, false)) {
            return State.of(store);
        }
    }

    private static void assertOneOf(List<State> states, int answered, State found, String what) {
        int most = Math.min(answered + 1, states.size() - 1);
        assertTrue(
                states.subList(answered, most + 1).contains(found),
                () -> "%s: after %d answers %s".formatted(what, answered, found));
    }

    private static boolean isAnswered(CompletionStage<?> stage) {
        try {
            await(stage);
            return true;
        } catch (CompletionException failed) {
            return false;
        }
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static SimDisk disk() throws IOException {
        var disk = new SimDisk();
        disk.createDirectory(DIR);
        disk.syncDirectory(Path.of("/"));
        return disk;
    }

    private static Registrant by(long incarnation) {
        return new Registrant(ME, "n1", incarnation, 1);
    }

    private static Install install(long incarnation) {
        return new Install(
                ME, "n1", "h", "m", new UUID(2, 1), incarnation, new UUID(7, incarnation), "1");
    }

    private static ClaimIntent claim(int index) {
        return new ClaimIntent(
                new BlockId(POOL.id(), POOL.block(index)),
                Optional.empty(),
                Optional.empty(),
                new Token(1, 1, new UUID(9, index)));
    }
}
