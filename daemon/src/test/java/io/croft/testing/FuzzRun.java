package io.croft.testing;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What jazzer calls in {@code ./dev fuzz}; the names of its methods are jazzer's. */
public final class FuzzRun {
    private static @Nullable FuzzTarget target;

    private FuzzRun() {}

    /**
     * Makes the target.
     *
     * @param names of its class, alone
     */
    public static void fuzzerInitialize(String[] names) throws ReflectiveOperationException {
        var constructor = Class.forName(names[0]).getDeclaredConstructor();
        constructor.setAccessible(true);
        target = (FuzzTarget) constructor.newInstance();
    }

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        Objects.requireNonNull(target).hold(input);
    }
}
