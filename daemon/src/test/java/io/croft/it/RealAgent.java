package io.croft.it;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The real agent on directories of one test: started, killed, stopped, started again. Its log is
 * kept over all of its lives and printed when it does not get ready.
 */
final class RealAgent implements AutoCloseable {
    private static final String READY = " ready ";

    private final Path dir;
    private final LogFile log;
    private final Path bootId;
    private final Map<String, String> arguments = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> flags = new ArrayList<>();
    private List<String> under = List.of();
    private @Nullable Process process;

    /** An agent with the directories {@code state} and {@code run} in that one. */
    RealAgent(Path dir) {
        this(dir, "agent.log");
    }

    /** Another agent on the same directories, with a log of its own. */
    RealAgent(Path dir, String log) {
        this.dir = dir;
        this.log = new LogFile(dir.resolve(log));
        this.bootId = dir.resolve("boot_id");
        if (!Files.exists(bootId)) {
            Place.copy(Path.of("/proc/sys/kernel/random/boot_id"), bootId);
        }
        with("node", "it").with("hardware-id", "it").with("metrics-address", "off");
        with("state-dir", dir.resolve("state").toString()).with("run-dir", run().toString());
        with("boot-id-file", bootId.toString());
        flags.add("--single-node");
    }

    RealAgent with(String option, String value) {
        arguments.put("--" + option, value);
        return this;
    }

    RealAgent withFlag(String flag) {
        flags.add("--" + flag);
        return this;
    }

    /** Started by another program, which becomes it. */
    RealAgent under(String... program) {
        under = List.of(program);
        return this;
    }

    RealAgent withEnvironment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** It shares the pools of a cluster with others, by the etcd at those endpoints. */
    RealAgent onStore(String endpoints, String cluster) {
        flags.remove("--single-node");
        return with("store", endpoints).with("cluster", cluster);
    }

    Path state() {
        return dir.resolve("state");
    }

    Path run() {
        return dir.resolve("run");
    }

    Path socket() {
        return run().resolve("cni.sock");
    }

    Shim shim() {
        return Shim.on(socket());
    }

    /** Starts it and waits until it says that it is ready. */
    RealAgent start() {
        return spawn().awaitReady();
    }

    /** Starts it and does not wait. */
    RealAgent spawn() {
        List<String> command = new ArrayList<>(under);
        command.add(Program.dist().resolve("bin/croft").toString());
        command.add("agent");
        arguments.forEach((option, value) -> command.addAll(List.of(option, value)));
        command.addAll(flags);
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("CROFT_"));
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(log.begin());
        try {
            process = Program.register(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    RealAgent awaitReady() {
        return awaitLog(READY);
    }

    /** Waits for a word in the log of this life. */
    RealAgent awaitLog(String word) {
        Eventually.holds(
                this::log,
                () -> {
                    // Looked at before the log: what an ended agent wrote is all there.
                    boolean alive = isAlive();
                    if (log.life().contains(word)) {
                        return true;
                    }
                    if (!alive) {
                        throw new AssertionError(
                                "the agent ended before \"" + word + "\":\n" + log());
                    }
                    return false;
                });
        return this;
    }

    /** Waits for its end, which it comes to by itself; the exit code. */
    int awaitEnd() {
        try {
            return running().onExit().orTimeout(30, TimeUnit.SECONDS).join().exitValue();
        } catch (CompletionException e) {
            throw new AssertionError("the agent does not end:\n" + log(), e);
        }
    }

    /** SIGKILL. */
    RealAgent kill() {
        running().destroyForcibly();
        awaitEnd();
        return this;
    }

    /** SIGTERM. */
    RealAgent stop() {
        running().destroy();
        awaitEnd();
        return this;
    }

    RealAgent signal(String name) {
        Program.run("kill", "-s", name, Long.toString(running().pid())).expectSuccess();
        return this;
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** From the next start on the machine seems to have booted again. */
    RealAgent reboot() {
        Place.write(bootId, UUID.randomUUID() + "\n");
        return this;
    }

    /** The command line; words are separated by blanks. */
    Program.Outcome croft(String words) {
        return new CroftCommand(run()).run(words);
    }

    /** What a listing command prints as JSON. */
    JsonArray list(String words) {
        return new CroftCommand(run()).json(words).getAsJsonArray();
    }

    JsonObject status() {
        return new CroftCommand(run()).json("status").getAsJsonObject();
    }

    /** All that it wrote to stderr, in all of its lives. */
    String log() {
        return log.text();
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("the agent was not started");
        }
        return process;
    }

    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }
}
