package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.wire.RecordWire;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.core.rejection.Rejection;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import io.croft.proto.store.v1.InstallRecord;
import java.util.Optional;
import java.util.UUID;

/**
 * An install's record as it was read.
 *
 * @param entry empty: there is none
 * @param install empty: there is none, or it cannot be read
 */
record InstallSeen(
        String key, Optional<Entry> entry, Optional<Install> install, boolean isReclaiming) {
    static InstallSeen of(UUID id, Keys keys, Reading reading) {
        return of(keys.install(id), reading.first());
    }

    static InstallSeen of(String key, Optional<Entry> entry) {
        try {
            Optional<InstallRecord> record =
                    entry.map(there -> Values.read(there, InstallRecord.newBuilder()).build());
            Optional<Install> install =
                    record.map(read -> Values.checked(key, () -> RecordWire.read(read)))
                            .filter(read -> key.endsWith("/" + read.id()));
            return new InstallSeen(
                    key, entry, install, record.filter(InstallRecord::getReclaiming).isPresent());
        } catch (RejectedException unreadable) {
            return new InstallSeen(key, entry, Optional.empty(), false);
        }
    }

    boolean isUnreadable() {
        return entry.isPresent() && install.isEmpty();
    }

    /** Refuses with STORE_UNUSABLE a record that is there and cannot be read. */
    void requireReadable() {
        if (isUnreadable()) {
            throw Reason.STORE_UNUSABLE
                    .because("the value of %s cannot be read".formatted(key))
                    .remedy("correct it with etcdctl, or reclaim the node")
                    .asException();
        }
    }

    long incarnation() {
        return install.map(Install::incarnation).orElse(0L);
    }

    /** Whether who acts is the latest that registered, and may act. */
    boolean isOf(Registrant by) {
        return install.isPresent() && incarnation() == by.incarnation() && !isReclaiming;
    }

    Condition unchanged() {
        return Condition.unchanged(key, entry);
    }

    Rejection superseded(Registrant by) {
        String why =
                isReclaiming
                        ? "the blocks of node %s are being reclaimed".formatted(by.node())
                        : isUnreadable()
                                ? "the value of %s cannot be read".formatted(key)
                                : "incarnation %d of node %s is not the latest"
                                        .formatted(by.incarnation(), by.node());
        return Reason.INSTALL_SUPERSEDED.because(why);
    }
}
