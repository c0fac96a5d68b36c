package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.grpc.Status;
import java.net.ConnectException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailuresTest {
    private final Failures failures = new Failures(Optional.empty(), Optional::empty);

    @ParameterizedTest
    @CsvSource({
        "finishConnect(..) failed with error(-104): Connection reset by peer, http for https",
        "finishConnect(..) failed with error(-111): Connection refused, (connection refused)",
        "connection timed out after 5000 ms, (connection timed out after 5000 ms)",
    })
    void saysWhatHappenedToAConnectionThatWasBeingMade(String what, String words) {
        Rejection why = refused(new ConnectException(what));
        assertEquals(Reason.STORE_UNAVAILABLE, why.reason());
        assertTrue(why.message().contains(words), why.message());
    }

    private Rejection refused(Throwable cause) {
        try (var channels = new Channels(Optional.empty(), Optional.empty())) {
            var endpoint = new EtcdEndpoint(false, "127.0.0.1", 1);
            var link = new Link(endpoint, channels.open(endpoint), _ -> {});
            return failures.of(Map.of(link, Status.UNAVAILABLE.withCause(cause)), false, true);
        }
    }
}
