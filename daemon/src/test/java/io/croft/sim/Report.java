package io.croft.sim;

import java.util.List;

/** A failed run as text: what was planned, what happened last, and the line that repeats it. */
final class Report {
    private Report() {}

    static String of(World.Outcome outcome) {
        var text = new StringBuilder(outcome.plan().words());
        outcome.failure()
                .ifPresent(failure -> {
                    add(text, "about " + failure.about(), outcome.relevant());
                    add(text, "last", outcome.last());
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

    private static void add(StringBuilder text, String title, List<String> lines) {
        text.append("\n--- ").append(title);
        lines.forEach(line -> text.append('\n').append(line));
    }
}
