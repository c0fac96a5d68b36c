package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.croft.adapter.wire.WantedPools;
import io.croft.core.pool.PoolSet;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.croft.testing.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/** Files of {@code croft pool apply}: taken, or refused in one line that names a field. */
final class PoolFileFuzzTest extends FuzzTarget {
    private static final Pattern FOR_PROGRAMMERS =
            Pattern.compile("\\bjava\\.|Exception|io\\.croft|com\\.google|org\\.snakeyaml");

    @Override
    protected void hold(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        var ids = new AtomicLong();
        try {
            var wanted =
                    new WantedPools(
                            PoolFile.parse("pools.yaml", text),
                            () -> new UUID(1, ids.incrementAndGet()));
            PoolSet made = wanted.apply(PoolSet.EMPTY);
            // The same file again changes nothing.
            assertEquals(made, wanted.apply(made));
        } catch (RejectedException refused) {
            Rejection why = refused.rejection();
            boolean ofField = why.reason() == Reason.INVALID_FIELD;
            assertFalse(ofField && why.facts().getOrDefault("field", "").isEmpty(), why::toString);
            assertFalse(why.remedy().isEmpty(), why::toString);
            String said = why.message();
            assertEquals(1, said.lines().count(), why::toString);
            assertFalse(
                    FOR_PROGRAMMERS.matcher(said).find() && !FOR_PROGRAMMERS.matcher(text).find(),
                    why::toString);
        }
    }
}
