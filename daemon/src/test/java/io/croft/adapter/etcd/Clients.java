package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.fail;

import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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

    /** Why it failed. */
    static Rejection refusal(CompletionStage<?> stage) {
        try {
            var value = stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
            return fail("it succeeded: " + value);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RejectedException refused) {
                return refused.rejection();
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
