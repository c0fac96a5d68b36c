package io.croft.adapter.journal;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.util.List;

/** Whether this version knows all that a record says. */
final class KnownFields {
    private KnownFields() {}

    /**
     * Refuses what a later version added: to read an event without it would be to read another one.
     *
     * @throws IllegalArgumentException if the message, or one in it, has a field that this version
     *     does not know
     */
    static void require(Message wire) {
        if (!wire.getUnknownFields().asMap().isEmpty()) {
            throw new IllegalArgumentException(
                    "field %s of %s"
                            .formatted(
                                    wire.getUnknownFields().asMap().keySet(),
                                    wire.getDescriptorForType().getName()));
        }
        // Of the many fields of a oneof one is set: they are not all asked.
        for (OneofDescriptor choice : wire.getDescriptorForType().getOneofs()) {
            FieldDescriptor chosen = wire.getOneofFieldDescriptor(choice);
            if (chosen != null) {
                requireIn(wire, chosen);
            }
        }
        for (FieldDescriptor field : wire.getDescriptorForType().getFields()) {
            if (field.getContainingOneof() == null) {
                requireIn(wire, field);
            }
        }
    }

    private static void requireIn(Message wire, FieldDescriptor field) {
        if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return;
        }
        if (field.isRepeated()) {
            ((List<?>) wire.getField(field)).forEach(each -> require((Message) each));
        } else if (wire.hasField(field)) {
            require((Message) wire.getField(field));
        }
    }
}
