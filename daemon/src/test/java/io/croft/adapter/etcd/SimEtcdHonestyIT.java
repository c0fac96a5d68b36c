package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.testing.etcd.EtcdVersion;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The simulated etcd answers as real ones do, whatever is asked; one that is distorted does not.
 */
final class SimEtcdHonestyIT {
    /** For all versions together. */
    private static final int QUESTIONS = Integer.getInteger("croft.questions", 10_000);

    /** As many as show every distortion. */
    private static final int QUESTIONS_FOR_DISTORTIONS = 3_000;

    private static final long SEED =
            Optional.ofNullable(Long.getLong("croft.seed"))
                    .orElseGet(() ->
                            Math.abs(RandomGenerator.getDefault().nextLong() % 1_000_000_007));

    /** What a real one was asked and answered. */
    private record Asked(Question question, String answer) {}

    @ParameterizedTest
    @MethodSource("io.croft.testing.etcd.EtcdVersion#all")
    void answersAsARealOne(EtcdVersion version) {
        System.out.println("SimEtcdHonestyIT etcd %s, %s".formatted(version, repeats(SEED)));
        int questions = QUESTIONS / EtcdVersion.all().size();
        long began = System.nanoTime();
        List<Asked> all = compare(version, SEED, questions);
        System.out.println(
                "SimEtcdHonestyIT etcd %s, %d questions in %.1f s"
                        .formatted(version, all.size(), (System.nanoTime() - began) / 1e9));
        assertTrue(all.size() >= questions, "questions " + all.size());
    }

    @Test
    void isFoundOutWhenItIsDistorted() {
        List<Asked> all = compare(EtcdVersion.newest(), 1, QUESTIONS_FOR_DISTORTIONS);
        Map<Distortion, Integer> found = new EnumMap<>(Distortion.class);
        for (Distortion each : Distortion.values()) {
            difference(all, each::of).ifPresent(at -> found.put(each, at + 1));
        }
        System.out.println("SimEtcdHonestyIT distortions found at question " + found);
        assertEquals(
                List.of(Distortion.values()),
                List.copyOf(found.keySet()),
                "each distortion is found");
        assertEquals(Optional.empty(), difference(all, UnaryOperator.identity()));
    }

    /** The first question that the simulated one answers otherwise. */
    private static Optional<Integer> difference(List<Asked> all, UnaryOperator<Etcd> distortion) {
        try (var sim = new SimQuestioned(distortion)) {
            for (int i = 0; i < all.size(); i++) {
                if (!sim.ask(all.get(i).question()).equals(all.get(i).answer())) {
                    return Optional.of(i);
                }
            }
            return Optional.empty();
        }
    }

    /** Asks both, and fails at the first difference. */
    private static List<Asked> compare(EtcdVersion version, long seed, int questions) {
        try (var sim = new SimQuestioned(UnaryOperator.identity());
                var real = new RealQuestioned(version)) {
            var draw = new Questions(seed, sim::modified);
            List<Asked> all = new ArrayList<>();
            for (int i = 0; i < questions; i++) {
                List<Question> next = new ArrayList<>();
                if (i > 0 && i % (questions / 3) == 0) {
                    next.addAll(draw.disaster(!version.name().equals("3.4")));
                }
                next.add(draw.next());
                for (Question question : next) {
                    String expected = real.ask(question);
                    String answer = sim.ask(question);
                    assertEquals(
                            expected,
                            answer,
                            () ->
                                    "etcd %s, question %d of seed %d: %s; %s"
                                            .formatted(
                                                    version,
                                                    all.size() + 1,
                                                    seed,
                                                    Questioned.words(question),
                                                    repeats(seed)));
                    all.add(new Asked(question, expected));
                }
            }
            assertEquals(real.ask(new Question.Content()), sim.ask(new Question.Content()));
            return all;
        }
    }

    private static String repeats(long seed) {
        return "repeat: ./mvnw -o -B -ntp verify -pl daemon -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest=SimEtcdHonestyIT -Dcroft.seed=%d"
                .formatted(seed);
    }
}
