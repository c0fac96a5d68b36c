package io.croft.adapter.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.croft.testing.FuzzTarget;
import java.nio.charset.StandardCharsets;

/** Any bytes as the file {@code position}: a position that is written as it was read, or none. */
final class StorePositionFuzzTest extends FuzzTarget {
    @Override
    protected void hold(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        StorePosition.of(text)
                .ifPresent(position ->
                        assertEquals(position, StorePosition.of(position.text()).orElseThrow()));
    }
}
