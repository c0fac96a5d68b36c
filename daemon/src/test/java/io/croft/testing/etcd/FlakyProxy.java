package io.croft.testing.etcd;

import io.croft.testing.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A TCP relay before one member that does to its connections what networks do. */
public final class FlakyProxy implements AutoCloseable {
    private enum Mode {
        PASS,
        /** Takes replies and gives them to nobody. */
        SWALLOW,
        /** Nothing moves in either direction. */
        SILENT
    }

    private final int target;
    private final int port;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong requestBytes = new AtomicLong();
    private ServerSocket door;
    private Mode mode = Mode.PASS;
    private volatile Duration delay = Duration.ZERO;

    private FlakyProxy(int target, ServerSocket door) {
        this.target = target;
        this.door = door;
        this.port = door.getLocalPort();
    }

    public static FlakyProxy to(EtcdMember member) {
        try {
            var proxy =
                    new FlakyProxy(
                            member.clientPort(),
                            new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            proxy.accept();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** What clients have sent so far. */
    public long requestBytes() {
        return requestBytes.get();
    }

    /** As if it were not there; what was held back flows again. */
    public synchronized void pass() {
        mode = Mode.PASS;
        delay = Duration.ZERO;
        notifyAll();
        if (door.isClosed()) {
            // The port is free when whoever waited at the old door has left.
            Eventually.holds(() -> "port %d is not free".formatted(port), this::opens);
            accept();
        }
    }

    private synchronized boolean opens() {
        try {
            door = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
            return true;
        } catch (BindException taken) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replies are lost from now on; requests arrive. */
    public synchronized void swallowReplies() {
        mode = Mode.SWALLOW;
    }

    /** Nothing arrives and nothing is refused. */
    public synchronized void silence() {
        mode = Mode.SILENT;
    }

    /** Each piece takes so long in each direction. */
    public void delay(Duration each) {
        delay = each;
    }

    /** Ends all connections; new ones are refused. */
    public synchronized void refuse() {
        close(door);
        cut();
    }

    /** Ends all connections. */
    public void cut() {
        open.forEach(FlakyProxy::close);
    }

    @Override
    public synchronized void close() {
        refuse();
        mode = Mode.PASS;
        notifyAll();
    }

    private void accept() {
        ServerSocket at = door;
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        while (true) {
                            relay(at.accept());
                        }
                    } catch (IOException closed) {
                        // By refuse or close.
                    }
                });
    }

    private void relay(Socket client) {
        open.add(client);
        try {
            var server = new Socket(InetAddress.getLoopbackAddress(), target);
            open.add(server);
            Thread.ofVirtual().start(() -> pump(client, server, true));
            Thread.ofVirtual().start(() -> pump(server, client, false));
        } catch (IOException e) {
            close(client);
            open.remove(client);
        }
    }

    private void pump(Socket from, Socket to, boolean request) {
        var buffer = new byte[16_384];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (mayPass(request)) {
                    out.write(buffer, 0, read);
                }
                if (request) {
                    requestBytes.addAndGet(read);
                }
            }
        } catch (IOException | InterruptedException ended) {
            // The other direction ends with this one.
        }
        close(from);
        close(to);
        open.remove(from);
        open.remove(to);
    }

    private boolean mayPass(boolean request) throws InterruptedException {
        var _ = new CountDownLatch(1).await(delay.toMillis(), TimeUnit.MILLISECONDS);
        return wasLet(request);
    }

    private synchronized boolean wasLet(boolean request) throws InterruptedException {
        while (mode == Mode.SILENT) {
            wait();
        }
        return request || mode != Mode.SWALLOW;
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new AssertionError("a socket cannot be closed", e);
        }
    }
}
