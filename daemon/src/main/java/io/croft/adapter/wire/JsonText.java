package io.croft.adapter.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.util.Collections;

/**
 * Writes a JSON tree as text that people can read: an entry a line for the two outer levels. Unlike
 * protobuf's own printer it writes whole numbers as whole numbers.
 */
final class JsonText {
    private static final int INDENTED_LEVELS = 2;
    private static final double MOST_EXACT = 1L << 53;

    private final StringBuilder text = new StringBuilder();

    static String of(Struct object) throws InvalidProtocolBufferException {
        var json = new JsonText();
        json.object(object, 0);
        return json.text.append('\n').toString();
    }

    private void object(Struct object, int level) throws InvalidProtocolBufferException {
        boolean indented = level < INDENTED_LEVELS && object.getFieldsCount() > 0;
        text.append('{');
        String separator = "";
        for (var field : object.getFieldsMap().entrySet()) {
            text.append(separator);
            newLine(indented ? level + 1 : -1);
            string(field.getKey());
            text.append(indented ? ": " : ":");
            value(field.getValue(), level + 1);
            separator = ",";
        }
        newLine(indented ? level : -1);
        text.append('}');
    }

    private void newLine(int level) {
        if (level >= 0) {
            text.append('\n').append(String.join("", Collections.nCopies(level, "  ")));
        }
    }

    private void value(Value value, int level) throws InvalidProtocolBufferException {
        switch (value.getKindCase()) {
            case STRUCT_VALUE -> object(value.getStructValue(), level);
            case STRING_VALUE -> string(value.getStringValue());
            case BOOL_VALUE -> text.append(value.getBoolValue());
            case NUMBER_VALUE -> number(value.getNumberValue());
            case LIST_VALUE -> {
                text.append('[');
                String separator = "";
                for (Value element : value.getListValue().getValuesList()) {
                    text.append(separator);
                    value(element, level);
                    separator = ",";
                }
                text.append(']');
            }
            case NULL_VALUE, KIND_NOT_SET -> text.append("null");
        }
    }

    private void number(double number) {
        if (number == Math.rint(number) && Math.abs(number) <= MOST_EXACT) {
            text.append((long) number);
        } else if (Double.isFinite(number)) {
            text.append(number);
        } else {
            // As proto JSON has it; JSON has no such number.
            text.append('"').append(number).append('"');
        }
    }

    private void string(String string) throws InvalidProtocolBufferException {
        if (string.chars().allMatch(c -> c >= ' ' && c < 127 && c != '"' && c != '\\')) {
            text.append('"').append(string).append('"');
        } else {
            text.append(JsonFormat.printer().print(Value.newBuilder().setStringValue(string)));
        }
    }
}
