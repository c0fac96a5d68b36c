package io.croft.agent;

import io.croft.adapter.cni.ConfDirectory;
import io.croft.adapter.file.NioDisk;
import io.croft.adapter.file.StateDirectory;
import io.croft.adapter.host.BootFacts;
import io.croft.adapter.host.Randomness;
import io.croft.adapter.host.ServiceSocket;
import io.croft.adapter.host.SystemClock;
import io.croft.adapter.http.HttpEndpoint;
import io.croft.adapter.observe.DecisionLog;
import io.croft.adapter.observe.EventFeed;
import io.croft.adapter.observe.Listeners;
import io.croft.adapter.observe.LogBridge;
import io.croft.adapter.observe.LogLevel;
import io.croft.adapter.observe.LogWriter;
import io.croft.adapter.observe.MetricName;
import io.croft.adapter.observe.Metrics;
import io.croft.adapter.observe.NodeFigures;
import io.croft.core.rejection.Reason;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The agent's process: takes the state directory, serves from it until it gets SIGTERM, and leaves
 * it as a whole. A failing journal ends the process at once, without an answer to anybody; the next
 * start replays.
 */
public final class Agent {
    private static final int FAILED = 70;

    private static final Duration HEAP_LOOK_PERIOD = Duration.ofSeconds(10);

    private final AgentConfig config;
    private final SystemClock clock = SystemClock.open();
    private final LogWriter log;
    private final ServiceSocket manager;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean waiting;

    private Agent(AgentConfig config) {
        this.config = config;
        var stderr = new FileOutputStream(FileDescriptor.err);
        this.log = new LogWriter(stderr, config.jsonLog(), LogLevel.of(config.logLevel()), clock);
        this.manager = new ServiceSocket(Optional.ofNullable(System.getenv("NOTIFY_SOCKET")));
    }

    /**
     * Runs until SIGTERM; gives the exit code. Refuses to start by a {@link
     * io.croft.core.rejection.RejectedException}.
     */
    public static int run(AgentConfig config) {
        var agent = new Agent(config);
        try {
            return agent.run();
        } catch (IOException failed) {
            throw Reason.CANNOT_START
                    .because("state-dir \"%s\": %s".formatted(config.stateDir(), failed))
                    .with("field", "state-dir")
                    .with("value", config.stateDir().toString())
                    .asException();
        } catch (InterruptedException stopped) {
            return 0;
        } finally {
            agent.log.close();
            agent.stopped.countDown();
        }
    }

    private int run() throws IOException, InterruptedException {
        log.start();
        LogBridge.install(log);
        var boot = BootFacts.read(config.bootIdFile(), config.machineIdFile(), config.hardwareId());
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(main), "croft-stop"));
        try (var directory = StateDirectory.open(new NioDisk(), config.stateDir())) {
            prepareRunDirectory();
            sayWhatIsMissing("cri-socket", config.criSocket());
            sayWhatIsMissing("cni-cache", config.cniCache());
            lock(directory, boot);
            serve(directory, boot);
        }
        return 0;
    }

    /** The runtime may make it later; a wrong path would be told only after many inventories. */
    private void sayWhatIsMissing(String option, Optional<Path> path) {
        path.filter(Files::notExists)
                .ifPresent(missing ->
                        notice(
                                "%s \"%s\" is not there yet; until it is, nothing is freed unasked"
                                        .formatted(option, missing)));
    }

    private void prepareRunDirectory() throws IOException {
        if (!Files.exists(config.runDir())) {
            Files.createDirectory(
                    config.runDir(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
    }

    private void lock(StateDirectory directory, BootFacts boot)
            throws IOException, InterruptedException {
        if (directory.tryLock()) {
            Rehearsal.tidy(config.runDir());
            return;
        }
        if (!config.waitForLock()) {
            throw Reason.CANNOT_START
                    .because(
                            "state-dir \"%s\" is in use by another agent"
                                    .formatted(config.stateDir()))
                    .remedy(
                            "stop that agent, or start this one with --wait-for-lock to take over from it")
                    .with("field", "state-dir")
                    .with("value", config.stateDir().toString())
                    .asException();
        }
        Rehearsal.hold(config.runDir(), boot, clock, quiet(), version());
        say("waiting", Map.of("state_dir", config.stateDir().toString()));
        waiting = true;
        if (stopping.getCount() == 0) {
            throw new InterruptedException("told to stop before the wait");
        }
        directory.lock();
        waiting = false;
        Rehearsal.tidy(config.runDir());
    }

    private void serve(StateDirectory directory, BootFacts boot)
            throws IOException, InterruptedException {
        var feed = new EventFeed(clock);
        var service = new AtomicReference<@Nullable Service>();
        var metrics =
                new Metrics(() ->
                        Optional.ofNullable(service.get())
                                .map(Service::figures)
                                .orElse(NodeFigures.NONE));
        var listeners = new Listeners(metrics, new DecisionLog(log, clock), feed);
        metrics.count(MetricName.LOG_DROPPED, log::dropped);
        metrics.count(MetricName.EVENTS_LOST, feed::lost);
        metrics.count(MetricName.LISTENER_FAILURES, listeners::failures);
        Optional<ConfWatch> conf =
                config.cniConfDir()
                        .map(dir ->
                                new ConfWatch(
                                        new ConfDirectory(dir),
                                        config.cniConflist(),
                                        () ->
                                                Optional.ofNullable(service.get())
                                                        .filter(Service::isServing)
                                                        .isPresent(),
                                        this::notice));
        var ears =
                new Service.Ears(
                        listeners,
                        new LoggedCalls(log, metrics),
                        new FedEvents(feed),
                        this::notice,
                        this::fail);
        var place =
                new Service.Place(
                        config.node(),
                        config.store().cluster(),
                        config.labels(),
                        directory,
                        config.runDir(),
                        config.criSocket(),
                        config.cniCache(),
                        () -> conf.map(ConfWatch::conditions).orElse(List.of()));
        try (var running =
                Service.open(place, opener(directory, metrics), boot, clock, ears, version())) {
            service.set(running);
            Optional<HttpEndpoint> http =
                    config.metricsAddress()
                            .map(address ->
                                    new HttpEndpoint(
                                            address,
                                            Metrics.CONTENT_TYPE,
                                            metrics::scrape,
                                            () -> true,
                                            running::isServing));
            http.ifPresent(HttpEndpoint::start);
            running.start();
            conf.ifPresent(ConfWatch::start);
            say(
                    "ready",
                    Map.of(
                            "node",
                            config.node(),
                            "run_dir",
                            config.runDir().toString(),
                            "version",
                            version()));
            manager.say("READY=1");
            awaitStop();
            manager.say("STOPPING=1");
            conf.ifPresent(ConfWatch::close);
            http.ifPresent(HttpEndpoint::close);
        }
        say("stopped", Map.of("node", config.node()));
    }

    /** Returns when somebody tells it to stop; gives back idle heap meanwhile. */
    private void awaitStop() throws InterruptedException {
        var heap = IdleHeap.ofThisProcess();
        while (!stopping.await(HEAP_LOOK_PERIOD.toSeconds(), TimeUnit.SECONDS)) {
            heap.look();
        }
    }

    private Store.Opener opener(StateDirectory directory, Metrics metrics) {
        return switch (config.store()) {
            case StoreChoice.Embedded _ ->
                    new EmbeddedOpener(new NioDisk(), directory, new Randomness()::uuid, clock);
            case StoreChoice.Shared shared ->
                    new EtcdOpener(
                            shared,
                            new NioDisk(),
                            directory,
                            clock,
                            new Randomness(),
                            metrics::etcdAnswered);
        };
    }

    /** SIGTERM: lets the main thread end in order, also while it waits for a lock. */
    private void stop(Thread main) {
        stopping.countDown();
        try {
            if (waiting) {
                main.interrupt();
            }
            stopped.await();
        } catch (InterruptedException again) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody may be answered any more, so nothing is drained. */
    private void fail(Throwable cause) {
        try {
            log.write(LogLevel.ERROR, "failed", Map.of("message", String.valueOf(cause)));
            log.close();
        } finally {
            Runtime.getRuntime().halt(FAILED);
        }
    }

    private void say(String event, Map<String, String> facts) {
        log.write(LogLevel.INFO, event, facts);
    }

    private void notice(String message) {
        say("notice", Map.of("message", message));
    }

    private Service.Ears quiet() {
        return new Service.Ears(
                new Listeners(),
                new LoggedCalls(log, new Metrics(() -> NodeFigures.NONE)),
                new FedEvents(new EventFeed(clock)),
                this::notice,
                failure -> notice("the warm-up failed: " + failure));
    }

    static String version() {
        return Optional.ofNullable(Agent.class.getPackage().getImplementationVersion())
                .orElse("unpackaged");
    }
}
