package io.croft.it;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the shims answered, and nothing else: which pod may believe that it has which address. An
 * address is a pod's from the answer to its ADD until its sandbox is gone.
 */
final class Ledger {
    /** The agent's boot clock is up to 10 ms late, and another 10 ms after a restart. */
    private static final Duration CLOCK_STEPS = Duration.ofMillis(20);

    private final long cooldownNanos;
    private final Map<String, Answer> live = new TreeMap<>();
    private final Map<String, String> users = new HashMap<>();
    private final Map<String, Long> released = new HashMap<>();
    private final Map<Integer, Integer> refusals = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private int added;
    private int repeated;
    private int reused;
    private int ended;

    Ledger(Duration cooldown) {
        this.cooldownNanos = cooldown.minus(CLOCK_STEPS).toNanos();
    }

    /** An ADD was answered with addresses. */
    synchronized void acknowledge(Pod pod, Answer answer) {
        List<String> addresses = answer.addresses();
        Answer before = live.put(pod.key(), answer);
        if (before != null) {
            repeated++;
            if (!before.addresses().equals(addresses)) {
                violate("%s had %s and got %s".formatted(pod.key(), before.addresses(), addresses));
            }
            return;
        }
        added++;
        long now = System.nanoTime();
        for (String address : addresses) {
            String user = users.put(address, pod.key());
            if (user != null && !user.equals(pod.key())) {
                violate("%s is used by %s and was given to %s".formatted(address, user, pod.key()));
            }
            Long since = released.remove(address);
            if (since != null) {
                reused++;
                if (now - since < cooldownNanos) {
                    violate("%s rested %d ms only".formatted(address, (now - since) / 1_000_000));
                }
            }
        }
    }

    /** An ADD was refused. */
    synchronized void refuse(int code) {
        refusals.merge(code, 1, Integer::sum);
    }

    /** A DEL is about to begin: from now on the attachment may hold or not. */
    synchronized void end(Pod pod) {
        Answer last = live.remove(pod.key());
        if (last != null) {
            ended++;
            last.addresses().forEach(address -> released.put(address, System.nanoTime()));
        }
    }

    /** The sandbox is about to go, and its addresses may be given to others. */
    synchronized void vanish(Pod pod) {
        users.values().removeIf(pod.key()::equals);
    }

    synchronized void violate(String what) {
        violations.add(what);
    }

    /** Attachments that were acknowledged and not deleted, with their last answer. */
    synchronized Map<String, Answer> live() {
        return new TreeMap<>(live);
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized int added() {
        return added;
    }

    synchronized int reused() {
        return reused;
    }

    /** ADDs that got no address. */
    synchronized int refused() {
        return refusals.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** The figures of a run, in one line. */
    synchronized String figures() {
        return "%d ADDs acknowledged, %d repeated, %d addresses reused, %d DELs, refused by code %s, %d violations"
                .formatted(added, repeated, reused, ended, refusals, violations.size());
    }
}
