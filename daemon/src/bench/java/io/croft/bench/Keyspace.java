package io.croft.bench;

import io.croft.adapter.etcd.Etcd;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Step.Range;
import io.croft.adapter.etcd.EtcdAccess;
import io.croft.adapter.etcd.JetcdEtcd;
import io.croft.testing.etcd.EtcdFigures;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What lies under a prefix, by the first word of the keys.
 *
 * @param databaseBytes of etcd's file, of which a part may be free
 */
record Keyspace(Map<String, Kind> kinds, double databaseBytes, double usedBytes) {
    private static final int PAGE = 1000;

    private record Kind(long keys, long keyBytes, long valueBytes) {
        Kind plus(Kind other) {
            return new Kind(
                    keys + other.keys, keyBytes + other.keyBytes, valueBytes + other.valueBytes);
        }

        String cells() {
            return "%d | %d | %d | %.2f"
                    .formatted(
                            keys,
                            keyBytes / Math.max(1, keys),
                            valueBytes / Math.max(1, keys),
                            (keyBytes + valueBytes) / 1e6);
        }
    }

    static Keyspace of(String endpoint, String prefix) {
        Map<String, Kind> kinds = new TreeMap<>();
        var access = EtcdAccess.of(endpoint, EtcdAccess.Tls.USUAL, Optional.empty());
        try (var etcd = new JetcdEtcd(access, () -> 0.0)) {
            etcd.start();
            String from = prefix;
            for (List<Entry> page = page(etcd, from, prefix);
                    !page.isEmpty();
                    page = page(etcd, from, prefix)) {
                for (Entry entry : page) {
                    String kind = entry.key().substring(prefix.length()).replaceAll("/.*", "");
                    kinds.merge(
                            kind,
                            new Kind(1, bytes(entry.key()), bytes(entry.value())),
                            Kind::plus);
                }
                from = page.getLast().key() + "\0";
            }
        }
        EtcdFigures figures = EtcdFigures.of(endpoint);
        return new Keyspace(
                kinds,
                figures.sum("etcd_mvcc_db_total_size_in_bytes", ""),
                figures.sum("etcd_mvcc_db_total_size_in_use_in_bytes", ""));
    }

    private static List<Entry> page(Etcd etcd, String from, String prefix) {
        // '0' follows '/'.
        String to = prefix.substring(0, prefix.length() - 1) + "0";
        var range = new Range(from, to, PAGE, Form.VALUES);
        return etcd.commit(new Change(List.of(), List.of(range), List.of()))
                .toCompletableFuture()
                .join()
                .readings()
                .getFirst()
                .entries();
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    String table() {
        var table = new StringBuilder("| keys | number | bytes a key | bytes a value | MB |\n");
        table.append("|---|---|---|---|---|\n");
        kinds.forEach(
                (name, kind) -> table.append("| `%s` | %s |\n".formatted(name, kind.cells())));
        Kind all = kinds.values().stream().reduce(new Kind(0, 0, 0), Kind::plus);
        table.append("| all | %s |\n\n".formatted(all.cells()));
        return table.append(
                        "etcd's file: %.1f MB, of it in use %.1f MB.\n"
                                .formatted(databaseBytes / 1e6, usedBytes / 1e6))
                .toString();
    }
}
