package io.croft.adapter.etcd;

import io.croft.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The simulated one. */
final class SimQuestioned extends Questioned {
    private final ManualClock clock = new ManualClock();
    private final SimEtcd sim = new SimEtcd(clock);
    private final SimTroubles troubles = new SimTroubles(clock, sim::loseLink);
    private final Etcd etcd;
    private final Set<String> hinted = new TreeSet<>();
    private SimBackup backup = sim.backup();

    /**
     * @param distortion what makes it another
     */
    SimQuestioned(UnaryOperator<Etcd> distortion) {
        etcd = distortion.apply(troubles.before(sim));
        WATCHED.forEach(prefix -> etcd.watch(prefix, () -> hinted.add(prefix)));
        begin();
    }

    /** The revisions of the latest changes. */
    Map<String, Long> modified() {
        return sim.held().stream()
                .collect(
                        Collectors.toMap(
                                held -> held.entry().key(), held -> held.entry().modified()));
    }

    @Override
    Etcd etcd() {
        return etcd;
    }

    @Override
    void lapse(List<String> keys) {
        clock.advance(Duration.ofSeconds(3));
    }

    @Override
    void full(boolean now) {
        sim.pass(1);
        troubles.full(now);
    }

    @Override
    void compact() {
        sim.compact();
    }

    @Override
    void restart() {
        sim.elect();
        hinted.clear();
    }

    @Override
    void backUp() {
        backup = sim.backup();
    }

    @Override
    void restore(boolean bumped, boolean otherCluster) {
        sim.restore(backup, bumped ? 1_000_000_000 : 0);
        sim.becomeCluster(otherCluster ? 0xc2 : 0xc1);
        troubles.clear();
        hinted.clear();
    }

    @Override
    List<SimSpace.Held> content() {
        return List.copyOf(sim.held());
    }

    @Override
    Set<String> hinted() {
        var now = new TreeSet<>(hinted);
        hinted.clear();
        return now;
    }

    @Override
    public void close() {}
}
