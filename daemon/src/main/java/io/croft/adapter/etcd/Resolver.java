package io.croft.adapter.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How this process resolves names: through the host's resolver, or through the DNS of a Kubernetes
 * cluster, whose pods get their addresses from Croft and which therefore must not be needed to
 * reach etcd.
 *
 * @param search the domains that short names are completed with
 */
record Resolver(List<String> search) {
    private static final Path CONFIGURATION = Path.of("/etc/resolv.conf");

    Resolver {
        search = List.copyOf(search);
    }

    static Resolver ofHost() {
        return read(CONFIGURATION);
    }

    /** By a file in the form of resolv.conf; without one no name is completed. */
    static Resolver read(Path configuration) {
        if (!Files.isReadable(configuration)) {
            return new Resolver(List.of());
        }
        try (Stream<String> lines = Files.lines(configuration, StandardCharsets.ISO_8859_1)) {
            // As the C library does: the last such line counts.
            return new Resolver(
                    lines.map(line -> line.strip().split("\\s+"))
                            .filter(words -> words[0].equals("search"))
                            .reduce((earlier, later) -> later)
                            .map(words -> Arrays.asList(words).subList(1, words.length))
                            .orElse(List.of()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + configuration, e);
        }
    }

    /** Why that name cannot stand for etcd; empty: it can. */
    Optional<String> objection(String name) {
        if (name.equals("localhost")) {
            return Optional.empty();
        }
        if (Stream.of(".svc", ".svc.cluster.local", ".cluster.local").anyMatch(name::endsWith)) {
            return Optional.of(
                    "is a name of the cluster's own DNS, whose pods get their addresses from Croft");
        }
        return search.stream()
                .filter(domain -> domain.startsWith("svc.") || domain.contains(".svc."))
                .findFirst()
                .map(domain ->
                        "this pod asks the cluster's own DNS (search %s in /etc/resolv.conf),"
                                        .formatted(domain)
                                + " whose pods get their addresses from Croft; its"
                                + " dnsPolicy must be Default");
    }
}
