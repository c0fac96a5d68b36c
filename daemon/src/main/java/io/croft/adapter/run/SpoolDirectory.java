package io.croft.adapter.run;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.annotations.SerializedName;
import io.croft.core.allocation.Attachment;
import io.croft.core.rejection.RejectedException;
import io.croft.core.time.BootTime;
import io.croft.node.port.Spool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The shim's directory {@code spool/} of undelivered DELs: one JSON file each, named so that names
 * sort by start stamp. Names that begin with a dot are unfinished and none of ours.
 *
 * <p>A damaged entry is moved to {@code spool/damaged/} and reported: what it would have freed is
 * found by garbage collection.
 */
public final class SpoolDirectory implements Spool, AutoCloseable {
    private static final int FORMAT = 1;
    private static final long LARGEST = 64 * 1024;

    private record Key(
            String network,
            @SerializedName("container_id") String containerId,
            @SerializedName("interface_name") String interfaceName) {}

    private record Form(
            int format,
            @SerializedName("boot_id") String bootId,
            long began,
            Key attachment,
            boolean undo) {}

    private final Path directory;
    private final Consumer<String> onDamage;
    private final Gson gson = new Gson();
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("croft-spool").factory());

    public SpoolDirectory(Path runDirectory, Consumer<String> onDamage) {
        this.directory = runDirectory.resolve("spool");
        this.onDamage = onDamage;
    }

    @Override
    public CompletionStage<List<Entry>> read(int most) {
        return CompletableFuture.supplyAsync(() -> readNow(most), thread);
    }

    private List<Entry> readNow(int most) {
        List<Path> files;
        try (Stream<Path> all = Files.list(directory)) {
            files =
                    all.filter(file -> file.getFileName().toString().endsWith(".json"))
                            .filter(file -> !file.getFileName().toString().startsWith("."))
                            .sorted()
                            .toList();
        } catch (IOException none) {
            return List.of();
        }
        List<Entry> entries = new ArrayList<>();
        for (Path file : files) {
            if (entries.size() == most) {
                break;
            }
            try {
                entries.add(parse(file));
            } catch (NoSuchFileException gone) {
                // Carried out and removed meanwhile, by the agent before this one.
            } catch (IOException
                    | JsonParseException
                    | IllegalArgumentException
                    | NullPointerException
                    | RejectedException damaged) {
                setAside(file, damaged);
            }
        }
        return entries;
    }

    private Entry parse(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("not a plain file");
        }
        if (Files.size(file) > LARGEST) {
            throw new IOException("larger than " + LARGEST + " bytes");
        }
        Form form = gson.fromJson(Files.readString(file), Form.class);
        if (form.format != FORMAT) {
            throw new IOException("format " + form.format + ", this agent knows " + FORMAT);
        }
        var attachment =
                new Attachment(
                        form.attachment.network,
                        form.attachment.containerId,
                        form.attachment.interfaceName);
        return new Entry(
                file.getFileName().toString(),
                UUID.fromString(form.bootId),
                new BootTime(form.began),
                attachment,
                form.undo);
    }

    private void setAside(Path file, Exception why) {
        try {
            Path aside = Files.createDirectories(directory.resolve("damaged"));
            Files.move(
                    file, aside.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            onDamage.accept(file + " was set aside: " + why);
        } catch (IOException stays) {
            onDamage.accept(file + " is damaged and could not be set aside: " + stays);
        }
    }

    @Override
    public CompletionStage<Void> remove(List<Entry> entries) {
        return CompletableFuture.runAsync(
                () -> {
                    for (Entry entry : entries) {
                        try {
                            Files.deleteIfExists(directory.resolve(entry.name()));
                        } catch (IOException stays) {
                            throw new UncheckedIOException(
                                    entry.name() + " was carried out and cannot be removed", stays);
                        }
                    }
                },
                thread);
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
