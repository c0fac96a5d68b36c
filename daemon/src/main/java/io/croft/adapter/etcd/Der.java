package io.croft.adapter.etcd;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** The little of DER that it takes to put a key into another envelope. */
final class Der {
    /** One element: its tag, and where its content begins and ends. */
    record Part(int tag, int content, int end) {}

    private Der() {}

    /** The element that begins there. */
    static Part at(byte[] bytes, int start) {
        int length = bytes[start + 1] & 0xff;
        int content = start + 2;
        if (length > 0x7f) {
            int count = length & 0x7f;
            length = 0;
            for (int i = 0; i < count; i++) {
                length = (length << 8) | (bytes[content + i] & 0xff);
            }
            content += count;
        }
        if (length < 0 || length > bytes.length - content) {
            throw new IndexOutOfBoundsException("an element ends behind the end");
        }
        return new Part(bytes[start] & 0xff, content, content + length);
    }

    static byte[] contentOf(byte[] bytes, int start) {
        Part part = at(bytes, start);
        return Arrays.copyOfRange(bytes, part.content(), part.end());
    }

    static byte[] of(int tag, byte[] content) {
        var out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.length;
        if (length > 0x7f) {
            int count = length > 0xff ? 2 : 1;
            out.write(0x80 | count);
            for (int i = count - 1; i >= 0; i--) {
                out.write(length >> (8 * i));
            }
        } else {
            out.write(length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
