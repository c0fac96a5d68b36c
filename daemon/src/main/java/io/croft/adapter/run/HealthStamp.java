package io.croft.adapter.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.annotations.SerializedName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;

/**
 * The agent's sign of health: the file {@code healthy} in the run directory, renewed while the
 * agent can serve an ADD.
 *
 * <p>The shim answers STATUS by its age when the agent is away for a moment. The next agent
 * compares its journal with it: a journal that is behind, or gone, while the stamp is of this boot,
 * was lost or put back from a copy.
 */
public final class HealthStamp {
    /** What the file says: whose journal was at which sequence, and when by the boot clock. */
    public record Sign(
            UUID installId, UUID bootId, long bootNanos, long journalSequence, long storeWrites) {}

    /** The file's form, shared with the shim. */
    private record Form(
            @SerializedName("install_id") String installId,
            @SerializedName("boot_id") String bootId,
            @SerializedName("boot_nanos") long bootNanos,
            @SerializedName("journal_sequence") long journalSequence,
            @SerializedName("store_writes") long storeWrites) {}

    private static final Gson GSON = new GsonBuilder().create();

    private final Path file;

    public HealthStamp(Path runDirectory) {
        this.file = runDirectory.resolve("healthy");
    }

    /** Replaces the stamp at once. Not synced: it is of no use after a power cut. */
    public void renew(Sign sign) throws IOException {
        var form =
                new Form(
                        sign.installId().toString(),
                        sign.bootId().toString(),
                        sign.bootNanos(),
                        sign.journalSequence(),
                        sign.storeWrites());
        Path next = file.resolveSibling(".healthy");
        Files.writeString(next, GSON.toJson(form));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The last stamp; empty when there is none that can be read, which proves nothing. */
    public Optional<Sign> read() {
        try {
            Form form = GSON.fromJson(Files.readString(file), Form.class);
            return Optional.of(
                    new Sign(
                            UUID.fromString(form.installId),
                            UUID.fromString(form.bootId),
                            form.bootNanos,
                            form.journalSequence,
                            form.storeWrites));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException
                | JsonParseException
                | IllegalArgumentException
                | NullPointerException unreadable) {
            return Optional.empty();
        }
    }
}
