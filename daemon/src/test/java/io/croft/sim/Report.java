package io.croft.sim;

import java.util.List;

/** A failed run as text: what was planned, what happened last, and the line that repeats it. */
final class Report {
    private static final int TIME = 12;

    private Report() {}

    static String of(World.Outcome outcome) {
        var text = new StringBuilder(outcome.plan().words());
        text.append("\n  %d deeds of runtimes".formatted(outcome.deeds().size()));
        if (!outcome.plan().skipped().isEmpty()) {
            text.append(", %d left out".formatted(outcome.plan().skipped().size()));
        }
        outcome.failure()
                .ifPresent(failure -> {
                    table(text, "about " + failure.about(), outcome.relevant());
                    table(text, "last", outcome.last());
                    text.append("\nFAILED ").append(failure.getMessage());
                    if (failure.getCause() != null) {
                        text.append("\ncaused by ").append(failure.getCause());
                    }
                });
        return text.append(
                        "\n%d steps, %d virtual s, %d ADDs, log %016x; repeat: ./dev sim --seed %d"
                                .formatted(
                                        outcome.steps(),
                                        outcome.time().toSeconds(),
                                        outcome.answers(),
                                        outcome.hash(),
                                        outcome.plan().seed()))
                .toString();
    }

    /** A line each: when, where, what. */
    private static void table(StringBuilder text, String title, List<String> lines) {
        text.append("\n\n%-12s | %-8s | %s".formatted("second", "where", title));
        text.append("\n").append("-".repeat(100));
        for (String line : lines) {
            String what = line.substring(TIME).strip();
            int end = what.indexOf(' ');
            boolean named = end > 0 && what.substring(0, end).matches("m\\d+|etcd:|operator");
            text.append(
                    "\n%s | %-8s | %s"
                            .formatted(
                                    line.substring(0, TIME),
                                    named ? what.substring(0, end) : "",
                                    named ? what.substring(end + 1) : what));
        }
    }
}
