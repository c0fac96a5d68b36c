package io.croft.node.port;

import io.croft.core.allocation.Attachment;
import java.util.concurrent.CompletionStage;

/** A list of sandboxes that another program of this host keeps. Any thread. */
public interface SandboxList {
    /** For people, as {@code the runtime at /run/containerd/containerd.sock}. */
    String name();

    /**
     * The whole list, read after the call. Fails where it cannot be had in full, and within
     * seconds: part of a list would make the rest look absent. The failure's message is a clause
     * for people that names the list.
     */
    CompletionStage<Listing> read();

    /** What it showed. */
    interface Listing {
        boolean shows(Attachment attachment);
    }
}
