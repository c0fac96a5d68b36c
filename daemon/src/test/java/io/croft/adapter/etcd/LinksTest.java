package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LinksTest {
    @Test
    void tellsOfALossBeforeTheNextLinkIsInUse() {
        try (var channels = new Channels(Optional.empty(), Optional.empty())) {
            var links =
                    new Links(
                            List.of(
                                    new EtcdEndpoint(false, "127.0.0.1", 1),
                                    new EtcdEndpoint(false, "127.0.0.1", 2)),
                            channels::open,
                            0);
            Link first = links.current();
            List<Link> inUse = new ArrayList<>();
            links.onLost(() -> inUse.add(links.current()));
            links.lost(first);
            assertEquals(List.of(first), inUse);
            assertEquals(links.all().get(1), links.current());
            // What comes of the former one afterwards is no news.
            links.lost(first);
            assertEquals(List.of(first), inUse);
            links.close();
        }
    }
}
