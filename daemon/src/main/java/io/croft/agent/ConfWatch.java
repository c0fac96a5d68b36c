package io.croft.agent;

import io.croft.adapter.cni.ConfDirectory;
import io.croft.adapter.cni.Conflist;
import io.croft.adapter.grpc.AgentFacts.Condition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Looks every half minute at the runtime's directory of network configurations, by a thread of its
 * own, and says what keeps pods from Croft. Writes the agent's own conflist, if it has one, as soon
 * as the agent serves, and again when somebody changed it; never takes it away, because pods live
 * on and are deleted by it.
 */
final class ConfWatch implements AutoCloseable {
    private static final int PERIOD_SECONDS = 30;

    /** While its own conflist waits for the agent to serve: the node is not ready without it. */
    private static final int SOON_SECONDS = 1;

    private final ConfDirectory directory;
    private final Optional<Conflist> own;
    private final BooleanSupplier serving;
    private final Consumer<String> report;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("croft-conf").factory());
    private volatile List<Condition> conditions = List.of();

    /** Its own conflist was, or it has none. */
    private boolean written;

    /**
     * @param serving asked before the conflist is written, on this watch's thread
     */
    ConfWatch(
            ConfDirectory directory,
            Optional<Conflist> own,
            BooleanSupplier serving,
            Consumer<String> report) {
        this.directory = directory;
        this.own = own;
        this.serving = serving;
        this.report = report;
        this.written = own.isEmpty();
    }

    void start() {
        thread.execute(this::run);
    }

    /** As last looked, at most half a minute ago; empty before the first look. Any thread. */
    List<Condition> conditions() {
        return conditions;
    }

    private void run() {
        try {
            look();
            int next = written ? PERIOD_SECONDS : SOON_SECONDS;
            var _ = thread.schedule(this::run, next, TimeUnit.SECONDS);
        } catch (RejectedExecutionException ended) {
            // Closed meanwhile.
        }
    }

    /** On one thread at a time. */
    void look() {
        var now = new ArrayList<Condition>();
        write().ifPresent(now::add);
        found(directory.look()).ifPresent(now::add);
        tell(now);
        conditions = List.copyOf(now);
    }

    private Optional<Condition> write() {
        if (own.isEmpty() || (!written && !serving.getAsBoolean())) {
            return Optional.empty();
        }
        Conflist list = own.get();
        try {
            if (directory.put(list)) {
                report.accept("wrote %s to %s".formatted(list.name(), directory.path()));
            }
            written = true;
            return Optional.empty();
        } catch (IOException failed) {
            return Optional.of(
                    new Condition(
                            "CNI_CONF_UNWRITTEN",
                            "%s cannot be written to %s: %s; mend that, it is tried again"
                                    .formatted(
                                            list.name(), directory.path(), failed.getMessage())));
        }
    }

    private Optional<Condition> found(ConfDirectory.Seen seen) {
        if (seen.trouble().isPresent()) {
            return Optional.of(
                    new Condition(
                            "CNI_CONF_DIR_UNUSABLE",
                            "cni-conf-dir \"%s\": %s; name the directory of the container runtime, in a container mount it"
                                    .formatted(directory.path(), seen.trouble().get())));
        }
        String before = seen.before().isEmpty() ? "" : seen.before().getFirst();
        if (seen.ours().isEmpty()) {
            return written ? Optional.of(missing(before)) : Optional.empty();
        }
        return before.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Condition(
                                "CNI_CONF_FOREIGN",
                                "in %s the runtime takes %s, which does not use croft, before %s; remove it, or give ours a name that sorts first"
                                        .formatted(directory.path(), before, seen.ours().get())));
    }

    private Condition missing(String before) {
        return new Condition(
                "CNI_CONF_MISSING",
                "no network configuration in %s has \"ipam\": {\"type\": \"croft\"}%s; put one there, as the distribution has under etc/cni"
                        .formatted(
                                directory.path(),
                                before.isEmpty() ? "" : ", and the runtime takes " + before));
    }

    /** What is new, and what ended, each once. */
    private void tell(List<Condition> now) {
        now.stream()
                .filter(each -> !conditions.contains(each))
                .forEach(each -> report.accept(each.type() + ": " + each.message()));
        conditions.stream()
                .map(Condition::type)
                .filter(type -> now.stream().noneMatch(each -> each.type().equals(type)))
                .forEach(type -> report.accept(type + " ended"));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
