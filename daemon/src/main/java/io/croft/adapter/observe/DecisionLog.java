package io.croft.adapter.observe;

import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of the log for each decision that a person would ask about. What is refused again for
 * the same reason to the same pod within a minute, or a bound that is reached again, is counted and
 * not written; the next line has the number.
 */
public final class DecisionLog extends Narration {
    private static final Duration QUIET = Duration.ofMinutes(1);
    private static final int MOST_REMEMBERED = 256;

    /** When it was written last, and how often it was not since. */
    private record Said(BootTime at, long unsaid) {}

    private final LogWriter writer;
    private final Clock clock;
    private final Map<String, Said> said = new LinkedHashMap<>();

    public DecisionLog(LogWriter writer, Clock clock) {
        this.writer = writer;
        this.clock = clock;
    }

    @Override
    boolean wants(LogLevel level) {
        return writer.writes(level);
    }

    @Override
    void tell(Happening happening) {
        String subject = subject(happening.facts());
        switch (happening.event()) {
            case "refused", "limit_reached" -> once(happening.event() + subject, happening);
            default -> write(happening);
        }
    }

    /** A runtime tries again with another container, so the pod is what stays the same. */
    private static String subject(Map<String, String> facts) {
        String pod = facts.getOrDefault("pod", "");
        return String.join(
                " ",
                "",
                facts.getOrDefault("limit", ""),
                facts.getOrDefault("reason", ""),
                facts.getOrDefault("namespace", ""),
                pod.isEmpty() ? facts.getOrDefault("container", "") : pod);
    }

    /** Listeners are called by one thread; the lock is for those that other parts call. */
    private synchronized void once(String key, Happening happening) {
        BootTime now = clock.now().boot();
        Said before = said.remove(key);
        if (before != null && now.isBefore(before.at().plus(QUIET))) {
            said.put(key, new Said(before.at(), before.unsaid() + 1));
            return;
        }
        long unsaid = before == null ? 0 : before.unsaid();
        write(unsaid == 0 ? happening : happening.with(Map.of("unwritten", Long.toString(unsaid))));
        said.put(key, new Said(now, 0));
        if (said.size() > MOST_REMEMBERED) {
            said.remove(said.keySet().iterator().next());
        }
    }

    private void write(Happening happening) {
        writer.write(happening.level(), happening.event(), happening.facts());
    }
}
