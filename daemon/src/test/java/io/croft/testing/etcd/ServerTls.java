package io.croft.testing.etcd;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How servers prove who they are.
 *
 * @param clients must show a certificate of that CA
 */
public record ServerTls(Path certificate, Path key, Path ca, boolean clients) {
    List<String> flags() {
        var flags =
                new ArrayList<>(
                        List.of(
                                "--cert-file",
                                certificate.toString(),
                                "--key-file",
                                key.toString()));
        flags.addAll(List.of("--trusted-ca-file", ca.toString()));
        if (clients) {
            flags.add("--client-cert-auth");
        }
        return flags;
    }
}
