package io.croft.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One etcd server as a process, on loopback ports and a data directory that outlive its lives. The
 * binary is the path's {@code etcd}, or the one that {@code -Dcroft.etcd} names.
 */
final class EtcdMember {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String name;
    private final LogFile log;
    private final int clientPort = freePort();
    private final int peerPort = freePort();
    private Path data;
    private @Nullable Process process;

    EtcdMember(String name, Path dir) {
        this.name = name;
        this.data = dir.resolve(name + ".etcd");
        this.log = new LogFile(dir.resolve(name + ".log"));
    }

    static String binary() {
        return System.getProperty("croft.etcd", "etcd");
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the cluster's members know it: {@code name=url}. */
    String peer() {
        return name + "=" + peerUrl();
    }

    private String peerUrl() {
        return "http://127.0.0.1:" + peerPort;
    }

    String endpoint() {
        return "http://127.0.0.1:" + clientPort;
    }

    /** What a server and a restore are told of it and of the cluster, which is to be the same. */
    List<String> identity(String peers) {
        return List.of(
                "--name",
                name,
                "--initial-advertise-peer-urls",
                peerUrl(),
                "--initial-cluster",
                peers,
                "--initial-cluster-token",
                "it");
    }

    /** Starts it as a member of those, and does not wait. */
    void spawn(String peers) {
        List<String> command = new ArrayList<>(List.of(binary(), "--data-dir", data.toString()));
        command.addAll(identity(peers));
        command.addAll(List.of("--listen-client-urls", endpoint()));
        command.addAll(List.of("--advertise-client-urls", endpoint()));
        command.addAll(List.of("--listen-peer-urls", peerUrl()));
        command.addAll(List.of("--heartbeat-interval", "50", "--election-timeout", "500"));
        var builder = new ProcessBuilder(command);
        builder.redirectErrorStream(true).redirectOutput(log.begin());
        try {
            process = Program.register(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it answers, which it does when there is a leader. */
    void awaitHealthy() {
        Eventually.holds(
                log::text,
                () -> {
                    if (!isAlive()) {
                        throw new AssertionError("etcd ended:\n" + log.text());
                    }
                    return isHealthy();
                });
    }

    private boolean isHealthy() {
        var request =
                HttpRequest.newBuilder(URI.create(endpoint() + "/health"))
                        .timeout(Duration.ofSeconds(2))
                        .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
        } catch (ConnectException | HttpTimeoutException notYet) {
            return false;
        } catch (IOException e) {
            // Its listener stands, and it ends the connection while it starts.
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** SIGKILL, and waits for the end. */
    void kill() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
    }

    void signal(String signal) {
        if (process == null) {
            throw new IllegalStateException(name + " was not started");
        }
        Program.run("kill", "-s", signal, Long.toString(process.pid())).expectSuccess();
    }

    /** Its next life is on another data directory. */
    void moveTo(Path other) {
        data = other;
    }
}
