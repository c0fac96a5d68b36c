package io.croft.cli;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Values;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.croft.proto.v1.ApplyPoolsRequest;
import io.croft.proto.v1.ExternalRange;
import io.croft.proto.v1.PoolSpec;
import io.croft.proto.v1.WantedPool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Pools and external ranges as a file has them: one or many YAML documents, or JSON. A pool is the
 * fields of a pool spec in proto-JSON names, and {@code name}; a range has {@code external}, which
 * is its name, {@code cidr} and perhaps {@code description}. A key that nobody knows is refused.
 */
final class PoolFile {
    private static final String NAME = "name";
    private static final String MODE = "mode";
    private static final String MODE_PREFIX = "POOL_MODE_";
    private static final int MOST_DEPTH = 8;
    private static final Set<String> KEYS = keys();
    private static final String EXTERNAL = "external";
    private static final String CIDR = "cidr";
    private static final String DESCRIPTION = "description";
    private static final Set<String> RANGE_KEYS =
            new TreeSet<>(Set.of(EXTERNAL, CIDR, DESCRIPTION));

    private PoolFile() {}

    private static Set<String> keys() {
        Set<String> keys =
                PoolSpec.getDescriptor().getFields().stream()
                        .map(FieldDescriptor::getJsonName)
                        .collect(Collectors.toCollection(TreeSet::new));
        keys.add(NAME);
        return keys;
    }

    /**
     * Refuses the whole of a file with a fault in it.
     *
     * @param file its name, for people
     */
    static ApplyPoolsRequest parse(String file, String text) {
        var wanted = ApplyPoolsRequest.newBuilder();
        documents(file, text).forEach(document -> read(document, wanted, 0));
        return wanted.build();
    }

    private static List<@Nullable Object> documents(String file, String text) {
        var documents = new ArrayList<@Nullable Object>();
        try {
            new Load(LoadSettings.builder().build())
                    .loadAllFromString(text)
                    .forEach(documents::add);
            return documents;
        } catch (StackOverflowError nested) {
            // Thousands of brackets, in the parser.
            throw tooDeep();
        } catch (RuntimeException damaged) {
            throw refused(file, damaged);
        }
    }

    /** Odd tags, keys and numbers meet exceptions in the parser that explain nothing. */
    private static RejectedException refused(String file, RuntimeException failure) {
        if (!(failure instanceof YamlEngineException) || failure.getCause() != null) {
            return Rejection.invalid("file", file, "YAML that no pool is written in").asException();
        }
        String first = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        String line =
                failure instanceof MarkedYamlEngineException marked
                        ? marked.getProblemMark()
                                .map(mark -> ", line " + (mark.getLine() + 1))
                                .orElse("")
                        : "";
        return Rejection.invalid("file", file + line, "neither YAML nor JSON: " + first)
                .remedy("write keys and values as name: pods and cidr: 10.1.0.0/16")
                .asException();
    }

    private static void read(Object document, ApplyPoolsRequest.Builder wanted, int depth) {
        checkDepth(depth);
        switch (document) {
            case Map<?, ?> range when range.containsKey(EXTERNAL) ->
                    wanted.addExternalRanges(range(range));
            case Map<?, ?> pool -> wanted.addPools(pool(pool));
            case List<?> pools -> pools.forEach(each -> read(each, wanted, depth + 1));
            case null -> {}
            default ->
                    throw Rejection.invalid("file", String.valueOf(document), "not a pool")
                            .remedy("write keys and values as name: pods and cidr: 10.1.0.0/16")
                            .asException();
        }
    }

    private static ExternalRange range(Map<?, ?> document) {
        document.keySet()
                .forEach(key -> checkKnown(String.valueOf(key), RANGE_KEYS, "an external range"));
        return ExternalRange.newBuilder()
                .setName(text(document, EXTERNAL))
                .setCidr(text(document, CIDR))
                .setDescription(text(document, DESCRIPTION))
                .build();
    }

    /** Of a range; empty where there is none. */
    private static String text(Map<?, ?> document, String key) {
        Object value = document.containsKey(key) ? document.get(key) : "";
        if (!(value instanceof String text)) {
            throw Rejection.invalid(key, String.valueOf(value), "must be text (external range)")
                    .remedy("write external: services and cidr: 10.96.0.0/12")
                    .asException();
        }
        return text;
    }

    private static WantedPool pool(Map<?, ?> document) {
        var fields = new LinkedHashMap<String, Object>();
        document.forEach((key, value) -> {
            checkKnown(String.valueOf(key), KEYS, "a pool");
            fields.put(String.valueOf(key), value);
        });
        if (!(fields.remove(NAME) instanceof String name)) {
            throw Rejection.invalid(NAME, "", "each pool of the file must have one").asException();
        }
        if (fields.get(MODE) instanceof String mode && !mode.startsWith(MODE_PREFIX)) {
            fields.put(MODE, MODE_PREFIX + mode.toUpperCase(Locale.ROOT));
        }
        var spec = PoolSpec.newBuilder();
        fields.forEach((key, value) -> merge(name, key, value, spec));
        return WantedPool.newBuilder().setName(name).setSpec(spec).build();
    }

    /** One field at a time, so that a refusal can name it. */
    private static void merge(
            String pool, String key, @Nullable Object value, PoolSpec.Builder spec) {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put(key, value);
        try {
            JsonFormat.parser().merge(JsonFormat.printer().print(value(one, 0)), spec);
        } catch (InvalidProtocolBufferException | IllegalArgumentException wrong) {
            String why =
                    switch (type(key)) {
                        case BOOL -> "must be true or false";
                        case ENUM -> "must be one of gateway, routed and l2";
                        default -> String.valueOf(wrong.getMessage());
                    };
            String shown = String.valueOf(value).replaceFirst("^" + MODE_PREFIX, "");
            throw Rejection.invalid(
                            key,
                            key.equals(MODE) ? shown.toLowerCase(Locale.ROOT) : shown,
                            "%s (pool \"%s\")".formatted(why, pool))
                    .asException();
        }
    }

    private static FieldDescriptor.Type type(String key) {
        return PoolSpec.getDescriptor().getFields().stream()
                .filter(field -> field.getJsonName().equals(key))
                .findFirst()
                .orElseThrow()
                .getType();
    }

    /** An anchor inside of itself would have no end. */
    private static void checkDepth(int depth) {
        if (depth > MOST_DEPTH) {
            throw tooDeep();
        }
    }

    private static RejectedException tooDeep() {
        return Rejection.invalid("file", "", "is nested deeper than a pool is")
                .remedy("write keys and values as name: pods and cidr: 10.1.0.0/16")
                .asException();
    }

    /** A tree of YAML as the message that is its JSON. */
    private static Value value(@Nullable Object node, int depth) {
        checkDepth(depth);
        return switch (node) {
            case null -> Values.ofNull();
            case Map<?, ?> map -> {
                var struct = Struct.newBuilder();
                map.forEach((key, each) ->
                        struct.putFields(String.valueOf(key), value(each, depth + 1)));
                yield Values.of(struct.build());
            }
            case List<?> list ->
                    Values.of(list.stream().map(each -> value(each, depth + 1)).toList());
            case Boolean bool -> Values.of(bool);
            case Number number -> Values.of(number.doubleValue());
            default -> Values.of(node.toString());
        };
    }

    private static void checkKnown(String key, Set<String> keys, String what) {
        if (!keys.contains(key)) {
            String remedy =
                    Words.nearest(key, keys)
                            .map(near -> "did you mean " + near)
                            .orElse("keys are " + String.join(", ", keys));
            throw Rejection.invalid("key", key, what + " has no such key")
                    .remedy(remedy)
                    .asException();
        }
    }
}
