package io.croft.adapter.embedded;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.testing.FuzzTarget;
import java.io.IOException;

/** {@code store.json}: read whole, with words about what was skipped, or refused by its name. */
final class StoreFileFuzzTest extends FuzzTarget {
    @Override
    protected void hold(byte[] input) throws IOException {
        Document document;
        try {
            document = DocumentReader.read("store.json", input);
        } catch (RejectedException refused) {
            assertEquals(Reason.CANNOT_START, refused.rejection().reason());
            String said = refused.rejection().message();
            assertFalse(!said.contains("store.json cannot be used: ") || said.contains("\n"), said);
            return;
        }
        byte[] written = document.counted(document.writes() + 1).bytes();
        Document again = DocumentReader.read("store.json", written);
        assertEquals(document.writes() + 1, again.writes());
        assertEquals(document.pools(), again.pools());
        assertEquals(document.blocks(), again.blocks());
        assertArrayEquals(written, again.bytes());
    }
}
