package io.croft.adapter.etcd;

import com.google.protobuf.ByteString;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The files of TLS as they are at the moment. A file that cannot be used is refused with
 * INVALID_FIELD, naming option and file. Any thread.
 */
final class TlsFiles {
    private static final byte[] SAMPLE = {1, 2, 3};

    private final EtcdAccess.Tls tls;

    /** What stood in each; empty where there is none. */
    record Contents(ByteString ca, ByteString certificate, ByteString key) {}

    /** This client's certificate, its own first, and the key that belongs to it. */
    record Identity(List<X509Certificate> chain, PrivateKey key) {
        Identity {
            chain = List.copyOf(chain);
        }
    }

    TlsFiles(EtcdAccess.Tls tls) {
        this.tls = tls;
    }

    Contents contents() {
        return new Contents(
                bytes(EtcdAccess.CA, tls.ca()),
                bytes(EtcdAccess.CERTIFICATE, tls.certificate()),
                bytes(EtcdAccess.KEY, tls.key()));
    }

    private static ByteString bytes(String option, Optional<Path> file) {
        if (file.isEmpty()) {
            return ByteString.EMPTY;
        }
        try {
            return ByteString.copyFrom(Files.readAllBytes(file.get()));
        } catch (NoSuchFileException e) {
            throw refuse(option, file.get(), "there is no such file");
        } catch (IOException e) {
            throw refuse(option, file.get(), "cannot be read: " + e.getMessage());
        }
    }

    X509ExtendedTrustManager trust(Contents contents) {
        try {
            var factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            // Without a file: those that Java trusts.
            factory.init(tls.ca().isEmpty() ? null : store(contents.ca()));
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager trust) {
                    return trust;
                }
            }
            throw new GeneralSecurityException("no trust manager");
        } catch (GeneralSecurityException | IOException e) {
            throw refuse(EtcdAccess.CA, tls.ca().orElseThrow(), String.valueOf(e.getMessage()));
        }
    }

    private static KeyStore store(ByteString file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate certificate : Pem.certificates(file.toByteArray())) {
            store.setCertificateEntry("ca" + store.size(), certificate);
        }
        return store;
    }

    /** Empty: this client shows no certificate. */
    Optional<Identity> identity(Contents contents) {
        if (tls.certificate().isEmpty() || tls.key().isEmpty()) {
            return Optional.empty();
        }
        List<X509Certificate> chain;
        try {
            chain = Pem.certificates(contents.certificate().toByteArray());
        } catch (GeneralSecurityException e) {
            throw refuse(
                    EtcdAccess.CERTIFICATE,
                    tls.certificate().get(),
                    String.valueOf(e.getMessage()));
        }
        try {
            PrivateKey key = Pem.key(contents.key().toByteArray());
            checkPair(chain.getFirst(), key);
            return Optional.of(new Identity(chain, key));
        } catch (GeneralSecurityException e) {
            throw refuse(EtcdAccess.KEY, tls.key().get(), String.valueOf(e.getMessage()));
        }
    }

    private static void checkPair(X509Certificate certificate, PrivateKey key)
            throws GeneralSecurityException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "Ed25519";
                };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(SAMPLE);
        byte[] signed = signature.sign();
        boolean pair;
        try {
            signature.initVerify(certificate.getPublicKey());
            signature.update(SAMPLE);
            pair = signature.verify(signed);
        } catch (GeneralSecurityException e) {
            pair = false;
        }
        if (!pair) {
            throw new GeneralSecurityException("is not the certificate's key");
        }
    }

    /** Refuses a certificate of this client or a CA that does not hold now. */
    void checkDates(Contents contents) {
        identity(contents)
                .ifPresent(identity ->
                        checkDates(
                                EtcdAccess.CERTIFICATE,
                                tls.certificate(),
                                identity.chain().getFirst()));
        tls.ca()
                .ifPresent(file -> {
                    try {
                        for (X509Certificate ca : Pem.certificates(contents.ca().toByteArray())) {
                            checkDates(EtcdAccess.CA, tls.ca(), ca);
                        }
                    } catch (GeneralSecurityException e) {
                        throw refuse(EtcdAccess.CA, file, String.valueOf(e.getMessage()));
                    }
                });
    }

    private static void checkDates(String option, Optional<Path> file, X509Certificate shown) {
        try {
            shown.checkValidity();
        } catch (CertificateExpiredException e) {
            throw refuse(
                    option, file.orElseThrow(), "expired at " + shown.getNotAfter().toInstant());
        } catch (CertificateNotYetValidException e) {
            throw refuse(
                    option,
                    file.orElseThrow(),
                    "holds from %s on only".formatted(shown.getNotBefore().toInstant()));
        }
    }

    private static RejectedException refuse(String option, Path file, String why) {
        return Rejection.invalid(option, file.toString(), why).asException();
    }
}
