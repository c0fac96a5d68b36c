package io.croft.adapter.runtime;

import io.croft.core.allocation.Attachment;
import io.croft.node.port.SandboxList;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The results that libcni keeps: one file for each attachment, written once its whole ADD went well
 * and removed once its whole DEL did (containernetworking/cni, libcni/api.go: cacheAdd, cacheDel).
 *
 * <p>A file's name is network, container and interface, and libcni itself finds it by that; so its
 * content, which may be half written, is not looked at. A file stays where a DEL never came and,
 * with CNI below 0.4.0, for ever: that it is there does not prove that a sandbox lives.
 */
public final class CniCache implements SandboxList, AutoCloseable {
    private static final int READ_SECONDS = 5;
    private static final int MOST_FILES = 65_536;

    private final Path directory;

    /** Hangs where the directory's file system does; then no second read begins. */
    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(
                    1,
                    1,
                    10,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    Thread.ofPlatform().daemon().name("croft-cni-cache").factory());

    public CniCache(Path directory) {
        this.directory = directory;
        thread.allowCoreThreadTimeOut(true);
    }

    @Override
    public String name() {
        return "the CNI cache in " + directory;
    }

    @Override
    public CompletionStage<Listing> read() {
        try {
            return CompletableFuture.supplyAsync(this::readNow, thread)
                    .orTimeout(READ_SECONDS, TimeUnit.SECONDS)
                    .exceptionallyCompose(failure ->
                            CompletableFuture.failedFuture(
                                    failure instanceof TimeoutException ? hangs() : failure));
        } catch (RejectedExecutionException hangs) {
            return CompletableFuture.failedFuture(new IOException(name() + " is still being read"));
        }
    }

    private IOException hangs() {
        return new IOException("%s was not read within %d s".formatted(name(), READ_SECONDS));
    }

    private Listing readNow() {
        Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                names.add(file.getFileName().toString());
                if (names.size() > MOST_FILES) {
                    throw new IOException("more than %d files".formatted(MOST_FILES));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            throw new IllegalStateException("%s cannot be read: %s".formatted(name(), e), e);
        }
        return attachment -> names.contains(file(attachment));
    }

    private static String file(Attachment attachment) {
        return String.join(
                "-", attachment.network(), attachment.containerId(), attachment.ifName());
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
