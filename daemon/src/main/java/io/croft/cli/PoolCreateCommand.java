package io.croft.cli;

import com.google.protobuf.util.Durations;
import io.croft.proto.v1.CreatePoolRequest;
import io.croft.proto.v1.CreatePoolResponse;
import io.croft.proto.v1.PoolMode;
import io.croft.proto.v1.PoolSpec;
import io.croft.proto.v1.Route;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code croft pool create}. */
@Command(
        name = "create",
        description = "Makes a pool. The next pod on this node can use it.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  croft pool create pods 10.1.0.0/16 --default",
            "  croft pool create pods6 fd00:1::/64 --default",
            "  croft pool create team-a 10.2.0.0/24 --namespace team-a --reserve 10.2.0.10-10.2.0.19",
            "  croft pool create lan 192.0.2.0/24 --mode l2 --gateway 192.0.2.1 --route 0.0.0.0/0"
        })
final class PoolCreateCommand extends AgentCall {
    enum Mode {
        GATEWAY,
        ROUTED,
        L2
    }

    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the pool.")
    private String name;

    @Parameters(index = "1", paramLabel = "CIDR", description = "Its range; never changes.")
    private String cidr;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "Form of the addresses: gateway (default), routed or l2.")
    private Mode mode = Mode.GATEWAY;

    @Option(
            names = "--gateway",
            paramLabel = "A",
            description = "Gateway of the results; mode gateway takes the range's first address.")
    private String gateway = "";

    @Option(
            names = "--block-size",
            paramLabel = "N",
            description = "Prefix length of a block; else chosen from the range. Never changes.")
    private int blockSize;

    @Option(
            names = "--namespace",
            paramLabel = "GLOB",
            description = "Pod namespace that alone may use the pool. Repeatable.")
    private List<String> namespaces = new ArrayList<>();

    @Option(
            names = "--reserve",
            paramLabel = "CIDR|RANGE",
            description =
                    "Addresses that no pod gets, as 10.1.0.0/28 or 10.1.0.5-10.1.0.9. Repeatable.")
    private List<String> reserved = new ArrayList<>();

    @Option(
            names = "--cooldown",
            paramLabel = "TIME",
            converter = Times.Converter.class,
            description = "How long a released address rests; default 130s, at least 30s.")
    private @Nullable Duration cooldown;

    @Option(
            names = "--priority",
            paramLabel = "N",
            description = "Higher goes first among pools that serve a pod equally; default 0.")
    private int priority;

    @Option(
            names = "--node",
            paramLabel = "GLOB",
            description =
                    "Node name, or KEY=VALUE of an agent's label, that alone may use the pool. Repeatable.")
    private List<String> nodes = new ArrayList<>();

    @Option(
            names = "--route",
            paramLabel = "DST[,GW]",
            description = "Route of the results. Repeatable.")
    private List<String> routes = new ArrayList<>();

    @Option(
            names = "--max-blocks",
            paramLabel = "N",
            description = "Blocks that one node may own; default 0, no limit.")
    private int maxBlocks;

    @Option(names = "--description", paramLabel = "TEXT", description = "For people.")
    private String description = "";

    @Option(names = "--default", description = "Serve pods that no other pool wants.")
    private boolean byDefault;

    @Option(names = "--dry-run", description = "Check and show, but change nothing.")
    private boolean dryRun;

    @Override
    Exit ask(Admin agent, Output output) {
        var request =
                CreatePoolRequest.newBuilder()
                        .setName(name)
                        .setSpec(spec())
                        .setValidateOnly(dryRun)
                        .build();
        CreatePoolResponse made = agent.call().createPool(request);
        String done = dryRun ? "pool %s can be created%n" : "pool %s created%n";
        output.one(made.getPool(), () -> done.formatted(name) + Pools.text(made.getPool()));
        made.getWarningsList()
                .forEach(each ->
                        terminal().err().println("warning: pool %s: %s".formatted(name, each)));
        return Exit.OK;
    }

    private PoolSpec spec() {
        var spec =
                PoolSpec.newBuilder()
                        .setCidr(cidr)
                        .setMode(
                                PoolMode.valueOf(
                                        "POOL_MODE_" + mode.name().toUpperCase(Locale.ROOT)))
                        .setGateway(gateway)
                        .setBlockPrefixLength(blockSize)
                        .addAllNamespaces(namespaces)
                        .addAllReserved(reserved)
                        .setPriority(priority)
                        .addAllNodes(nodes)
                        .setMaxBlocksPerNode(maxBlocks)
                        .setDescription(description)
                        .setIsDefault(byDefault);
        if (cooldown != null) {
            spec.setCooldown(Durations.fromMillis(cooldown.toMillis()));
        }
        routes.forEach(route -> spec.addRoutes(route(route)));
        return spec.build();
    }

    private static Route route(String text) {
        int comma = text.indexOf(',');
        return comma < 0
                ? Route.newBuilder().setDestination(text).build()
                : Route.newBuilder()
                        .setDestination(text.substring(0, comma))
                        .setGateway(text.substring(comma + 1))
                        .build();
    }
}
