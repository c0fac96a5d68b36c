package io.croft.cli;

import io.croft.agent.SharedStore;
import io.croft.proto.v1.StoreGrant;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code croft store grant}. */
@Command(
        name = "grant",
        description = {
            "Makes an etcd user, with a role, who may read and write the keys of the cluster and nothing else.",
            "Run it as etcd's root. Harmless when repeated; a user who has other roles is refused."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  croft store grant --user croft --password-file /etc/croft/password --store https://10.0.0.1:2379 --cluster prod \\",
            "    --store-user root --store-password-file /root/etcd-password",
            "  croft store grant --user croft-agent   # without a password: by the name in its certificate"
        })
final class StoreGrantCommand extends StoreCall {
    @Option(
            names = "--user",
            required = true,
            paramLabel = "NAME",
            description = "The user, as agents say with --store-user.")
    private String user;

    @Option(
            names = "--password-file",
            paramLabel = "FILE",
            description =
                    "File whose first line is the user's password. Without it a new user has none and is known by a certificate.")
    private @Nullable Path passwordFile;

    @Override
    Exit ask(SharedStore store, Output output) {
        StoreGrant granted =
                store.grant(user, Optional.ofNullable(passwordFile).map(Path::toAbsolutePath));
        output.one(granted, () -> text(granted));
        return Exit.OK;
    }

    private static String text(StoreGrant granted) {
        var text = new StringBuilder();
        granted.getChangesList().forEach(each -> text.append(each).append('\n'));
        return text.append(
                        "user %s may read and write %s%s%n"
                                .formatted(
                                        granted.getUser(),
                                        granted.getPrefix(),
                                        granted.getChangesCount() == 0 ? " already" : ""))
                .toString();
    }
}
