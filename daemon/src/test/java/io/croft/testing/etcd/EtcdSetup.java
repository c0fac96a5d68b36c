package io.croft.testing.etcd;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What kind of cluster a test wants.
 *
 * @param flags of each server, beside those that make it a cluster
 */
public record EtcdSetup(
        EtcdVersion version, int members, Optional<ServerTls> tls, List<String> flags) {
    public EtcdSetup {
        flags = List.copyOf(flags);
    }

    public static EtcdSetup one(EtcdVersion version) {
        return new EtcdSetup(version, 1, Optional.empty(), List.of());
    }

    public static EtcdSetup three(EtcdVersion version) {
        return new EtcdSetup(version, 3, Optional.empty(), List.of());
    }

    public EtcdSetup with(String... more) {
        var all = new ArrayList<>(flags);
        all.addAll(List.of(more));
        return new EtcdSetup(version, members, tls, all);
    }

    public EtcdSetup with(ServerTls certificates) {
        return new EtcdSetup(version, members, Optional.of(certificates), flags);
    }

    String scheme() {
        return tls.isPresent() ? "https" : "http";
    }
}
