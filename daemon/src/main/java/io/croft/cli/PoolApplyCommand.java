package io.croft.cli;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.croft.agent.Options;
import io.croft.agent.SharedStore;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.AppliedExternalRange;
import io.croft.proto.v1.AppliedPool;
import io.croft.proto.v1.ApplyPoolsRequest;
import io.croft.proto.v1.ApplyPoolsResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code croft pool apply}: makes the pools and external ranges of a file, and changes those that
 * differ from it.
 */
@Command(
        name = "apply",
        description = {
            "Makes the pools and external ranges of a file, and changes those that differ from it: all of them or, if one is refused, none.",
            "Harmless when repeated.",
            "With --store and --cluster it asks that etcd instead of an agent.",
            "What the file leaves out gets its default; range and block size of a pool never change."
        },
        footer = {
            "",
            "Examples:",
            "  croft pool apply -f pools.yaml",
            "  croft pool apply -f pools.yaml --store http://10.0.0.1:2379 --cluster prod",
            "  echo '{\"name\": \"pods\", \"cidr\": \"10.1.0.0/16\", \"isDefault\": true}' | croft pool apply -f -"
        })
final class PoolApplyCommand extends AgentCall {
    private static final String CREATED = "created";

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "YAML or JSON, one or many pools and ranges; - reads standard input.")
    private String file;

    /** The command with the flags that name an etcd. */
    CommandLine commandLine() {
        return TableFlags.add(new CommandLine(this), Options.OF_STORE);
    }

    /** With an etcd on the command line there is no agent in between. */
    @Override
    public Integer call() throws Exception {
        var flags = TableFlags.given(command(), Options.OF_STORE);
        if (flags.isEmpty()) {
            return super.call();
        }
        if (!flags.containsKey(Options.STORE)) {
            throw usage("without --store the agent is asked, and options of the store are its own");
        }
        ApplyPoolsRequest wanted = PoolFile.parse(file, read());
        try (var store = SharedStore.open(flags, terminal().environment())) {
            show(
                    store.apply(wanted, odd -> terminal().err().println("warning: " + odd)),
                    new Output(terminal(), Where.format(command())));
        } finally {
            terminal().out().flush();
        }
        return Exit.OK.code();
    }

    @Override
    Exit ask(Admin agent, Output output) {
        ApplyPoolsRequest request = PoolFile.parse(file, read());
        ApplyPoolsResponse applied = agent.call().applyPools(request);
        show(applied, output);
        if (applied.getExternalRangesCount() < request.getExternalRangesCount()) {
            terminal()
                    .err()
                    .println(
                            "croft: the agent does not know external ranges in files and left them out; update it");
            return Exit.OPERATOR;
        }
        return Exit.OK;
    }

    private String read() {
        try {
            return file.equals("-")
                    ? new String(terminal().in().readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (NoSuchFileException missing) {
            throw Rejection.invalid("file", file, "there is no such file")
                    .remedy("name a file that is there, or - for standard input")
                    .asException();
        } catch (IOException unreadable) {
            throw Rejection.invalid("file", file, "cannot be read: " + unreadable).asException();
        }
    }

    private void show(ApplyPoolsResponse applied, Output output) {
        for (AppliedExternalRange each : applied.getExternalRangesList()) {
            String done =
                    each.hasBefore() ? done(changes(each.getBefore(), each.getRange())) : CREATED;
            output.one(
                    each.getRange(),
                    () -> "external range %s %s%n".formatted(each.getRange().getName(), done));
        }
        for (AppliedPool each : applied.getPoolsList()) {
            List<String> changes =
                    each.hasBefore()
                            ? changes(each.getBefore(), each.getPool().getSpec())
                            : List.of("");
            String done = each.hasBefore() ? done(changes) : CREATED;
            output.one(
                    each.getPool(), () -> "pool %s %s%n".formatted(each.getPool().getName(), done));
            if (!changes.isEmpty()) {
                each.getWarningsList()
                        .forEach(warning ->
                                terminal()
                                        .err()
                                        .println(
                                                "warning: pool %s: %s"
                                                        .formatted(
                                                                each.getPool().getName(),
                                                                warning)));
            }
        }
        if (applied.getPoolsCount() + applied.getExternalRangesCount() == 0) {
            terminal().err().println("warning: there is no pool in %s".formatted(file));
        }
    }

    private static String done(List<String> changes) {
        return changes.isEmpty() ? "unchanged" : "changed: " + String.join(", ", changes);
    }

    private static <M extends Message> List<String> changes(M before, M after) {
        var changes = new ArrayList<String>();
        for (FieldDescriptor field : before.getDescriptorForType().getFields()) {
            if (!before.getField(field).equals(after.getField(field))) {
                changes.add(
                        "%s %s -> %s"
                                .formatted(
                                        field.getJsonName(),
                                        text(before.getField(field)),
                                        text(after.getField(field))));
            }
        }
        return changes;
    }

    private static String text(Object value) {
        return value instanceof com.google.protobuf.Duration time
                ? Times.text(Times.of(time))
                : value.toString().replaceAll("\\s+", " ").strip();
    }
}
