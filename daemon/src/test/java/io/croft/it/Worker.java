package io.croft.it;

import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One of several container runtimes: adds, repeats, checks and deletes pods until it is told to
 * end.
 */
final class Worker implements Runnable {
    private static final int MOST_PODS = 12;
    private static final int FEWEST_PODS = 4;
    private static final int MOST_PAUSE_MILLIS = 40;

    private final String name;
    private final Path dir;
    private final Shim shim;
    private final Ledger ledger;
    private final SplittableRandom random;
    private final AtomicBoolean ending;
    private final List<Pod> pods = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private final Deque<Pod> sandboxes = new ArrayDeque<>();
    private int made;

    Worker(
            String name,
            Path dir,
            Shim shim,
            Ledger ledger,
            SplittableRandom random,
            AtomicBoolean ending) {
        this.name = name;
        this.dir = dir;
        this.shim = shim;
        this.ledger = ledger;
        this.random = random;
        this.ending = ending;
    }

    @Override
    public void run() {
        try {
            while (!ending.get()) {
                step();
                Eventually.pause(random.nextInt(MOST_PAUSE_MILLIS));
            }
        } catch (IOException | RuntimeException | AssertionError failed) {
            ledger.violate("worker %s failed: %s".formatted(name, failed));
        }
    }

    private void step() throws IOException {
        int roll = random.nextInt(10);
        if (pods.isEmpty() || (roll < 4 && pods.size() < MOST_PODS)) {
            add(new Pod("net", name + "-" + made++, "team", dir.resolve(name + "-ns-" + made)));
        } else if (roll < 7 && pods.size() > FEWEST_PODS) {
            delete(random.nextInt(pods.size()));
        } else if (roll < 8) {
            repeat(random.nextInt(pods.size()));
        } else if (roll < 9) {
            check(random.nextInt(pods.size()));
        } else if (sandboxes.size() > MOST_PODS) {
            Pod gone = sandboxes.remove();
            ledger.vanish(gone);
            Files.delete(gone.netns());
        }
    }

    private void add(Pod pod) throws IOException {
        if (!Files.exists(pod.netns())) {
            Files.createFile(pod.netns());
        }
        Answer answer = shim.add(pod);
        if (answer.ok()) {
            ledger.acknowledge(pod, answer);
            pods.add(pod);
            answers.add(answer);
            return;
        }
        // A runtime takes back what failed, and makes another sandbox next time.
        ledger.refuse(answer.code());
        end(pod);
        ledger.vanish(pod);
        Files.delete(pod.netns());
    }

    private void delete(int index) throws IOException {
        Pod pod = pods.remove(index);
        answers.remove(index);
        ledger.end(pod);
        end(pod);
        if (random.nextInt(10) == 0) {
            add(pod);
        } else {
            sandboxes.add(pod);
        }
    }

    private void end(Pod pod) {
        int times = 1 + random.nextInt(2);
        for (int i = 0; i < times; i++) {
            Answer answer = shim.del(pod);
            if (!answer.ok()) {
                ledger.violate("DEL of %s failed: %s".formatted(pod.key(), answer));
            }
        }
    }

    private void repeat(int index) {
        Answer again = shim.add(pods.get(index));
        if (again.ok()) {
            ledger.acknowledge(pods.get(index), again);
        } else if (again.code() != 11) {
            ledger.violate("%s was lost: %s".formatted(pods.get(index).key(), again));
        }
    }

    private void check(int index) {
        Answer seen = shim.check(pods.get(index), answers.get(index));
        // It waits 2 s for an agent, less than a killed one needs on a busy machine.
        if (!seen.ok() && seen.code() != 11) {
            ledger.violate("%s was lost: %s".formatted(pods.get(index).key(), seen));
        }
    }
}
