package io.croft.core.serving;

import io.croft.core.allocation.Attachment;

/** One interface of a network that is already named. */
public record InterfaceKey(String containerId, String ifName) {
    static InterfaceKey of(Attachment attachment) {
        return new InterfaceKey(attachment.containerId(), attachment.ifName());
    }
}
