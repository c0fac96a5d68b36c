package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step.Delete;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.core.engine.Timings;
import io.croft.node.port.Registrant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The signs of life that this client gives: a key with a lease. Each renewal reads whether the
 * incarnation is still the caller's; a lease that was lost is granted anew.
 */
final class SignOfLife {
    private static final int TRIES = 4;

    private final Etcd etcd;
    private final Continuity session;
    private final Keys keys;
    private final Seen seen;
    private final Map<UUID, Long> leases = new ConcurrentHashMap<>();

    SignOfLife(Etcd etcd, Continuity session, Keys keys, Seen seen) {
        this.etcd = etcd;
        this.session = session;
        this.keys = keys;
        this.seen = seen;
    }

    /** A lease that has just begun or was renewed. */
    CompletionStage<Long> lease(UUID install) {
        Optional<Long> held = Optional.ofNullable(leases.get(install));
        if (held.isEmpty()) {
            return grant(install);
        }
        return etcd.renew(held.get())
                .thenCompose(renewed -> {
                    if (renewed) {
                        return Retries.done(held.get());
                    }
                    leases.remove(install, held.get());
                    return grant(install);
                });
    }

    private CompletionStage<Long> grant(UUID install) {
        return etcd.grant(Timings.LIFE)
                .thenApply(granted -> {
                    leases.put(install, granted);
                    return granted;
                });
    }

    Put sign(UUID install, long incarnation, long lease) {
        return new Put(keys.live(install), Long.toString(incarnation), lease);
    }

    CompletionStage<Boolean> keep(Registrant by) {
        return Retries.start(() -> lease(by.install()))
                .thenCompose(
                        lease -> Retries.until(TRIES, "the sign of life", () -> round(by, lease)));
    }

    private CompletionStage<Optional<Boolean>> round(Registrant by, long lease) {
        return session.commit(
                        Change.read(
                                new Get(keys.install(by.install())),
                                new Get(keys.live(by.install()))))
                .thenCompose(answer -> {
                    InstallSeen install =
                            InstallSeen.of(by.install(), keys, answer.readings().getFirst());
                    if (!install.isOf(by)) {
                        return drop(by.install()).thenApply(_ -> Optional.of(false));
                    }
                    return isSigned(answer.readings().getLast(), lease)
                            ? Retries.done(Optional.of(true))
                            : write(install, by, lease);
                });
    }

    private static boolean isSigned(Reading live, long lease) {
        return live.entries().stream().map(Entry::lease).anyMatch(held -> held == lease);
    }

    private CompletionStage<Optional<Boolean>> write(
            InstallSeen install, Registrant by, long lease) {
        return session.commit(
                        new Change(
                                List.of(install.unchanged()),
                                List.of(sign(by.install(), by.incarnation(), lease)),
                                List.of()))
                .thenApply(answer -> answer.matched() ? Optional.of(true) : Optional.empty());
    }

    /** Who took the install over wrote the key with a lease of its own, which stays. */
    private CompletionStage<?> drop(UUID install) {
        Optional<Long> held = Optional.ofNullable(leases.remove(install));
        return held.isPresent()
                ? etcd.revoke(held.get()).handle((ended, failure) -> install)
                : Retries.done(install);
    }

    CompletionStage<Void> end(Registrant by) {
        Optional<Long> held = Optional.ofNullable(leases.get(by.install()));
        if (held.isPresent()) {
            return etcd.revoke(held.get()).thenAccept(_ -> leases.remove(by.install(), held.get()));
        }
        return session.commit(Change.read(new Get(keys.install(by.install()))))
                .thenCompose(answer -> {
                    InstallSeen install =
                            InstallSeen.of(by.install(), keys, answer.readings().getFirst());
                    seen.saw(by.install(), install);
                    return install.incarnation() == by.incarnation()
                            ? session.commit(
                                    new Change(
                                            List.of(install.unchanged()),
                                            List.of(new Delete(keys.live(by.install()))),
                                            List.of()))
                            : Retries.done(answer);
                })
                .thenApply(_ -> null);
    }
}
