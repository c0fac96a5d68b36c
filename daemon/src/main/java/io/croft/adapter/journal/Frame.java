package io.croft.adapter.journal;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.croft.proto.journal.v1.Record;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * One record as it lies in a segment: {@code length u32 | crc32c u32 | sequence u64 | syncedThrough
 * u64 | payload}, big-endian. The length is the payload's, the checksum covers all that follows it.
 *
 * <p>The payload is the record in protobuf and one byte that is never zero. Segments are filled
 * with zeros, so this byte tells a frame that was written whole, and damaged, from one that was cut
 * off.
 *
 * @param sequence of the record, without gaps
 * @param syncedThrough the latest record that was durable when this one was written
 * @param payload protobuf, without the end byte
 */
record Frame(long sequence, long syncedThrough, ByteBuffer payload) {
    static final int HEADER = 24;

    /** No frame is shorter. */
    static final int LEAST = HEADER + 1;

    private static final byte END = (byte) 0xe7;
    private static final int CHECKED_FROM = 8;

    static int length(Record record) {
        return HEADER + record.getSerializedSize() + 1;
    }

    /** Writes a frame at the buffer's position. */
    static void write(ByteBuffer into, long sequence, long syncedThrough, Record record) {
        int start = into.position();
        int length = record.getSerializedSize() + 1;
        into.putInt(length).putInt(0).putLong(sequence).putLong(syncedThrough);
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(into.slice());
            record.writeTo(out);
            out.flush();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        into.position(start + HEADER + length - 1);
        into.put(END);
        into.putInt(start + 4, checksum(into, start, length));
    }

    /**
     * Whether a whole frame whose payload has that length stands there, whatever its length says.
     */
    static boolean isWhole(ByteBuffer in, int at, int length) {
        return in.get(at + HEADER + length - 1) == END
                && in.getInt(at + 4) == checksum(in, at, length);
    }

    /** The frame there; its payload is a view. It must be whole. */
    static Frame read(ByteBuffer in, int at) {
        int payload = in.getInt(at) - 1;
        return new Frame(in.getLong(at + 8), in.getLong(at + 16), in.slice(at + HEADER, payload));
    }

    int size() {
        return HEADER + payload.limit() + 1;
    }

    Record record() throws InvalidProtocolBufferException {
        return Record.parseFrom(payload.duplicate());
    }

    private static int checksum(ByteBuffer in, int start, int length) {
        var crc = new CRC32C();
        crc.update(in.slice(start + CHECKED_FROM, HEADER - CHECKED_FROM + length));
        return (int) crc.getValue();
    }
}
