package io.croft.agent;

import io.croft.adapter.etcd.Audit;
import io.croft.adapter.etcd.EtcdStore;
import io.croft.adapter.etcd.FrozenInstall;
import io.croft.adapter.etcd.JetcdEtcd;
import io.croft.adapter.etcd.StoreSetup;
import io.croft.adapter.file.NioDisk;
import io.croft.adapter.host.BootFacts;
import io.croft.adapter.host.Randomness;
import io.croft.adapter.host.SystemClock;
import io.croft.adapter.wire.PoolWire;
import io.croft.adapter.wire.WantedPools;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.Clock;
import io.croft.proto.v1.ApplyPoolsRequest;
import io.croft.proto.v1.ApplyPoolsResponse;
import io.croft.proto.v1.AuditReport;
import io.croft.proto.v1.StoreGrant;
import io.croft.proto.v1.StoreInit;
import io.croft.proto.v1.StoreMigration;
import io.croft.proto.v1.StoreStanding;
import io.croft.proto.v1.StoreStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A cluster's etcd as a command uses it that asks no agent. Every call waits for its end, which
 * comes within the bounds of calls to etcd; refusals are {@link RejectedException}s.
 */
public final class SharedStore implements AutoCloseable {
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9._:@-]{1,128}");

    /**
     * A command is cold: on a busy machine TLS, login and the first call take a young JVM seconds.
     */
    private static final Duration MOST = Duration.ofSeconds(10);

    private final StoreChoice.Shared choice;
    private final Clock clock = SystemClock.open();
    private final Randomness randomness = new Randomness();
    private final JetcdEtcd etcd;
    private final StoreReports reports;

    private SharedStore(StoreChoice.Shared choice) {
        this.choice = choice;
        this.etcd = new JetcdEtcd(choice.access(), randomness::fraction, MOST);
        this.reports = new StoreReports(choice.text());
    }

    /** The etcd that the options of the store name, of whichever place. */
    public static SharedStore open(
            Map<Option, List<String>> flags, Map<String, String> environment) {
        if (!(choice(flags, environment) instanceof StoreChoice.Shared shared)) {
            throw Rejection.invalid(
                            Options.STORE.name(), StoreChoice.EMBEDDED, "must be an etcd here")
                    .remedy("name it with --store URL --cluster NAME, as for croft agent")
                    .asException();
        }
        var store = new SharedStore(shared);
        try {
            store.etcd.start();
        } catch (RejectedException refused) {
            store.close();
            throw refused;
        }
        return store;
    }

    private static StoreChoice choice(
            Map<Option, List<String>> flags, Map<String, String> environment) {
        try {
            return StoreChoice.of(Settings.gather(flags, environment, Settings.USUAL_FILE));
        } catch (RejectedException refused) {
            Rejection why = refused.rejection();
            if (why.reason() != Reason.CANNOT_START) {
                throw refused;
            }
            // Nothing starts here: what must be corrected is the request.
            throw new Rejection(
                            Reason.INVALID_FIELD,
                            why.message(),
                            Reason.INVALID_FIELD.remedy(),
                            why.facts())
                    .asException();
        }
    }

    /** Makes the cluster's prefix, or finds it made. */
    public StoreInit init(String owner) {
        return reports.init(done(setup().init(owner)));
    }

    public StoreStatus status() {
        var now = done(setup().status());
        if (now.frozen().isEmpty()) {
            return reports.status(now, List.of());
        }
        // To ask who spoke is to compare, which may begin another freeze: that one is told.
        List<FrozenInstall> installs = done(setup().frozenInstalls());
        return reports.status(done(setup().status()), installs);
    }

    public StoreStanding freeze(String because) {
        return reports.state(done(setup().freeze(because)));
    }

    /**
     * Ends a freeze.
     *
     * @param freeze its id, of which the words are said
     * @param off nodes or installs whose machines are off, or were rebooted since the freeze
     */
    public StoreStanding unfreeze(String freeze, Set<String> off, boolean othersOff) {
        if (!othersOff) {
            throw Rejection.invalid(
                            "others-off",
                            "false",
                            "the store cannot know machines that joined after its backup")
                    .remedy(
                            "see that every agent that can run has spoken, and say --others-off for all that croft node list does not show")
                    .asException();
        }
        return reports.unfrozen(done(setup().unfreeze(freeze, off)));
    }

    /** Makes a user of etcd who may read and write the cluster's keys, and nothing else. */
    public StoreGrant grant(String user, Optional<Path> passwordFile) {
        if (!USER.matcher(user).matches() || user.equals("root")) {
            throw Rejection.invalid(
                            "user",
                            user,
                            "must be 1 to 128 letters, digits and -_.:@, and not root, who may do everything")
                    .asException();
        }
        return reports.grant(user, done(etcd.grant(choice.cluster(), user, passwordFile)));
    }

    /** Looks at everything in it and repairs nothing. */
    public AuditReport audit() {
        return reports.audit(
                done(new Audit(etcd, choice.cluster(), clock, randomness::uuid).run()));
    }

    /**
     * Makes and changes pools and external ranges, all of them or none.
     *
     * @param odd told in a sentence what cannot be read of the store
     */
    public ApplyPoolsResponse apply(ApplyPoolsRequest request, Consumer<String> odd) {
        var wanted = new WantedPools(request, randomness::uuid);
        var all = EtcdStore.open(etcd, choice.cluster(), clock, randomness::uuid, odd);
        return wanted.result(
                done(all.session().check().thenCompose(_ -> all.pools().change(wanted))),
                stored -> PoolWire.write(stored.pool()).toBuilder().setEtag(stored.etag()).build());
    }

    /** Brings the embedded store of a node whose agent is stopped into this one. */
    public StoreMigration migrate(Map<Option, List<String>> flags, Map<String, String> environment)
            throws IOException {
        Settings settings = Settings.gather(flags, environment, Settings.USUAL_FILE);
        return reports.migration(
                new Migrating(
                                new NioDisk(),
                                clock,
                                randomness::uuid,
                                setup(),
                                choice.cluster(),
                                Path.of(settings.get(Options.STATE_DIR).value()).toAbsolutePath(),
                                BootFacts.bootId(
                                        Path.of(settings.get(Options.BOOT_ID_FILE).value())))
                        .go());
    }

    /** Undoes a migration that was cut off and whose node is gone. */
    public StoreMigration abandonMigration(UUID install) {
        var _ = done(setup().abandonMigration(install));
        return reports.migration(
                StoreMigration.newBuilder().setAbandoned(install.toString()).build());
    }

    private StoreSetup setup() {
        return new StoreSetup(etcd, choice.cluster(), clock, randomness::uuid);
    }

    /** Waits; the stage of every call to etcd ends by itself. */
    static <T> T done(CompletionStage<T> call) {
        try {
            return call.toCompletableFuture().join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RejectedException refused) {
                throw refused;
            }
            throw failed;
        }
    }

    @Override
    public void close() {
        etcd.close();
    }
}
