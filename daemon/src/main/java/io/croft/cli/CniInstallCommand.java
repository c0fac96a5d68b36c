package io.croft.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.util.Values;
import io.croft.adapter.cni.PluginDirectory;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code croft cni install}: for a node's init container; asks no agent. */
@Command(
        name = "install",
        description = {
            "Copies the CNI plugin, as croft, into the directory where the container runtime looks for plugins.",
            "It is replaced as a whole, or not at all. Harmless when repeated; an equal one stays as it is."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  croft cni install --bin-dir /opt/cni/bin",
            "  croft cni install --bin-dir /host/opt/cni/bin --shim /opt/croft/cni-aarch64/croft"
        })
final class CniInstallCommand implements Callable<Integer>, Where.Given {
    @Mixin private final Where where = new Where();
    @Spec private CommandSpec spec;

    @Option(
            names = "--bin-dir",
            required = true,
            paramLabel = "DIR",
            description = "Directory of CNI plugins; it must be there.")
    private Path binDir;

    @Option(
            names = "--shim",
            paramLabel = "FILE",
            description = "The plugin; else cni/croft of the distribution that runs.")
    private @Nullable Path shim;

    @Override
    public Where where() {
        return where;
    }

    @Override
    public Integer call() {
        var plugins = new PluginDirectory(binDir.toAbsolutePath().normalize());
        boolean changed = plugins.install(Optional.ofNullable(shim).orElseGet(this::ours));
        String path = plugins.shim().toString();
        var told =
                Struct.newBuilder()
                        .putFields("path", Values.of(path))
                        .putFields("changed", Values.of(changed))
                        .build();
        var terminal = ((Croft) spec.root().userObject()).terminal();
        new Output(terminal, Where.format(spec))
                .one(
                        told,
                        () -> "%s %s%n".formatted(path, changed ? "installed" : "is up to date"));
        return Exit.OK.code();
    }

    /** Beside the Java runtime, which is {@code lib/runtime} of the distribution. */
    private Path ours() {
        return Path.of(System.getProperty("java.home"), "..", "..", "cni", "croft")
                .toAbsolutePath()
                .normalize();
    }
}
