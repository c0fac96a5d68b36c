package io.croft.agent;

import io.croft.adapter.etcd.EtcdAccess;
import io.croft.adapter.etcd.EtcdEndpoint;
import io.croft.core.pool.Names;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where pools and the ownership of blocks are kept, as the options of the store say. */
public sealed interface StoreChoice {
    /** A file of this node's own. */
    record Embedded() implements StoreChoice {
        /** What a journal beside it is bound to. */
        static final String CLUSTER = "local";

        @Override
        public String cluster() {
            return CLUSTER;
        }

        @Override
        public String text() {
            return EMBEDDED;
        }
    }

    /**
     * An etcd that the nodes of a cluster share.
     *
     * @param cluster its name: all keys stand under it
     */
    record Shared(String cluster, EtcdAccess access) implements StoreChoice {
        public Shared {
            if (cluster.isEmpty()) {
                throw Rejection.invalid(Options.CLUSTER.name(), "", "an etcd needs it")
                        .remedy("say --cluster NAME, the same on every node")
                        .asException();
            }
            Names.check(Options.CLUSTER.name(), cluster);
            if (cluster.equals(Embedded.CLUSTER)) {
                throw Rejection.invalid(
                                Options.CLUSTER.name(),
                                cluster,
                                "is what journals beside an embedded store are bound to")
                        .remedy("choose another name")
                        .asException();
            }
        }

        @Override
        public String text() {
            return access.endpoints().stream()
                    .map(EtcdEndpoint::toString)
                    .collect(Collectors.joining(",", "cluster " + cluster + " in ", ""));
        }
    }

    /** The one value of {@code --store} that is no endpoint. */
    String EMBEDDED = "embedded";

    /** What journals are bound to. */
    String cluster();

    /** As {@code croft status} shows it. */
    String text();

    /**
     * What the options say. Refuses with INVALID_FIELD, naming the option.
     *
     * @param settings of which those of the store count
     */
    static StoreChoice of(Settings settings) {
        String store = settings.get(Options.STORE).value();
        if (store.equals(EMBEDDED)) {
            refuseBesideEmbedded(settings);
            return new Embedded();
        }
        if (settings.get(Options.SINGLE_NODE).isTrue()) {
            throw Rejection.invalid(
                            Options.SINGLE_NODE.name(), "true", "is for the embedded store only")
                    .remedy("leave it out: the nodes of an etcd share its pools")
                    .asException();
        }
        return new Shared(
                settings.text(Options.CLUSTER).orElse(""),
                EtcdAccess.of(store, tls(settings), user(settings)));
    }

    /** A value that cannot be used keeps an agent from starting; {@code where} it was said. */
    static RejectedException cannotStart(RejectedException refused, String where) {
        Rejection why = refused.rejection();
        return new Rejection(Reason.CANNOT_START, why.message() + where, why.remedy(), why.facts())
                .asException();
    }

    private static EtcdAccess.Tls tls(Settings settings) {
        return new EtcdAccess.Tls(
                settings.text(Options.STORE_CA).map(StoreChoice::path),
                settings.text(Options.STORE_CERT).map(StoreChoice::path),
                settings.text(Options.STORE_KEY).map(StoreChoice::path),
                settings.text(Options.STORE_SERVER_NAME));
    }

    private static Path path(String text) {
        return Path.of(text).toAbsolutePath().normalize();
    }

    private static Optional<EtcdAccess.User> user(Settings settings) {
        Optional<String> name = settings.text(Options.STORE_USER);
        Optional<Path> file = settings.text(Options.STORE_PASSWORD_FILE).map(StoreChoice::path);
        if (name.isPresent() == file.isPresent()) {
            return name.map(user -> new EtcdAccess.User(user, file.orElseThrow()));
        }
        throw name.map(user ->
                        Rejection.invalid(
                                        Options.STORE_USER.name(), user, "needs a password as well")
                                .remedy(
                                        "name the file that holds it with "
                                                + Options.STORE_PASSWORD_FILE.flag()))
                .orElseGet(() ->
                        Rejection.invalid(
                                        Options.STORE_PASSWORD_FILE.name(),
                                        file.orElseThrow().toString(),
                                        "needs a user as well")
                                .remedy("name the user with " + Options.STORE_USER.flag()))
                .asException();
    }

    private static void refuseBesideEmbedded(Settings settings) {
        List<Option> ofEtcd = Options.OF_ETCD;
        for (Option option : ofEtcd) {
            settings.text(option)
                    .ifPresent(value -> {
                        throw besideEmbedded(option, value);
                    });
        }
    }

    private static RejectedException besideEmbedded(Option option, String value) {
        return Rejection.invalid(
                        option.name(), value, "the embedded store is in use, which has none")
                .remedy("name etcd's endpoints with --store, or leave " + option.name() + " out")
                .asException();
    }
}
