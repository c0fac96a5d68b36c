package io.croft.testing.etcd;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One version's programs. {@code ./dev test} gets them by {@code deploy/build/etcd}: Debian's,
 * which must be there, and a current one where a Go toolchain could build it.
 *
 * @param folder that holds etcd and etcdctl, and etcdutl from 3.5 on
 */
public record EtcdVersion(String name, Path folder) {
    public static final EtcdVersion DEBIAN = new EtcdVersion("3.4", Path.of("/usr/bin"));

    private static final String CURRENT = "3.7.3";

    /** All that are here. */
    public static List<EtcdVersion> all() {
        var all = new ArrayList<EtcdVersion>();
        if (!Files.isExecutable(DEBIAN.server())) {
            throw new IllegalStateException(
                    "no etcd: apt-get install etcd-server etcd-client, or run deploy/build/etcd");
        }
        all.add(DEBIAN);
        current().ifPresent(all::add);
        return all;
    }

    /** The newest that is here. */
    public static EtcdVersion newest() {
        return all().getLast();
    }

    private static Optional<EtcdVersion> current() {
        String cache =
                Optional.ofNullable(System.getenv("CROFT_CACHE"))
                        .orElse(System.getProperty("user.home") + "/.cache/croft");
        return Optional.of(new EtcdVersion("3.7", Path.of(cache, "etcd-" + CURRENT)))
                .filter(version -> Files.isExecutable(version.server()));
    }

    Path server() {
        return folder.resolve("etcd");
    }

    Path ctl() {
        return folder.resolve("etcdctl");
    }

    /** What restores a snapshot: a program of its own since 3.5. */
    Path restorer() {
        return isOld() ? ctl() : folder.resolve("etcdutl");
    }

    boolean isOld() {
        return name.equals("3.4");
    }

    @Override
    public String toString() {
        return name;
    }
}
