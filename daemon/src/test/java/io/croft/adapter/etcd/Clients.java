package io.croft.adapter.etcd;

import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import io.croft.testing.Eventually;
import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Clients for tests, and what became of their calls. */
final class Clients {
    private Clients() {}

    /** One that begins with the first endpoint. */
    static JetcdEtcd of(String urls) {
        return of(EtcdAccess.of(urls, EtcdAccess.Tls.USUAL, Optional.empty()));
    }

    static JetcdEtcd of(EtcdAccess access) {
        var client = new JetcdEtcd(access, () -> 0.0);
        client.start();
        return client;
    }

    /** The value; a stage that did not end long after its deadline never will. */
    static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** An install that registered for the first time and is off again. */
    static Registrant registered(EtcdStore store, int number, String node, UUID boot) {
        var nonce = new UUID(8, number);
        var install =
                new Install(new UUID(1, number), node, "hw-" + node, "m", boot, 1, nonce, "1.0");
        var registrant = new Registrant(install.id(), node, 1, 1);
        await(store.installs().register(install, 0));
        await(store.installs().endLife(registrant));
        return registrant;
    }

    /** As an operator does it who has just read the status. */
    static CompletionStage<Unfrozen> unfreeze(StoreSetup setup, Set<String> words) {
        return setup.frozenInstalls()
                .thenCompose(_ -> setup.status())
                .thenCompose(now ->
                        setup.unfreeze(now.frozen().map(StoreStatus.Frozen::id).orElse(""), words));
    }

    /** Why it failed. */
    static Rejection refusal(CompletionStage<?> stage) {
        return failure(stage).orElseThrow(() -> new AssertionError("it succeeded"));
    }

    /** Until a call of that kind comes through. */
    static void untilAnswered(Supplier<? extends CompletionStage<?>> call) {
        var refusals = new ArrayList<Rejection>();
        Eventually.holds(
                refusals::getLast,
                () -> {
                    Optional<Rejection> failure = failure(call.get());
                    failure.ifPresent(refusals::add);
                    return failure.isEmpty();
                });
    }

    /** Until a call of that kind fails; why. */
    static Rejection untilRefused(Supplier<? extends CompletionStage<?>> call) {
        var refusals = new ArrayList<Rejection>();
        Eventually.holds(
                () -> "it succeeds",
                () -> {
                    failure(call.get()).ifPresent(refusals::add);
                    return !refusals.isEmpty();
                });
        return refusals.getFirst();
    }

    /** Why it failed; empty: it did not. */
    static Optional<Rejection> failure(CompletionStage<?> stage) {
        try {
            var _ = stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RejectedException refused) {
                return Optional.of(refused.rejection());
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
