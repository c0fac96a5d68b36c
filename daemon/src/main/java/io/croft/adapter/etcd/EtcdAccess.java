package io.croft.adapter.etcd;

import io.croft.core.rejection.Rejection;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How an etcd is reached: where, how its members prove who they are, and as whom.
 *
 * <p>Constructors and {@link #of} refuse what cannot work with INVALID_FIELD, naming the option in
 * question; nothing is opened or resolved here.
 *
 * @param endpoints at least one, all with TLS or all without
 * @param tls counts only where the endpoints are https
 * @param user empty: none, or the client certificate's name
 */
public record EtcdAccess(List<EtcdEndpoint> endpoints, Tls tls, Optional<User> user) {
    /** Names of the options that an operator says this by. */
    public static final String STORE = "store";

    public static final String CA = "store-ca";
    public static final String CERTIFICATE = "store-cert";
    public static final String KEY = "store-key";
    public static final String SERVER_NAME = "store-server-name";
    public static final String USER = "store-user";
    public static final String PASSWORD_FILE = "store-password-file";

    /**
     * Files in PEM form, looked at again for each new connection, so that a renewed one counts
     * without a restart.
     *
     * @param ca who signs the members' certificates; empty: those that Java trusts
     * @param certificate this client's, with its chain; empty: none
     * @param key of the certificate, not encrypted
     * @param serverName that the members' certificates must show; empty: the endpoint's host
     */
    public record Tls(
            Optional<Path> ca,
            Optional<Path> certificate,
            Optional<Path> key,
            Optional<String> serverName) {
        public static final Tls USUAL =
                new Tls(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        public Tls {
            if (certificate.isPresent() && key.isEmpty()) {
                throw Rejection.invalid(
                                CERTIFICATE, certificate.get().toString(), "needs a key as well")
                        .remedy("name its file with --" + KEY)
                        .asException();
            }
            if (key.isPresent() && certificate.isEmpty()) {
                throw Rejection.invalid(KEY, key.get().toString(), "needs a certificate as well")
                        .remedy("name its file with --" + CERTIFICATE)
                        .asException();
            }
        }
    }

    /**
     * A user of etcd.
     *
     * @param passwordFile its first line, read for each authentication; nobody else may read it
     */
    public record User(String name, Path passwordFile) {
        public User {
            if (name.isEmpty()) {
                throw Rejection.invalid(USER, name, "must be the name of a user of etcd")
                        .asException();
            }
        }
    }

    public EtcdAccess {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty()) {
            throw Rejection.invalid(STORE, "", "must name at least one endpoint").asException();
        }
        boolean secure = endpoints.getFirst().secure();
        for (EtcdEndpoint endpoint : endpoints) {
            if (endpoint.secure() != secure) {
                throw Rejection.invalid(
                                STORE,
                                endpoint.toString(),
                                "all endpoints must be http or all must be https")
                        .asException();
            }
        }
        if (!secure && !tls.equals(Tls.USUAL)) {
            throw Rejection.invalid(
                            STORE,
                            endpoints.getFirst().toString(),
                            "certificates or a server name are given, and the endpoint is http")
                    .remedy("say https://, or leave out the options for TLS")
                    .asException();
        }
    }

    /**
     * The access that an operator describes.
     *
     * @param store as an operator writes it: {@code http://a:2379,https://[fd00::2]:2379}
     */
    public static EtcdAccess of(String store, Tls tls, Optional<User> user) {
        return new EtcdAccess(EtcdEndpoint.list(store, Resolver.ofHost()), tls, user);
    }

    /**
     * Looks whether the files can be used now: that they can be read, hold what they should, belong
     * together and are not out of date, and that the password is nobody else's. Refuses with
     * INVALID_FIELD.
     *
     * <p>For those who can say so to a person at once. A client reads the files by itself when it
     * needs them, and goes on trying.
     */
    public void check() {
        if (secure()) {
            var files = new TlsFiles(tls);
            TlsFiles.Contents contents = files.contents();
            var _ = files.trust(contents);
            files.checkDates(contents);
        }
        user.ifPresent(one -> {
            var _ = new PasswordFile(one.passwordFile()).read();
        });
    }

    boolean secure() {
        return endpoints.getFirst().secure();
    }
}
