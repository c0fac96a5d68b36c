package io.croft.testing.etcd;

import io.croft.testing.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A CA of openssl's, and the certificates that it signs. */
public final class Certificates {
    private final Path folder;
    private int serial;

    /** A certificate and its key. */
    public record Pair(Path certificate, Path key) {
        /** Puts another one's content into these files, as a rotation does. */
        public void becomes(Pair other) {
            move(other.key, key);
            move(other.certificate, certificate);
        }

        private static void move(Path from, Path to) {
            try {
                Path beside = Files.copy(from, to.resolveSibling(to.getFileName() + ".new"));
                Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public Certificates(Path folder) {
        try {
            this.folder = Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        key("ca");
        openssl(
                "req",
                "-x509",
                "-new",
                "-key",
                in("ca.key"),
                "-subj",
                "/CN=test",
                "-days",
                "2",
                "-out",
                in("ca.pem"));
    }

    public Path ca() {
        return folder.resolve("ca.pem");
    }

    /**
     * Signs one.
     *
     * @param names as openssl writes them, like {@code DNS:etcd.test,IP:127.0.0.1}
     * @param days of its life; negative: it is over
     */
    public Pair sign(String commonName, String names, int days) {
        String name = "c" + ++serial;
        key(name);
        openssl(
                "req",
                "-new",
                "-key",
                in(name + ".key"),
                "-subj",
                "/CN=" + commonName,
                "-out",
                in(name + ".csr"));
        try {
            Files.writeString(folder.resolve(name + ".ext"), "subjectAltName=" + names);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        openssl(
                "x509",
                "-req",
                "-in",
                in(name + ".csr"),
                "-CA",
                in("ca.pem"),
                "-CAkey",
                in("ca.key"),
                "-CAcreateserial",
                "-days",
                Integer.toString(days),
                "-extfile",
                in(name + ".ext"),
                "-out",
                in(name + ".pem"));
        return new Pair(folder.resolve(name + ".pem"), folder.resolve(name + ".key"));
    }

    private void key(String name) {
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", in(name + ".key"));
    }

    private String in(String file) {
        return folder.resolve(file).toString();
    }

    /** Runs it; what it said. */
    public static String openssl(String... words) {
        var command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(words));
        return Program.run(command, Map.of(), "").expectSuccess();
    }
}
