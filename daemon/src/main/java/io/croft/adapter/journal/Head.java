package io.croft.adapter.journal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.croft.adapter.file.DiskFile;
import io.croft.core.rejection.Reason;
import io.croft.node.port.InstallIdentity;
import io.croft.proto.journal.v1.SegmentHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * What stands before the first frame of a segment: {@code magic | format u32 | length u32 | crc32c
 * u32 | header}. The checksum covers format, length and header; this much is the same in every
 * format, so that an unknown one can be told from damage.
 *
 * @param size where the first frame begins
 */
record Head(SegmentHeader header, int size) {
    static final int FORMAT = 1;

    /** The longest; names and ids are far shorter. */
    static final int MOST = 2 * 1024;

    private static final byte[] MAGIC = "CROFTJNL".getBytes(StandardCharsets.US_ASCII);
    private static final int FIXED = 20;

    static ByteBuffer write(InstallIdentity identity, SegmentName name) {
        byte[] header =
                SegmentHeader.newBuilder()
                        .setFormat(FORMAT)
                        .setCluster(identity.cluster())
                        .setInstallId(identity.installId().toString())
                        .setNode(identity.node())
                        .setHardwareId(identity.hardwareId())
                        .setMachineId(identity.machineId())
                        .setFirstSequence(name.first())
                        .setSnapshot(name.snapshot())
                        .build()
                        .toByteArray();
        if (FIXED + header.length > MOST) {
            throw new IllegalArgumentException("an identity of " + header.length + " bytes");
        }
        var buffer = ByteBuffer.allocate(FIXED + header.length);
        buffer.put(MAGIC).putInt(FORMAT).putInt(header.length);
        buffer.putInt(checksum(FORMAT, header)).put(header);
        return buffer.flip();
    }

    static Head read(Path path, DiskFile file) throws IOException, DamagedException {
        var buffer = ByteBuffer.allocate(MOST);
        file.readFully(buffer, 0);
        buffer.flip();
        var magic = new byte[MAGIC.length];
        if (buffer.remaining() < FIXED || !ByteBuffer.wrap(MAGIC).equals(take(buffer, magic))) {
            throw new DamagedException(path, 0, "no journal begins like this");
        }
        int format = buffer.getInt();
        int length = buffer.getInt();
        int checksum = buffer.getInt();
        if (length < 0 || length > buffer.remaining()) {
            throw new DamagedException(path, 0, "a header of " + length + " bytes");
        }
        var header = new byte[length];
        take(buffer, header);
        if (checksum != checksum(format, header)) {
            throw new DamagedException(path, 0, "the header's checksum is wrong");
        }
        if (format != FORMAT) {
            throw Reason.JOURNAL_UNUSABLE
                    .because(
                            "%s is a journal of format %d, this version reads format %d"
                                    .formatted(path, format, FORMAT))
                    .remedy("start the version of croft that wrote it")
                    .with("format", Integer.toString(format))
                    .asException();
        }
        try {
            return new Head(SegmentHeader.parseFrom(header), FIXED + length);
        } catch (InvalidProtocolBufferException unreadable) {
            throw new DamagedException(path, 0, "the header is no header: " + unreadable);
        }
    }

    InstallIdentity identity(Path path) throws DamagedException {
        try {
            return new InstallIdentity(
                    UUID.fromString(header.getInstallId()),
                    header.getCluster(),
                    header.getNode(),
                    header.getHardwareId(),
                    header.getMachineId());
        } catch (IllegalArgumentException noUuid) {
            throw new DamagedException(path, 0, "the install id is no UUID");
        }
    }

    private static ByteBuffer take(ByteBuffer from, byte[] into) {
        from.get(into);
        return ByteBuffer.wrap(into);
    }

    private static int checksum(int format, byte[] header) {
        var crc = new CRC32C();
        crc.update(ByteBuffer.allocate(8).putInt(format).putInt(header.length).flip());
        crc.update(header);
        return (int) crc.getValue();
    }
}
