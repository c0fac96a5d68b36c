package io.croft.adapter.etcd;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and keys in the form that etcd's own tools write: PKCS #8, and the older forms of
 * RSA and EC keys, which Java does not know and kubeadm makes.
 */
final class Pem {
    private static final Pattern KEY =
            Pattern.compile(
                    "-----BEGIN (RSA |EC |ENCRYPTED |)PRIVATE KEY-----([^-]*)-----END \\1PRIVATE"
                            + " KEY-----");

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

    private static final byte[] VERSION = HexFormat.of().parseHex("020100");
    private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d0101010500");
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int CURVE = 0xa0;

    private Pem() {}

    /** At least one. */
    static List<X509Certificate> certificates(byte[] file) throws GeneralSecurityException {
        var found =
                CertificateFactory.getInstance("X.509")
                        .generateCertificates(new ByteArrayInputStream(file))
                        .stream()
                        .map(X509Certificate.class::cast)
                        .toList();
        if (found.isEmpty()) {
            throw new GeneralSecurityException("it holds no certificate");
        }
        return found;
    }

    static PrivateKey key(byte[] file) throws GeneralSecurityException {
        Matcher block = KEY.matcher(new String(file, StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            throw new GeneralSecurityException("it holds no private key in PEM form");
        }
        String form = block.group(1).strip();
        if (form.equals("ENCRYPTED") || block.group(2).contains("ENCRYPTED")) {
            throw new GeneralSecurityException(
                    "its key is encrypted; nobody is here to decrypt it");
        }
        byte[] body;
        try {
            body = Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("its key is damaged", e);
        }
        return switch (form) {
            case "RSA" -> key("RSA", wrapped(RSA, body));
            case "EC" -> key("EC", wrapped(Der.joined(EC, curve(body)), body));
            default -> anyKey(body);
        };
    }

    private static PrivateKey anyKey(byte[] pkcs8) throws GeneralSecurityException {
        for (String algorithm : ALGORITHMS) {
            try {
                return key(algorithm, pkcs8);
            } catch (GeneralSecurityException e) {
                // It is another one's.
            }
        }
        throw new GeneralSecurityException("its key is none of " + ALGORITHMS);
    }

    private static PrivateKey key(String algorithm, byte[] pkcs8) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return Der.of(
                SEQUENCE, Der.joined(VERSION, Der.of(SEQUENCE, algorithm), Der.of(OCTETS, key)));
    }

    /** SEC 1: a sequence of version, key, and, tagged, the curve's name. */
    private static byte[] curve(byte[] key) throws GeneralSecurityException {
        try {
            Der.Part all = Der.at(key, 0);
            for (int at = all.content(); at < all.end(); at = Der.at(key, at).end()) {
                if (Der.at(key, at).tag() == CURVE) {
                    return Der.contentOf(key, at);
                }
            }
        } catch (IndexOutOfBoundsException e) {
            throw new GeneralSecurityException("its key is damaged", e);
        }
        throw new GeneralSecurityException("its key does not name its curve");
    }
}
