package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Draws questions: about few keys, so that they meet, and some that no sane client asks. */
final class Questions {
    /** In an order that differs by bytes, by characters and by what a prefix is. */
    private static final List<String> KEYS =
            List.of(
                    "/h/a",
                    "/h/b",
                    "/h/b/x",
                    "/h/b/y",
                    "/h/b0",
                    "/h/c",
                    "/i/a",
                    "/i/b",
                    "/ü",
                    "/\uff01",
                    "/\ud83d\ude00",
                    "/x\ud800",
                    "/\0");

    private static final List<String> ENDS =
            List.of("/h/", "/h/b", "/h/c", "/h0", "/i/z", "/~", "0", "/", "/\uffff");
    private static final int RECENT_LEASES = 8;
    private static final int LARGE = 1_600_000;
    private static final int TOO_LARGE_FOR_GRPC = 2_200_000;

    private final Random random;
    private final Supplier<Map<String, Long>> modified;
    private final Deque<Question> follow = new ArrayDeque<>();
    private int leases;
    private int full;

    /**
     * @param modified the revisions of the latest changes of all keys now
     */
    Questions(long seed, Supplier<Map<String, Long>> modified) {
        this.random = new Random(seed);
        this.modified = modified;
    }

    Question next() {
        if (!follow.isEmpty()) {
            return follow.remove();
        }
        if (full > 0 && --full == 0) {
            return new Question.Full(false);
        }
        int kind = random.nextInt(1000);
        if (kind < 30) {
            return new Question.Hints();
        } else if (kind < 50) {
            return new Question.Renew(lease());
        } else if (kind < 60) {
            // Whatever is heard then is of the keys that go with it.
            follow.addAll(List.of(new Question.Revoke(lease()), new Question.Hints()));
            return new Question.Hints();
        } else if (kind < 65) {
            return new Question.Compact();
        } else if (kind < 70) {
            return new Question.Content();
        } else if (kind < 72) {
            return new Question.Grant(9_000_000_001L);
        } else if (kind < 90) {
            if (full == 0) {
                leases++;
            }
            return new Question.Grant(600 + random.nextInt(600));
        } else if (kind < 130 && full == 0) {
            return new Question.Status();
        } else if (kind < 133 && full == 0) {
            full = 25;
            return new Question.Full(true);
        }
        return new Question.Commit(change());
    }

    /**
     * What takes real time: leases lapse, servers are restarted and go back to a backup.
     *
     * @param canBump the version restores with a bumped revision
     */
    List<Question> disaster(boolean canBump) {
        full = 0;
        follow.clear();
        List<String> keys = KEYS.subList(0, 1 + random.nextInt(4));
        List<Question> all = new ArrayList<>();
        all.add(new Question.Full(false));
        all.add(new Question.Backup());
        leases += keys.size();
        all.add(new Question.Hints());
        all.add(new Question.Lapse(keys, random.nextInt(4) - 1L));
        all.add(new Question.Hints());
        all.add(new Question.Restart());
        all.add(new Question.Status());
        for (int i = 0; i < 20; i++) {
            all.add(new Question.Commit(change()));
        }
        all.add(new Question.Restore(canBump && random.nextBoolean(), random.nextBoolean()));
        all.add(new Question.Content());
        return all;
    }

    private int lease() {
        return leases == 0 || random.nextInt(10) == 0
                ? Question.NO_LEASE
                : Math.max(1, leases - random.nextInt(RECENT_LEASES));
    }

    private Change change() {
        int kind = random.nextInt(1000);
        if (kind < 4) {
            return hostile(kind);
        }
        if (kind < 250) {
            return new Change(List.of(), steps(this::read, 3), List.of());
        }
        return new Change(conditions(), steps(this::step, 4), steps(this::step, 3));
    }

    private Change hostile(int kind) {
        List<Step> many =
                IntStream.range(0, Etcd.MOST_STEPS + kind % 2)
                        .<Step>mapToObj(i -> new Step.Put("/many/" + i, "x"))
                        .toList();
        Step large = new Step.Put(key(), "x".repeat(kind == 2 ? LARGE : TOO_LARGE_FOR_GRPC));
        return switch (kind) {
            case 0 -> new Change(List.of(), many, List.of());
            case 1 -> new Change(conditions(), List.of(), many);
            default -> new Change(List.of(), List.of(large), List.of());
        };
    }

    private interface Draw {
        Step step();
    }

    private static <T> List<T> times(int count, Supplier<T> draw) {
        return IntStream.range(0, count).mapToObj(_ -> draw.get()).toList();
    }

    private List<Step> steps(Draw draw, int most) {
        return times(random.nextInt(most + 1), draw::step);
    }

    private String key() {
        return random.nextInt(300) == 0 ? "" : KEYS.get(random.nextInt(KEYS.size()));
    }

    /** Mostly behind the beginning; sometimes before it, or one of the two special ones. */
    private String end() {
        int kind = random.nextInt(20);
        return kind == 0 ? "" : kind == 1 ? "\0" : kind < 8 ? key() : any(ENDS);
    }

    private <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private String value() {
        int kind = random.nextInt(12);
        return switch (kind) {
            case 0 -> "";
            case 1 -> "größer \ud83d\ude00";
            case 2 -> "half \ud83d";
            case 3 -> "long ".repeat(200);
            default -> "v" + random.nextInt(20);
        };
    }

    private Step read() {
        return random.nextInt(3) == 0
                ? new Step.Get(key())
                : new Step.Range(
                        start(), end(), random.nextInt(6) - 1, any(List.of(Form.values())));
    }

    private String start() {
        return random.nextBoolean() ? any(List.of("/", "/h/", "/h/b", "/i/", "\0")) : key();
    }

    private Step step() {
        int kind = random.nextInt(20);
        if (kind < 9) {
            return new Step.Put(key(), value(), random.nextInt(4) > 0 ? 0 : lease());
        } else if (kind < 12) {
            return new Step.Delete(key());
        } else if (kind < 14) {
            return new Step.DeleteRange(start(), end());
        }
        return read();
    }

    /** Half of them true, as far as one can know. */
    private List<Condition> conditions() {
        Map<String, Long> now = modified.get();
        List<Condition> all = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            String key = key();
            long known = now.getOrDefault(key, 0L);
            long at =
                    switch (random.nextInt(6)) {
                        case 0 -> 0;
                        case 1 -> Math.max(0, known - 1);
                        case 2 -> known + 1 + random.nextInt(3);
                        default -> known;
                    };
            boolean range = random.nextInt(5) == 0;
            all.add(
                    new Condition(
                            range ? start() : key,
                            range ? Optional.of(end()) : Optional.empty(),
                            range && random.nextBoolean() ? 0 : at));
        }
        return all;
    }
}
