package io.croft.adapter.wire;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import java.util.Collection;
import java.util.List;

/**
 * A stored value as proto JSON, kept as the tree that was read, so that fields which this version
 * does not know survive a rewrite. Protobuf's own JSON drops them.
 *
 * <p>Numbers are doubles: exact up to 2^53, and proto JSON writes wider ones as strings.
 */
public final class StoredJson {
    private StoredJson() {}

    /** The tree of a text; it must be one object. */
    public static Struct parse(String text) throws InvalidProtocolBufferException {
        var tree = Struct.newBuilder();
        JsonFormat.parser().merge(text, tree);
        return tree.build();
    }

    public static String text(Struct tree) throws InvalidProtocolBufferException {
        return JsonText.of(tree);
    }

    /**
     * Reads what this version knows into a message. Unknown fields are passed over, but an unknown
     * name of an enum is refused: it would be read as the default, which means something else.
     */
    public static void read(Struct tree, Message.Builder into)
            throws InvalidProtocolBufferException {
        checkEnums(tree, into.getDescriptorForType());
        JsonFormat.parser().ignoringUnknownFields().merge(text(tree), into);
    }

    /** The message as a tree, with what the original holds beyond this version's knowledge. */
    public static Struct overlay(Struct original, Message message)
            throws InvalidProtocolBufferException {
        Struct known = parse(JsonFormat.printer().print(message));
        return overlay(original, known, message.getDescriptorForType());
    }

    private static Struct overlay(Struct original, Struct known, Descriptor type) {
        var result = original.toBuilder();
        for (FieldDescriptor field : type.getFields()) {
            Value old =
                    original.getFieldsOrDefault(field.getJsonName(), Value.getDefaultInstance());
            result.removeFields(field.getName()).removeFields(field.getJsonName());
            if (known.containsFields(field.getJsonName())) {
                Value next = known.getFieldsOrThrow(field.getJsonName());
                result.putFields(field.getJsonName(), overlay(old, next, field));
            }
        }
        return result.build();
    }

    private static Value overlay(Value old, Value next, FieldDescriptor field) {
        if (!isMessage(field)) {
            return next;
        }
        if (field.isMapField()) {
            FieldDescriptor value = field.getMessageType().findFieldByName("value");
            return isMessage(value) ? entries(old, next, value.getMessageType()) : next;
        }
        return field.isRepeated()
                ? elements(old, next, field.getMessageType())
                : object(old, next, field.getMessageType());
    }

    private static Value object(Value old, Value next, Descriptor type) {
        return old.hasStructValue() && next.hasStructValue()
                ? of(overlay(old.getStructValue(), next.getStructValue(), type))
                : next;
    }

    private static Value entries(Value old, Value next, Descriptor type) {
        var all = Struct.newBuilder();
        next.getStructValue()
                .getFieldsMap()
                .forEach((key, value) ->
                        all.putFields(
                                key,
                                object(
                                        old.getStructValue()
                                                .getFieldsOrDefault(
                                                        key, Value.getDefaultInstance()),
                                        value,
                                        type)));
        return of(all.build());
    }

    /** An element has no name: it is the old one if it says the same in what is known. */
    private static Value elements(Value old, Value next, Descriptor type) {
        var all = ListValue.newBuilder();
        List<Value> before = old.getListValue().getValuesList();
        for (Value element : next.getListValue().getValuesList()) {
            Value same =
                    before.stream()
                            .filter(each -> knownPart(each, type).equals(element))
                            .findFirst()
                            .orElse(element);
            all.addValues(same);
        }
        return Value.newBuilder().setListValue(all).build();
    }

    private static Value knownPart(Value element, Descriptor type) {
        var known = Struct.newBuilder();
        for (FieldDescriptor field : type.getFields()) {
            if (element.getStructValue().containsFields(field.getJsonName())) {
                known.putFields(
                        field.getJsonName(),
                        element.getStructValue().getFieldsOrThrow(field.getJsonName()));
            }
        }
        return of(known.build());
    }

    public static Value of(Struct tree) {
        return Value.newBuilder().setStructValue(tree).build();
    }

    /** Whether the field's value is an object of fields; a time is written as a string. */
    private static boolean isMessage(FieldDescriptor field) {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    }

    private static void checkEnums(Struct tree, Descriptor type)
            throws InvalidProtocolBufferException {
        for (FieldDescriptor field : type.getFields()) {
            Value value =
                    tree.getFieldsOrDefault(
                            field.getJsonName(),
                            tree.getFieldsOrDefault(field.getName(), Value.getDefaultInstance()));
            FieldDescriptor inner =
                    field.isMapField() ? field.getMessageType().findFieldByName("value") : field;
            for (Value each : singles(value, field)) {
                if (inner.getJavaType() == FieldDescriptor.JavaType.ENUM) {
                    checkName(each, inner.getEnumType());
                } else if (isMessage(inner) && each.hasStructValue()) {
                    checkEnums(each.getStructValue(), inner.getMessageType());
                }
            }
        }
    }

    private static Collection<Value> singles(Value value, FieldDescriptor field) {
        return field.isMapField()
                ? value.getStructValue().getFieldsMap().values()
                : field.isRepeated() ? value.getListValue().getValuesList() : List.of(value);
    }

    private static void checkName(Value value, EnumDescriptor type)
            throws InvalidProtocolBufferException {
        if (value.hasStringValue() && type.findValueByName(value.getStringValue()) == null) {
            throw new InvalidProtocolBufferException(
                    "this version does not know %s %s"
                            .formatted(type.getName(), value.getStringValue()));
        }
    }
}
