package io.croft.adapter.etcd;

import io.croft.core.rejection.RejectedException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS by files that are read again for each new connection.
 *
 * <p>What was read last is used on while the files cannot be, as in the middle of an exchange.
 */
final class LiveTls {
    private static final String ALIAS = "client";

    private record Loaded(
            TlsFiles.Contents contents,
            X509ExtendedTrustManager trust,
            Optional<TlsFiles.Identity> identity) {}

    private final TlsFiles files;
    private @Nullable Loaded loaded;

    LiveTls(TlsFiles files) {
        this.files = files;
    }

    SslContext context() {
        try {
            return GrpcSslContexts.configure(
                            SslContextBuilder.forClient()
                                    .keyManager(new Identity())
                                    .trustManager(new Trust())
                                    // A session that is taken up again would show the old
                                    // certificate.
                                    .sessionTimeout(1),
                            // Java's own: the native one would be unpacked to /tmp.
                            SslProvider.JDK)
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("no TLS in this Java", e);
        }
    }

    /** What is wrong with the files now; empty: nothing that can be seen. */
    Optional<String> trouble() {
        try {
            TlsFiles.Contents contents = files.contents();
            var _ = files.trust(contents);
            files.checkDates(contents);
            return Optional.empty();
        } catch (RejectedException e) {
            return Optional.of(e.rejection().message());
        }
    }

    private synchronized Loaded load() {
        Loaded before = loaded;
        try {
            TlsFiles.Contents contents = files.contents();
            if (before != null && before.contents().equals(contents)) {
                return before;
            }
            var now = new Loaded(contents, files.trust(contents), files.identity(contents));
            loaded = now;
            return now;
        } catch (RejectedException e) {
            if (before == null) {
                throw e;
            }
            return before;
        }
    }

    /** Trusts whom the file says. */
    private final class Trust extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            trust().checkServerTrusted(chain, type, engine);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            trust().checkServerTrusted(chain, type, socket);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            throw new CertificateException("whose name it shows must be checked as well");
        }

        private X509ExtendedTrustManager trust() throws CertificateException {
            try {
                return load().trust();
            } catch (RejectedException e) {
                throw new CertificateException(e.rejection().message(), e);
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("this is no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("this is no server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type)
                throws CertificateException {
            throw new CertificateException("this is no server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Shows the certificate to whoever asks for one, and lets the server say what is wrong. */
    private final class Identity extends X509ExtendedKeyManager {
        @Override
        public @Nullable String chooseEngineClientAlias(
                String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
            return identity()
                    .filter(one -> Arrays.asList(types).contains(one.key().getAlgorithm()))
                    .map(_ -> ALIAS)
                    .orElse(null);
        }

        @Override
        public X509Certificate @Nullable [] getCertificateChain(String alias) {
            return identity().map(one -> one.chain().toArray(X509Certificate[]::new)).orElse(null);
        }

        @Override
        public @Nullable PrivateKey getPrivateKey(String alias) {
            return identity().map(TlsFiles.Identity::key).orElse(null);
        }

        private Optional<TlsFiles.Identity> identity() {
            try {
                return load().identity();
            } catch (RejectedException e) {
                // The failure of the connection will name the file.
                return Optional.empty();
            }
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, Socket socket) {
            return null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, Socket socket) {
            return null;
        }

        @Override
        public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }
    }
}
