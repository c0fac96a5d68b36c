package io.croft.adapter.etcd;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The way to one endpoint: one connection at a time, made when it is needed.
 *
 * <p>A name or an address behind which several members stand is one endpoint: whatever is asked
 * over one connection is answered by one member.
 */
final class Link {
    private final EtcdEndpoint endpoint;
    private final ManagedChannel channel;
    private final Consumer<Link> ended;
    private final AtomicBoolean connected = new AtomicBoolean();

    /**
     * @param ended called when a connection ended, before the next one is made
     */
    Link(EtcdEndpoint endpoint, ManagedChannel channel, Consumer<Link> ended) {
        this.endpoint = endpoint;
        this.channel = channel;
        this.ended = ended;
    }

    void start() {
        follow();
    }

    /** The channel runs its callbacks at once, so that no state is missed. */
    private void follow() {
        ConnectivityState now = channel.getState(false);
        boolean was = connected.getAndSet(now == ConnectivityState.READY);
        if (was && now != ConnectivityState.READY) {
            ended.accept(this);
        }
        if (now != ConnectivityState.SHUTDOWN) {
            channel.notifyWhenStateChanged(now, this::follow);
        }
    }

    /** The channel, which tries to connect at once instead of waiting after a failure. */
    ManagedChannel channel() {
        if (isDown()) {
            channel.resetConnectBackoff();
        }
        return channel;
    }

    boolean isConnected() {
        return channel.getState(false) == ConnectivityState.READY;
    }

    /** The last try to connect failed. */
    boolean isDown() {
        return channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE;
    }

    void close() {
        channel.shutdownNow();
    }

    @Override
    public String toString() {
        return endpoint.toString();
    }
}
