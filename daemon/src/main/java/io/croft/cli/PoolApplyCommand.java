package io.croft.cli;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.croft.adapter.wire.ErrorWire;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.CreatePoolRequest;
import io.croft.proto.v1.GetPoolRequest;
import io.croft.proto.v1.Pool;
import io.croft.proto.v1.PoolSpec;
import io.croft.proto.v1.UpdatePoolRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code croft pool apply}: makes the pools of a file, and changes those that differ from it. */
@Command(
        name = "apply",
        description = {
            "Makes the pools of a file, and changes those that differ from it. Harmless when repeated.",
            "What the file leaves out gets its default; range and block size of a pool never change."
        },
        footer = {
            "",
            "Examples:",
            "  croft pool apply -f pools.yaml",
            "  echo '{\"name\": \"pods\", \"cidr\": \"10.1.0.0/16\", \"isDefault\": true}' | croft pool apply -f -"
        })
final class PoolApplyCommand extends AgentCall {
    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "YAML or JSON, one or many pools; - reads standard input.")
    private String file;

    @Override
    Exit ask(Admin agent, Output output) {
        // All of the file is read before anything changes.
        List<PoolFile.Wanted> wanted = PoolFile.parse(read());
        for (PoolFile.Wanted each : wanted) {
            Optional<Pool> present = present(agent, each.name());
            if (present.isPresent()) {
                change(agent, output, each, present.get());
            } else {
                create(agent, output, each);
            }
        }
        return Exit.OK;
    }

    private String read() {
        try {
            return file.equals("-")
                    ? new String(terminal().in().readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (IOException unreadable) {
            throw Rejection.invalid("file", file, "cannot be read: " + unreadable.getMessage())
                    .asException();
        }
    }

    private static Optional<Pool> present(Admin agent, String name) {
        try {
            var request = GetPoolRequest.newBuilder().setName(name).build();
            return Optional.of(agent.call().getPool(request).getPool());
        } catch (StatusRuntimeException refused) {
            if (ErrorWire.read(refused).filter(r -> r.reason() == Reason.POOL_UNKNOWN).isEmpty()) {
                throw refused;
            }
            return Optional.empty();
        }
    }

    private void create(Admin agent, Output output, PoolFile.Wanted wanted) {
        var request = CreatePoolRequest.newBuilder().setName(wanted.name()).setSpec(wanted.spec());
        var made = agent.call().createPool(request.build());
        made.getWarningsList().forEach(each -> terminal().err().println("warning: " + each));
        output.one(made.getPool(), () -> "pool %s created%n".formatted(wanted.name()));
    }

    private void change(Admin agent, Output output, PoolFile.Wanted wanted, Pool present) {
        var request =
                UpdatePoolRequest.newBuilder()
                        .setName(wanted.name())
                        .setSpec(wanted.spec())
                        .setEtag(present.getEtag());
        // A dry run fills in the defaults, so that only real differences are changes.
        PoolSpec next =
                agent.call().updatePool(request.setValidateOnly(true).build()).getPool().getSpec();
        List<String> changes = changes(present.getSpec(), next);
        if (changes.isEmpty()) {
            output.one(present, () -> "pool %s unchanged%n".formatted(wanted.name()));
            return;
        }
        var changed = agent.call().updatePool(request.setValidateOnly(false).build());
        changed.getWarningsList().forEach(each -> terminal().err().println("warning: " + each));
        output.one(
                changed.getPool(),
                () -> "pool %s changed: %s%n".formatted(wanted.name(), String.join(", ", changes)));
    }

    private static List<String> changes(PoolSpec before, PoolSpec after) {
        var changes = new ArrayList<String>();
        for (FieldDescriptor field : PoolSpec.getDescriptor().getFields()) {
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
