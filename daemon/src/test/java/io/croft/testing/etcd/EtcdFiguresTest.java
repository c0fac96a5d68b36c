package io.croft.testing.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class EtcdFiguresTest {
    private static final String BEFORE =
            """
            # HELP grpc_server_handled_total Total number of RPCs.
            # TYPE grpc_server_handled_total counter
            grpc_server_handled_total{grpc_code="OK",grpc_method="Txn",grpc_service="etcdserverpb.KV",grpc_type="unary"} 4
            grpc_server_handled_total{grpc_code="Unknown",grpc_method="Txn",grpc_service="etcdserverpb.KV",grpc_type="unary"} 1
            grpc_server_handled_total{grpc_code="OK",grpc_method="Range",grpc_service="etcdserverpb.KV",grpc_type="unary"} 2
            etcd_network_client_grpc_sent_bytes_total 1.5e+06
            """;

    @Test
    void addsUpWhatAnsweredWhatever() {
        EtcdFigures figures = EtcdFigures.parse(BEFORE);
        assertEquals(7, figures.requests());
        assertEquals(5, figures.requests("Txn"));
        assertEquals(1_500_000, figures.sent());
        assertEquals(0, figures.received());
    }

    @Test
    void tellsWhatHappenedSinceThen() {
        EtcdFigures after = EtcdFigures.parse(BEFORE.replace("} 4", "} 9"));
        assertEquals(Map.of("Txn", 5L), after.since(EtcdFigures.parse(BEFORE)).kinds());
    }
}
