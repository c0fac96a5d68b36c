package io.croft.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * Writes a command's answer in the asked form: text for people, or the messages of the API as proto
 * JSON or the same as YAML. Lists go out as they come in, but a table waits for its last row.
 */
final class Output {
    private static final JsonFormat.Printer JSON =
            JsonFormat.printer().alwaysPrintFieldsWithNoPresence();

    private final PrintWriter out;
    private final Format format;
    private final boolean colour;

    Output(Terminal terminal, Format format) {
        this.out = terminal.out();
        this.format = format;
        this.colour = terminal.colour();
    }

    /**
     * @param none what people read when the list is empty
     */
    <M extends Message> void list(Iterator<M> entries, Table<M> table, String none) {
        switch (format) {
            case TABLE -> table(entries, table, none);
            case JSON -> {
                out.print("[");
                String before = "";
                while (entries.hasNext()) {
                    out.println(before);
                    out.print(json(entries.next()));
                    before = ",";
                }
                out.println("]");
            }
            case YAML -> {
                boolean any = entries.hasNext();
                while (entries.hasNext()) {
                    out.print(yaml(List.of(tree(entries.next()))));
                }
                if (!any) {
                    out.println("[]");
                }
            }
        }
        out.flush();
    }

    private <M extends Message> void table(Iterator<M> entries, Table<M> table, String none) {
        var rows = new ArrayList<M>();
        entries.forEachRemaining(rows::add);
        table.lines(rows, colour).forEach(out::println);
        if (rows.isEmpty()) {
            out.println(none);
        }
    }

    /**
     * @param people what people read instead
     */
    void one(Message message, Supplier<String> people) {
        switch (format) {
            case TABLE -> out.print(people.get());
            case JSON -> out.println(json(message));
            case YAML -> out.print(yaml(tree(message)));
        }
        out.flush();
    }

    private static String json(Message message) {
        try {
            return JSON.print(message);
        } catch (InvalidProtocolBufferException impossible) {
            throw new IllegalStateException("a message without Any", impossible);
        }
    }

    /** JSON is YAML. */
    private static Object tree(Message message) {
        return new Load(LoadSettings.builder().build()).loadFromString(json(message));
    }

    private static String yaml(Object tree) {
        var settings = DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build();
        return new Dump(settings).dumpToString(tree);
    }
}
