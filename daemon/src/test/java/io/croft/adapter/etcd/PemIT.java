package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.RejectedException;
import io.croft.testing.etcd.Certificates;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys and certificates as openssl writes them. */
final class PemIT {
    @TempDir private Path folder;

    private Path openssl(String words) {
        Path file = folder.resolve("file");
        var command = new ArrayList<>(List.of(words.split(" ")));
        command.addAll(1, List.of("-out", file.toString()));
        Certificates.openssl(command.toArray(String[]::new));
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "RSA, genrsa -traditional 2048",
        "RSA, genrsa 3072",
        "EC, ecparam -name prime256v1 -genkey -noout",
        "EC, ecparam -name secp384r1 -genkey",
        "EC, genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521",
        "EdDSA, genpkey -algorithm ed25519",
    })
    void readsKeysInAllTheirForms(String algorithm, String words)
            throws GeneralSecurityException, IOException {
        assertEquals(algorithm, Pem.key(Files.readAllBytes(openssl(words))).getAlgorithm());
    }

    @Test
    void refusesAnEncryptedKey() throws IOException {
        byte[] file =
                Files.readAllBytes(openssl("genpkey -algorithm ed25519 -aes256 -pass pass:secret"));
        String why =
                String.valueOf(
                        assertThrows(GeneralSecurityException.class, () -> Pem.key(file))
                                .getMessage());
        assertTrue(why.contains("encrypted"), why);
    }

    @Test
    void refusesAKeyThatWasCutOffSomewhere() throws IOException {
        String whole = Files.readString(openssl("ecparam -name prime256v1 -genkey -noout"));
        int end = whole.lastIndexOf("\n---");
        // The last group may be nothing but padding.
        for (int at = whole.indexOf('\n') + 1; at < end - 4; at++) {
            byte[] rest =
                    (whole.substring(0, at) + whole.substring(end))
                            .getBytes(StandardCharsets.ISO_8859_1);
            assertThrows(GeneralSecurityException.class, () -> Pem.key(rest));
        }
    }

    @Test
    void refusesAKeyOfAnotherCertificate() {
        var ca = new Certificates(folder.resolve("ca"));
        var one = ca.sign("one", "DNS:one", 2);
        var other = ca.sign("other", "DNS:other", 2);
        var files =
                new TlsFiles(
                        new EtcdAccess.Tls(
                                Optional.of(ca.ca()),
                                Optional.of(one.certificate()),
                                Optional.of(other.key()),
                                Optional.empty()));
        String why =
                assertThrows(RejectedException.class, () -> files.identity(files.contents()))
                        .rejection()
                        .message();
        assertTrue(why.contains("store-key") && why.contains("not the certificate's"), why);
    }
}
