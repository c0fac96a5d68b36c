package io.croft.cli;

import io.croft.adapter.wire.ErrorWire;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells people why a command failed, and programs by the exit code. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private static final Pattern CANDIDATES = Pattern.compile("expected one of \\[[^\\]]*\\]");

    private final PrintWriter err;

    Failures(Terminal terminal) {
        this.err = terminal.err();
    }

    @Override
    public int handleParseException(ParameterException wrong, String[] args) {
        CommandLine command = wrong.getCommandLine();
        err.println("croft: " + asHelpHasIt(String.valueOf(wrong.getMessage())));
        CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err);
        err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
        return Exit.USAGE.code();
    }

    /** Values of an enum are shown in lower case, as help has them. */
    private static String asHelpHasIt(String message) {
        return CANDIDATES
                .matcher(message)
                .replaceAll(
                        found -> Matcher.quoteReplacement(found.group().toLowerCase(Locale.ROOT)));
    }

    @Override
    public int handleExecutionException(
            Exception failure, CommandLine command, ParseResult parsed) {
        return switch (failure) {
            case ParameterException wrong -> handleParseException(wrong, new String[0]);
            case RejectedException refused -> say(refused.rejection(), "");
            case CallFailedException call -> say(call);
            default -> {
                err.println("croft: " + failure);
                yield Exit.OPERATOR.code();
            }
        };
    }

    private int say(Rejection why, String requestId) {
        String request = requestId.isEmpty() ? "" : "; request " + requestId;
        err.println("croft: " + why.reason() + ": " + why.sentence() + request);
        return Exit.of(why.reason().action()).code();
    }

    private int say(CallFailedException call) {
        Optional<Rejection> why = ErrorWire.read(call.failure());
        if (why.isPresent()) {
            return say(why.get(), ErrorWire.requestId(call.failure()).orElse(""));
        }
        return switch (call.failure().getStatus().getCode()) {
            case UNAVAILABLE -> {
                err.println("croft: " + unreachable(call.socket(), call.failure()));
                yield Exit.NO_AGENT.code();
            }
            case DEADLINE_EXCEEDED -> {
                err.println("croft: the agent did not answer in time; look before repeating");
                yield Exit.UNKNOWN.code();
            }
            case RESOURCE_EXHAUSTED -> {
                err.println("croft: " + text(call.failure().getStatus()));
                yield Exit.REFUSED.code();
            }
            case UNIMPLEMENTED -> {
                err.println("croft: the agent does not know this command; update the agent");
                yield Exit.OPERATOR.code();
            }
            default -> {
                err.println("croft: " + text(call.failure().getStatus()));
                yield Exit.OPERATOR.code();
            }
        };
    }

    private static String text(Status status) {
        String description = status.getDescription();
        return status.getCode() + (description == null ? "" : ": " + description);
    }

    /** Which socket, whether it is there and whose it is, and what to start. */
    private static String unreachable(Path socket, StatusRuntimeException failure) {
        String what = "no agent answers on " + socket.toAbsolutePath();
        if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            Path directory = socket.toAbsolutePath().getParent();
            boolean hidden =
                    directory != null && Files.exists(directory) && !Files.isExecutable(directory);
            return hidden
                    ? what + ": its directory may not be searched by this user; call as root"
                    : what + ": there is no such socket; " + start();
        }
        String whose = owner(socket);
        Throwable cause = failure.getStatus().getCause();
        boolean denied = cause != null && String.valueOf(cause).contains("Permission denied");
        return denied
                ? what + ": it belongs to " + whose + "; call as that user or as root"
                : what
                        + ": the socket is there and belongs to "
                        + whose
                        + ", but nobody listens; "
                        + start();
    }

    private static String start() {
        return "start the agent with systemctl start croft, or name its run directory with --run-dir";
    }

    private static String owner(Path socket) {
        try {
            return Files.getOwner(socket).getName();
        } catch (IOException unknown) {
            return "somebody";
        }
    }
}
