package io.croft.adapter.etcd;

import io.grpc.Deadline;
import java.util.concurrent.CompletableFuture;

/** Where the token comes from that is sent with each call. */
interface AuthTokens {
    /** None is needed. */
    AuthTokens NONE =
            new AuthTokens() {
                @Override
                public CompletableFuture<String> token(Link link, Deadline deadline) {
                    return CompletableFuture.completedFuture("");
                }

                @Override
                public boolean drop(String token) {
                    return false;
                }
            };

    /**
     * The token, which is fetched over that link if there is none.
     *
     * <p>Fails with gRPC's status, or with a rejection.
     */
    CompletableFuture<String> token(Link link, Deadline deadline);

    /** That token is of no use any more; true: {@link #token} may have a better one. */
    boolean drop(String token);
}
