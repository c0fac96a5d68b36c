package io.croft.sim;

import io.croft.adapter.etcd.Etcd;
import io.croft.adapter.file.Disk;
import io.croft.agent.SimAgent.Sabotage;
import io.croft.core.time.BootTime;
import io.croft.node.port.Inventory;

/** A rule that is switched off, to see whether the checker notices. None, unless a test says so. */
interface Controls {
    Controls NONE = new Controls() {};

    default Sabotage sabotage() {
        return Sabotage.NONE;
    }

    default Etcd.Change forge(Etcd.Change change) {
        return change;
    }

    default Disk disk(Disk disk) {
        return disk;
    }

    default Inventory inventory(Inventory inventory) {
        return inventory;
    }

    default BootTime stamp(BootTime began, BootTime now) {
        return began;
    }

    /** A freeze is ended with a word for everybody, true or not. */
    default boolean unfreezesBlindly() {
        return false;
    }

    /** A machine runs beside the one whose name and hardware id it has. */
    default boolean copiesAll() {
        return false;
    }

    /** Pods live on where the boot says that they cannot. */
    default boolean keepsPodsOverReboots() {
        return false;
    }

    /** Something else that goes wrong in the world. */
    default void spoil(World world) {}
}
