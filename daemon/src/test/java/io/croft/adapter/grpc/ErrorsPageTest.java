package io.croft.adapter.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.wire.ErrorWire;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.ErrorReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds {@code docs/errors.md}, the API's list of reasons and the code's together. */
final class ErrorsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "errors.md");
    private static final Path SHIM = Path.of("..", "cni-shim", "src", "reason.rs");
    private static final String REQUEST = "5f0c5f0c5f0c5f0c";
    private static final String PREFIX = "ERROR_REASON_";

    /** What {@code kubectl describe pod} shows of an error at most. */
    private static final int LONGEST_MESSAGE = 300;

    private static final Pattern SECTION =
            Pattern.compile("(?m)^### ([A-Z_]+)\\n+```\\n(.*)\\n```\\n+(.*)$");
    private static final Pattern SHIM_ROW = Pattern.compile("Row\\(\"([A-Z_]+)\", (\\d+),");

    /** One section: the text as people see it, and the line of codes. */
    private record Section(String shown, String codes) {}

    @TempDir private Path directory;

    private static Map<String, Section> page() throws IOException {
        var sections = new LinkedHashMap<String, Section>();
        var found = SECTION.matcher(Files.readString(PAGE));
        while (found.find()) {
            sections.put(found.group(1), new Section(found.group(2), found.group(3)));
        }
        return sections;
    }

    @Test
    void hasTheReasonsOfTheApiAndOfTheCode() throws Exception {
        Set<String> code =
                Arrays.stream(Reason.values()).map(Reason::name).collect(Collectors.toSet());
        Set<String> api =
                Arrays.stream(ErrorReason.values())
                        .map(ErrorReason::name)
                        .filter(name -> name.startsWith(PREFIX))
                        .map(name -> name.substring(PREFIX.length()))
                        .filter(name -> !name.equals("UNSPECIFIED"))
                        .collect(Collectors.toSet());
        assertEquals(api, code);
        assertEquals(List.of(), code.stream().filter(r -> !sections().contains(r)).toList());
    }

    private static Set<String> sections() {
        try {
            return page().keySet();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    @Test
    void showsEachTextAsTheCodeMakesIt() throws Exception {
        Map<String, Section> page = page();
        for (Rejection each : ErrorSamples.of(directory)) {
            String name = each.reason().name();
            String text = name + ": " + each.sentence() + "; request " + REQUEST;
            assertEquals(text, page.getOrDefault(name, new Section("", "")).shown());
            assertTrue(
                    text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_MESSAGE,
                    "kubectl cuts " + text);
        }
    }

    @Test
    void hasASampleOfEachReason() {
        Set<Reason> sampled =
                ErrorSamples.of(directory).stream()
                        .map(Rejection::reason)
                        .collect(Collectors.toSet());
        assertEquals(Set.of(Reason.values()), sampled);
    }

    @Test
    void namesTheCodesThatCallersGet() throws Exception {
        Map<String, Section> page = page();
        for (Reason reason : Reason.values()) {
            String codes =
                    "%s · gRPC %s · CNI %d"
                            .formatted(reason.action(), ErrorWire.code(reason), cni(reason));
            assertEquals(
                    codes,
                    page.getOrDefault(reason.name(), new Section("", "")).codes(),
                    reason + "");
        }
    }

    /** As the last line of the CNI contract has it, for ADD. */
    private static int cni(Reason reason) {
        return switch (reason) {
            case POOL_EXHAUSTED -> 100;
            case NOT_ALLOCATED, ADDRESSES_DIFFER -> 102;
            case DELETED_MEANWHILE -> 105;
            case GC_BRAKE -> 106;
            default ->
                    switch (ErrorWire.code(reason)) {
                        case ALREADY_EXISTS -> 101;
                        case PERMISSION_DENIED -> 103;
                        case INTERNAL, DATA_LOSS, UNKNOWN -> 104;
                        case INVALID_ARGUMENT, FAILED_PRECONDITION, NOT_FOUND -> 7;
                        default -> 11;
                    };
        };
    }

    @Test
    void hasTheReasonsOfTheShimWithTheirCodes() throws Exception {
        if (!Files.exists(SHIM)) {
            return;
        }
        Map<String, Section> page = page();
        var row = SHIM_ROW.matcher(Files.readString(SHIM));
        int rows = 0;
        while (row.find()) {
            rows++;
            assertEquals(
                    "CNI " + row.group(2),
                    page.getOrDefault(row.group(1), new Section("", "")).codes(),
                    row.group(1));
        }
        assertEquals(page.size(), rows + Reason.values().length);
    }

    /** A status carries what is in a rejection, both ways. */
    @Test
    void survivesTheWayThroughAStatus() {
        for (Rejection each : ErrorSamples.of(directory)) {
            var status = ErrorWire.write(each, REQUEST);
            assertEquals(each, ErrorWire.read(status).orElseThrow());
            assertEquals(REQUEST, ErrorWire.requestId(status).orElseThrow());
            assertEquals(each.sentence(), status.getStatus().getDescription());
        }
    }
}
