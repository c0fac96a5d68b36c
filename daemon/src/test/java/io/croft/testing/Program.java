package io.croft.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program as a child process. Whatever was started here ends with the test's JVM at the latest,
 * by its own process id.
 */
public final class Program {
    private static final Duration USUAL = Duration.ofSeconds(40);
    private static final Set<Process> LIVING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> LIVING.forEach(Process::destroyForcibly), "end-children"));
    }

    /** How a program ended, and what it wrote. */
    public record Outcome(List<String> command, int exit, String out, String err) {
        /** Fails unless it ended well; gives what it wrote to stdout. */
        public String expectSuccess() {
            if (exit != 0) {
                throw new AssertionError(this);
            }
            return out;
        }

        @Override
        public String toString() {
            return "%s ended with %d\nstdout: %s\nstderr: %s".formatted(command, exit, out, err);
        }
    }

    private final List<String> command;
    private final Process process;
    private final CompletableFuture<String> out;
    private final CompletableFuture<String> err;

    private Program(List<String> command, Process process) {
        this.command = command;
        this.process = process;
        this.out = reading(process.getInputStream());
        this.err = reading(process.getErrorStream());
    }

    /** The binaries under test. */
    public static Path dist() {
        String dist = System.getProperty("croft.dist", "");
        Path path = Path.of(dist);
        if (dist.isEmpty() || !Files.isExecutable(path.resolve("bin/croft"))) {
            throw new IllegalStateException(
                    "no binaries: -Dcroft.dist=\"%s\" must name what ./dev build made"
                            .formatted(dist));
        }
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new IllegalStateException("tests with real processes need root");
        }
        return path.toAbsolutePath().normalize();
    }

    /** Starts it with that environment and nothing else of ours but PATH. */
    public static Program start(
            List<String> command, Map<String, String> environment, String stdin) {
        var builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().putAll(environment);
        try {
            Process process = register(builder.start());
            try (var in = process.getOutputStream()) {
                in.write(stdin.getBytes(StandardCharsets.UTF_8));
            } catch (IOException closed) {
                // It ended without reading all; how is said by its exit.
            }
            return new Program(command, process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Outcome run(List<String> command, Map<String, String> environment, String stdin) {
        return start(command, environment, stdin).await();
    }

    public static Outcome run(String... command) {
        return run(List.of(command), Map.of(), "");
    }

    /** Sees to it that the process does not outlive this JVM. */
    public static Process register(Process process) {
        LIVING.add(process);
        var _ = process.onExit().thenAccept(LIVING::remove);
        return process;
    }

    /** Starts one of our own environment; what it says is appended to the file. */
    public static Process start(List<String> command, Path log) {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        try {
            return register(
                    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its end; one that does not come in time is a failure, and made. */
    public Outcome await() {
        awaitDeath();
        try {
            return new Outcome(command, process.exitValue(), text(out), text(err));
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError(command + " was interrupted", e);
        }
    }

    /** Waits for its death alone: what it started may live on and hold its output. */
    public void awaitDeath() {
        try {
            if (!process.waitFor(USUAL.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " did not end in " + USUAL);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError(command + " was interrupted", e);
        }
    }

    /** Sends SIGKILL to it, and not to what it started. */
    public void shoot() {
        // Process itself would close our end of its pipes, too.
        process.toHandle().destroyForcibly();
    }

    /** Kills it; what it started may still write, and the outcome waits for that. */
    public Outcome kill() {
        shoot();
        return await();
    }

    public long pid() {
        return process.pid();
    }

    private static String text(CompletableFuture<String> read) throws InterruptedException {
        try {
            return read.get(USUAL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("its output did not end", e);
        }
    }

    private static CompletableFuture<String> reading(InputStream from) {
        var text = new CompletableFuture<String>();
        Thread.ofVirtual()
                .start(() -> {
                    try (from) {
                        text.complete(new String(from.readAllBytes(), StandardCharsets.UTF_8));
                    } catch (IOException e) {
                        text.completeExceptionally(e);
                    }
                });
        return text;
    }
}
