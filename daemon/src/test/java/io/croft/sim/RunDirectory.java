package io.croft.sim;

import io.croft.node.port.Spool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/** The spool of one machine: it outlives the agent, and a reboot only now and then. */
final class RunDirectory {
    private final Scheduler scheduler;
    private final Random random;
    private final List<Spool.Entry> entries = new ArrayList<>();

    RunDirectory(Scheduler scheduler, String machine) {
        this.scheduler = scheduler;
        this.random = scheduler.random(machine + " run");
    }

    void write(Spool.Entry entry) {
        entries.add(entry);
        entries.sort(java.util.Comparator.comparing(Spool.Entry::began));
    }

    List<Spool.Entry> entries() {
        return List.copyOf(entries);
    }

    /** It is as it was. */
    void windBack(List<Spool.Entry> then) {
        entries.clear();
        entries.addAll(then);
    }

    void reboot() {
        if (random.nextBoolean()) {
            entries.clear();
        }
    }

    /**
     * For one process.
     *
     * @param mine false: it has another directory
     */
    View view(Life life, BooleanSupplier mine) {
        return new View(life, mine);
    }

    final class View implements Spool {
        private final Life life;
        private final BooleanSupplier mine;

        View(Life life, BooleanSupplier mine) {
            this.life = life;
            this.mine = mine;
        }

        @Override
        public CompletionStage<List<Entry>> read(int most) {
            var answer = new CompletableFuture<List<Entry>>();
            later(() ->
                    answer.complete(
                            mine.getAsBoolean()
                                    ? entries.stream().limit(most).toList()
                                    : List.of()));
            return answer;
        }

        @Override
        public CompletionStage<Void> remove(List<Entry> replayed) {
            var answer = new CompletableFuture<Void>();
            later(() -> {
                entries.removeAll(replayed);
                answer.complete(null);
            });
            return answer;
        }

        private void later(Runnable action) {
            scheduler.after(
                    Duration.ofNanos(100_000L + random.nextInt(10_000_000)),
                    "",
                    () -> life.enter(action));
        }
    }
}
