package io.croft.adapter.file;

import java.io.IOException;
import java.nio.file.Path;

/** A process that locks a file, says so, and ends with its input. */
final class LockHolder {
    private LockHolder() {}

    public static void main(String[] args) throws IOException {
        Disk.Lock lock = new NioDisk().tryLock(Path.of(args[0])).orElseThrow();
        System.out.println("locked");
        while (System.in.read() >= 0) {
            // Until whoever started this is done.
        }
        lock.close();
    }

    /** Starts one and waits until it has the lock; closing ends it. */
    static AutoCloseable start(Path file) throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                LockHolder.class.getName(),
                                file.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (process.getInputStream().read() < 0) {
            throw new IOException("it did not get the lock");
        }
        return () -> {
            process.getOutputStream().close();
            process.waitFor();
        };
    }
}
