package io.croft.cli;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.Struct;
import com.google.protobuf.util.Values;
import io.croft.adapter.cni.ConfDirectory;
import io.croft.adapter.cni.PluginDirectory;
import io.croft.adapter.wire.ErrorWire;
import io.croft.agent.Clearance;
import io.croft.agent.StoreChoice;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.GetAgentRequest;
import io.croft.proto.v1.GetAgentResponse;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code croft cni remove}: takes Croft off a node, in an order in which every pod can still be
 * deleted. Each step is harmless when repeated.
 */
@Command(
        name = "remove",
        description = {
            "Takes Croft off this node, beside its agent, when no pod has an address of it any more:",
            "the network configuration, with etcd the node's place in the cluster, then the plugin;",
            "with --state-dir and the embedded store it waits for the addresses that rest, too.",
            "Until then everything stays: without configuration or plugin no pod can be deleted."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  croft cni remove --bin-dir /opt/cni/bin --conf-dir /etc/cni/net.d --name 10-croft.conflist",
            "  croft cni remove --wait --bin-dir /opt/cni/bin --state-dir /var/lib/croft"
        })
final class CniRemoveCommand extends AgentCall {
    @Option(
            names = "--bin-dir",
            required = true,
            paramLabel = "DIR",
            description = "Directory of CNI plugins, from which croft is removed.")
    private Path binDir;

    @Option(
            names = "--conf-dir",
            paramLabel = "DIR",
            description = "Directory of network configurations.")
    private @Nullable Path confDir;

    @Option(
            names = "--name",
            paramLabel = "FILE",
            description = "Name of the configuration in it that is removed; else none is.")
    private @Nullable String name;

    @Option(
            names = "--wait",
            description =
                    "Wait for pods and agent as long as it takes, then stay until SIGTERM: for a container beside the agent.")
    private boolean wait;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description =
                    "With --wait: on SIGTERM wait for the agent's end, then remove what is in this directory and in the run directory.")
    private @Nullable Path stateDir;

    private String waits = "";
    private boolean justTaken;
    private boolean taken;

    @Override
    public Integer call() throws Exception {
        if ((confDir == null) != (name == null)) {
            throw usage("--conf-dir and --name go together");
        }
        if (name != null && (name.isEmpty() || name.startsWith(".") || name.contains("/"))) {
            throw usage("--name must be the name of a file, without its directory");
        }
        if (stateDir != null && !wait) {
            throw usage("--state-dir goes with --wait: it is the agent's until that has ended");
        }
        String said = "";
        while (!round()) {
            // Whoever began just now is given the configuration back by the next round.
            if (!wait && !justTaken) {
                terminal().err().println("croft: not removed yet: waits " + waits);
                return Exit.RETRY.code();
            }
            if (!waits.equals(said)) {
                said = waits;
                terminal().err().println("waiting " + said);
            }
            pause(Departure.STEP);
        }
        if (wait) {
            new CountDownLatch(1).await();
        }
        return Exit.OK.code();
    }

    /** Each has a connection of its own: the agent may begin, end and begin again meanwhile. */
    private boolean round() throws Exception {
        try {
            return super.call() == Exit.OK.code();
        } catch (CallFailedException failed) {
            if (!wait) {
                if (taken) {
                    putBack();
                }
                throw failed;
            }
            waits =
                    "for the agent on %s: %s"
                            .formatted(
                                    failed.socket(),
                                    ErrorWire.read(failed.failure())
                                            .map(Rejection::sentence)
                                            .orElse(
                                                    failed.failure()
                                                            .getStatus()
                                                            .getCode()
                                                            .toString()));
            return false;
        }
    }

    @Override
    Exit ask(Admin agent, Output output) {
        justTaken = false;
        GetAgentResponse now = agent.call().getAgent(GetAgentRequest.getDefaultInstance());
        if (now.getAllocations() > 0) {
            putBack();
            return waits("for %s to be deleted".formatted(attachments(now)));
        }
        justTaken = takeConf();
        if (justTaken) {
            return waits("for pods that began just now");
        }
        Optional<String> other = conf().map(ConfDirectory::look).flatMap(ConfDirectory.Seen::ours);
        if (other.isPresent()) {
            return waits(
                    "for %s in %s, by which pods would still ask Croft, to be changed or removed"
                            .formatted(other.get(), confDir));
        }
        if (now.getStore().equals(StoreChoice.EMBEDDED)) {
            // Their rest is in the state directory only, and would be forgotten with it.
            if (stateDir != null && now.getResting() > 0) {
                return waits("for " + Departure.rest(now, "the pool's cooldown"));
            }
        } else if (Departure.step(agent).isEmpty()) {
            return waits(Departure.waits(now));
        }
        conf().ifPresent(dir -> dir.remove(confName()));
        new PluginDirectory(binDir.toAbsolutePath().normalize()).remove();
        // Before it is told: who hears of it may end this process at once.
        clearAtEnd();
        output.one(
                Struct.newBuilder().putFields("removed", Values.of(true)).build(),
                () -> "removed%n".formatted());
        return Exit.OK;
    }

    private Exit waits(String what) {
        waits = what;
        return Exit.RETRY;
    }

    private static String attachments(GetAgentResponse now) {
        return "%s with %s"
                .formatted(
                        Words.count(now.getAllocations(), "attachment"),
                        Words.count(now.getHeld(), "address"));
    }

    private Optional<ConfDirectory> conf() {
        return Optional.ofNullable(confDir)
                .map(dir -> new ConfDirectory(dir.toAbsolutePath().normalize()));
    }

    /** True: it is gone since now; somebody may have been given an address by it still. */
    private boolean takeConf() {
        boolean now = conf().filter(dir -> dir.take(confName())).isPresent();
        taken |= now;
        return now;
    }

    /** Who was given an address in the last moment could not be deleted without it. */
    private void putBack() {
        conf().ifPresent(dir -> dir.putBack(confName()));
        taken = false;
    }

    /** Of the file in {@link #conf}. */
    private String confName() {
        return requireNonNull(name);
    }

    private void clearAtEnd() {
        if (stateDir != null) {
            new Clearance(
                            stateDir.toAbsolutePath().normalize(),
                            Where.runDir(command(), terminal()).toAbsolutePath().normalize())
                    .atEnd(done -> terminal().err().println(done));
        }
    }
}
