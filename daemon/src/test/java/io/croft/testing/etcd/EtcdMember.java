package io.croft.testing.etcd;

import io.croft.testing.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One server process: its ports and data outlive it. */
public final class EtcdMember {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 12_000;
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) ProcessHandle.current().pid() * 97);

    private final EtcdSetup setup;
    private final String name;
    private final Path folder;
    private final int clientPort = freePort();
    private final int peerPort = freePort();
    private final int metricsPort = freePort();
    private @Nullable Process process;
    private int generation;

    EtcdMember(EtcdSetup setup, String name, Path folder) {
        this.setup = setup;
        this.name = name;
        this.folder = folder;
    }

    /**
     * Never the same one twice, and below those that the kernel gives to connections: a member
     * keeps its ports while it is down.
     */
    private static int freePort() {
        for (int tries = 0; tries < PORTS; tries++) {
            int port = FIRST_PORT + Math.floorMod(NEXT.getAndIncrement(), PORTS);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // The next one.
            }
        }
        throw new IllegalStateException("no port is free");
    }

    public String name() {
        return name;
    }

    public int clientPort() {
        return clientPort;
    }

    /** As a client is told it. */
    public String url() {
        return "%s://127.0.0.1:%d".formatted(setup.scheme(), clientPort);
    }

    String peerUrl() {
        return "http://127.0.0.1:" + peerPort;
    }

    String asPeer() {
        return name + "=" + peerUrl();
    }

    Path data() {
        return folder.resolve(name + "-" + generation);
    }

    /** A place for other data, as a restore makes them. */
    Path nextData() {
        generation++;
        return data();
    }

    /** What it wrote in all its lives. */
    public Path log() {
        return folder.resolve(name + ".log");
    }

    void start(List<EtcdMember> cluster, String token) {
        var command = new ArrayList<String>();
        command.add(setup.version().server().toString());
        command.addAll(List.of("--name", name, "--data-dir", data().toString()));
        command.addAll(List.of("--listen-client-urls", url(), "--advertise-client-urls", url()));
        command.addAll(List.of("--listen-peer-urls", peerUrl()));
        command.addAll(List.of("--initial-advertise-peer-urls", peerUrl()));
        command.addAll(List.of("--listen-metrics-urls", "http://127.0.0.1:" + metricsPort));
        command.addAll(List.of("--initial-cluster-token", token, "--initial-cluster"));
        command.add(String.join(",", cluster.stream().map(EtcdMember::asPeer).toList()));
        command.addAll(List.of("--heartbeat-interval", "50", "--election-timeout", "500"));
        command.addAll(List.of("--logger", "zap"));
        if (!setup.version().isOld()) {
            command.add("--unsafe-no-fsync");
        }
        setup.tls().ifPresent(tls -> command.addAll(tls.flags()));
        command.addAll(setup.flags());
        process = Program.start(command, log());
    }

    /** The process ends by itself. */
    public void stop() {
        end(false);
    }

    public void kill() {
        end(true);
    }

    private void end(boolean forcibly) {
        Process running = process;
        if (running != null) {
            var _ = forcibly ? running.destroyForcibly() : running.toHandle().destroy();
            var _ = running.onExit().orTimeout(30, TimeUnit.SECONDS).join();
            process = null;
        }
    }

    /** It stays connected and says nothing. */
    public void pause() {
        signal("STOP");
    }

    public void goOn() {
        signal("CONT");
    }

    private void signal(String signal) {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException(name + " does not run");
        }
        Program.run("kill", "-" + signal, Long.toString(running.pid())).expectSuccess();
    }

    public boolean runs() {
        return process != null && process.isAlive();
    }

    /** It answers, and there is a leader behind it. */
    public boolean isHealthy() {
        return get("/health").filter(text -> text.contains("\"health\":\"true\"")).isPresent();
    }

    /** How often calls of that method, as Txn, ended with that code, as OK, in this life. */
    public long handled(String method, String code) {
        return get("/metrics")
                .orElse("")
                .lines()
                .filter(line -> line.startsWith("grpc_server_handled_total{"))
                .filter(line -> line.contains("grpc_method=\"" + method + "\""))
                .filter(line -> line.contains("grpc_code=\"" + code + "\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf('}') + 1)))
                .sum();
    }

    private Optional<String> get(String path) {
        var request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:%d%s".formatted(metricsPort, path)))
                        .timeout(Duration.ofSeconds(3))
                        .build();
        try {
            var answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** The end of its log, for people. */
    String lastWords() {
        try {
            List<String> lines = Files.exists(log()) ? Files.readAllLines(log()) : List.of();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
