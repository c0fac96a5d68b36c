package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObservedEtcdTest {
    private final ManualClock clock = new ManualClock();
    private final SimEtcd etcd = new SimEtcd(clock);
    private final List<String> heard = new ArrayList<>();
    private final Etcd observed =
            new ObservedEtcd(etcd, clock, (kind, outcome, took) -> heard.add(kind + " " + outcome));

    @Test
    void hearsTheKindOfEachCall() {
        var _ = observed.commit(Change.read(new Get("/a")));
        var _ = observed.commit(new Change(List.of(), List.of(new Put("/a", "1")), List.of()));
        var _ = observed.commit(new Change(List.of(), List.of(), List.of(new Put("/a", "1"))));
        var _ = observed.grant(Duration.ofSeconds(45));
        var _ = observed.members();
        assertEquals(List.of("read ok", "write ok", "write ok", "lease ok", "status ok"), heard);
    }

    @Test
    void hearsWhyACallFailed() {
        etcd.fault(1, SimEtcd.Fault.REPLY_LOST);
        var _ = observed.commit(new Change(List.of(), List.of(new Put("/a", "1")), List.of()));
        assertEquals(List.of("write outcome_unknown"), heard);
    }
}
