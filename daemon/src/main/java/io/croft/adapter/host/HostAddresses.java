package io.croft.adapter.host;

import io.croft.core.address.Address;
import io.croft.core.address.Cidr;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The host's own addresses, so that pools which would give them to pods can be told. Looked at by a
 * thread of its own, because a node has an interface for every pod.
 */
public final class HostAddresses implements AutoCloseable {
    private static final int PERIOD_SECONDS = 30;

    /** One address of one interface, with the network that it says is behind it. */
    public record HostAddress(String interfaceName, Address address, Cidr network) {}

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("croft-host").factory());
    private volatile List<HostAddress> latest = List.of();

    public void start() {
        var _ = thread.scheduleWithFixedDelay(this::look, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    /** As last looked at, at most half a minute ago; empty before the first look. Any thread. */
    public List<HostAddress> latest() {
        return latest;
    }

    private void look() {
        try {
            latest =
                    NetworkInterface.networkInterfaces()
                            .flatMap(each ->
                                    each.getInterfaceAddresses().stream()
                                            .map(address -> of(each.getName(), address)))
                            .toList();
        } catch (SocketException cannotLook) {
            // What was seen before is the best that is known.
        }
    }

    private static HostAddress of(String name, InterfaceAddress bound) {
        Address address = Address.of(bound.getAddress().getAddress());
        return new HostAddress(name, address, Cidr.around(address, bound.getNetworkPrefixLength()));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
