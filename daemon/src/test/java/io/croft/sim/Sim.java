package io.croft.sim;

import java.util.List;
import java.util.Optional;
import java.util.Random;

/** The command line of the simulation: runs seeds, and says what was found. */
public final class Sim {
    private static final long MOST_CONTROL_RUNS = 30;

    /** A shorter run proves nothing, and is not counted. */
    private static final long LEAST_STEPS = 1_000;

    private final Options options;

    private Sim(Options options) {
        this.options = options;
    }

    /**
     * {@code --seed N [--trace] [--shrink] | [--from N] --runs R | --minutes M | --controls}. Ends
     * with 1 when a promise was broken.
     */
    public static void main(String[] args) {
        System.exit(run(List.of(args)) ? 0 : 1);
    }

    /** True: no promise was broken. */
    static boolean run(List<String> args) {
        var sim = new Sim(new Options(args));
        if (sim.options.has("--controls")) {
            return sim.controls();
        }
        return sim.options.number("--seed").map(sim::one).orElseGet(sim::many);
    }

    private boolean one(long seed) {
        World.Outcome outcome =
                new World(
                                Plan.of(seed),
                                Controls.NONE,
                                options.has("--trace") ? System.out::println : _ -> {})
                        .run();
        if (options.has("--shrink") && outcome.failure().isPresent()) {
            outcome = new Shrink(outcome, Controls.NONE).run();
        }
        System.out.println(Report.of(outcome));
        return outcome.failure().isEmpty();
    }

    private boolean many() {
        long first = options.number("--from").orElseGet(() -> (long) new Random().nextInt(1 << 30));
        long minutes = options.number("--minutes").orElse(Long.MAX_VALUE / 60_000_000_000L);
        long runs =
                options.number("--runs").orElse(options.has("--minutes") ? Long.MAX_VALUE : 100L);
        long began = System.nanoTime();
        long steps = 0;
        long time = 0;
        long answers = 0;
        long failures = 0;
        long done = 0;
        long tooShort = 0;
        while (done < runs && System.nanoTime() - began < minutes * 60_000_000_000L) {
            long seed = first + done;
            World.Outcome outcome = new World(Plan.of(seed), Controls.NONE, _ -> {}).run();
            steps += outcome.steps();
            time += outcome.time().toSeconds();
            answers += outcome.answers();
            done++;
            if (outcome.steps() < LEAST_STEPS) {
                tooShort++;
            }
            if (done % 500 == 0) {
                System.out.println("%d runs, %d failed".formatted(done, failures));
            }
            if (outcome.failure().isPresent()) {
                failures++;
                System.out.println(
                        "seed %d: %s".formatted(seed, outcome.failure().get().getMessage()));
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.println(
                "%d runs from seed %d and %d that were too short, %d failed; %d steps (%.0f a second), %d virtual s (%.0f a second), %d ADDs answered, %.1f s"
                        .formatted(
                                done - tooShort,
                                first,
                                tooShort,
                                failures,
                                steps,
                                steps / seconds,
                                time,
                                time / seconds,
                                answers,
                                seconds));
        return failures == 0;
    }

    private boolean controls() {
        boolean all = true;
        long most = options.number("--most").orElse(MOST_CONTROL_RUNS);
        List<String> only =
                options.word("--only").map(w -> List.of(w.split(","))).orElse(List.of());
        for (Control control : Control.values()) {
            if (!only.isEmpty() && !only.contains(control.name())) {
                continue;
            }
            Optional<Failure> failure = Optional.empty();
            int runs = 0;
            long steps = 0;
            long effects = 0;
            while (failure.isEmpty() && runs < most) {
                Control.Run run = control.run(++runs);
                failure = run.outcome().failure().filter(_ -> run.isCaught());
                steps += run.outcome().steps();
                effects += run.effects();
            }
            all &= failure.isPresent();
            System.out.println(
                    "%-40s run %2d, step %8d, took effect %7d times: %s"
                            .formatted(
                                    control,
                                    runs,
                                    steps,
                                    effects,
                                    failure.map(Failure::getMessage).orElse("NOT CAUGHT")));
        }
        return all;
    }

    private record Options(List<String> args) {
        boolean has(String name) {
            return args.contains(name);
        }

        Optional<Long> number(String name) {
            return word(name).map(Long::parseLong);
        }

        Optional<String> word(String name) {
            int at = args.indexOf(name);
            return at < 0 || at + 1 == args.size()
                    ? Optional.empty()
                    : Optional.of(args.get(at + 1));
        }
    }
}
