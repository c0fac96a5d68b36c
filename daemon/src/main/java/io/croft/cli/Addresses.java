package io.croft.cli;

import io.croft.proto.v1.AddressEntry;
import io.croft.proto.v1.Attachment;
import io.croft.proto.v1.Workload;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Addresses and their holders for people. */
final class Addresses {
    /** As runtimes show them. */
    private static final int SHORT_ID = 13;

    private Addresses() {}

    static String pod(AddressEntry entry) {
        return pod(entry.getWorkload());
    }

    static String pod(Workload workload) {
        return pod(workload.getNamespace(), workload.getPod());
    }

    /** As people write it; podman names a pod without a namespace. */
    static String pod(String namespace, String pod) {
        return Stream.of(namespace, pod)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("/"));
    }

    static String container(Attachment attachment) {
        return shortId(attachment.getContainerId());
    }

    static String shortId(String id) {
        return id.length() <= SHORT_ID ? id : id.substring(0, SHORT_ID);
    }

    static String attachment(Attachment attachment) {
        return attachment.getNetwork().isEmpty()
                ? ""
                : "%s/%s/%s"
                        .formatted(
                                attachment.getNetwork(),
                                attachment.getContainerId(),
                                attachment.getInterfaceName());
    }
}
