package io.croft.sim;

import io.croft.core.address.Address;
import io.croft.core.allocation.Attachment;
import io.croft.core.netns.Netns;
import io.croft.core.time.BootTime;
import java.util.List;
import java.util.Optional;

/** One pod's namespace on one machine, and what its runtime knows of its address. */
final class Sandbox {
    final Machine machine;
    final Attachment key;
    final Netns netns;

    /** Whether the runtime names the namespace, so that the agent can look at it. */
    final boolean named;

    /** Stamp of the latest ADD that was answered. */
    Optional<BootTime> answered = Optional.empty();

    /** Stamp of the latest DEL that was begun. */
    BootTime deleted = BootTime.ZERO;

    /** The conflist has another name when its DEL comes. */
    boolean renamed;

    List<Address> addresses = List.of();
    private boolean gone;
    private boolean orphaned;

    Sandbox(Machine machine, Attachment key, Netns netns, boolean named) {
        this.machine = machine;
        this.key = key;
        this.netns = netns;
        this.named = named;
    }

    Attachment delKey() {
        return renamed ? new Attachment("renamed", key.containerId(), key.ifName()) : key;
    }

    boolean isLive() {
        return !gone;
    }

    /** As it is now, for a machine that is wound back to now. */
    Sandbox again() {
        var copy = new Sandbox(machine, key, netns, named);
        copy.answered = answered;
        copy.deleted = deleted;
        copy.addresses = addresses;
        return copy;
    }

    /** The namespace ends, and with it all use of its address. */
    void end() {
        if (!gone) {
            gone = true;
            machine.host.destroy(netns);
        }
    }

    /** The journal that knew it is lost. */
    void orphan() {
        orphaned = true;
    }

    /** Whether an agent must know it: an ADD was answered, and no DEL began since. */
    boolean isOwedAnAddress() {
        return !gone && !orphaned && answered.filter(add -> add.isAfter(deleted)).isPresent();
    }

    @Override
    public String toString() {
        return machine + ":" + key.containerId() + "@" + netns.inode();
    }
}
