package io.croft.node.port;

import io.croft.core.allocation.Attachment;
import io.croft.core.time.BootTime;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The DELs that the shim could not deliver, beside the socket. Any thread; nothing blocks. */
public interface Spool {
    /**
     * One undelivered DEL.
     *
     * @param name of its file
     * @param bootId the boot that {@code began} belongs to
     * @param undo it takes its own ADD back
     */
    record Entry(String name, UUID bootId, BootTime began, Attachment attachment, boolean undo) {}

    /**
     * At most that many, oldest first. Damaged entries are set aside and reported, never guessed
     * at.
     */
    CompletionStage<List<Entry>> read(int most);

    /**
     * Forgets entries that were replayed; those that are gone do no harm. Fails when one cannot be
     * removed.
     */
    CompletionStage<Void> remove(List<Entry> entries);
}
