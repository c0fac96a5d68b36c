package io.croft.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A loopback port that leads to another one, each way later by a fixed time: {@code PORT TARGET
 * MILLIS}. Runs until it is killed, and its connections end with it.
 */
public final class SlowLink {
    private static final int CHUNK = 64 << 10;

    private record Chunk(ByteBuffer bytes, long dueNanos) {}

    private final long delayNanos;

    private SlowLink(long delayNanos) {
        this.delayNanos = delayNanos;
    }

    public static void main(String[] words) throws IOException {
        int target = Integer.parseInt(words[1]);
        var link = new SlowLink(TimeUnit.MILLISECONDS.toNanos(Long.parseLong(words[2])));
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (var server = new ServerSocket(Integer.parseInt(words[0]), 50, loopback)) {
            while (true) {
                Socket near = server.accept();
                try {
                    Socket far = new Socket(loopback, target);
                    near.setTcpNoDelay(true);
                    far.setTcpNoDelay(true);
                    link.lead(near, far);
                    link.lead(far, near);
                } catch (IOException refused) {
                    near.close();
                }
            }
        }
    }

    private void lead(Socket from, Socket to) {
        var underWay = new LinkedBlockingQueue<Chunk>();
        Thread.ofVirtual().start(() -> read(from, underWay));
        Thread.ofVirtual().start(() -> write(to, underWay));
    }

    /** An empty chunk is the end. */
    private void read(Socket from, BlockingQueue<Chunk> underWay) {
        var buffer = new byte[CHUNK];
        try {
            while (true) {
                int length = from.getInputStream().read(buffer);
                var bytes = ByteBuffer.wrap(Arrays.copyOf(buffer, Math.max(0, length)));
                underWay.add(new Chunk(bytes, System.nanoTime() + delayNanos));
                if (length < 0) {
                    return;
                }
            }
        } catch (IOException broken) {
            underWay.add(new Chunk(ByteBuffer.allocate(0), System.nanoTime()));
        }
    }

    private static void write(Socket to, BlockingQueue<Chunk> underWay) {
        try (to) {
            while (true) {
                Chunk chunk = underWay.take();
                TimeUnit.NANOSECONDS.sleep(chunk.dueNanos() - System.nanoTime());
                if (!chunk.bytes().hasRemaining()) {
                    return;
                }
                to.getOutputStream().write(chunk.bytes().array());
            }
        } catch (IOException broken) {
            // The other end is gone; its reader ends by the closed socket.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
