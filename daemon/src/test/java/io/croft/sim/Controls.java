package io.croft.sim;

import io.croft.adapter.etcd.Etcd;
import io.croft.adapter.file.Disk;
import io.croft.agent.SimAgent.Sabotage;
import io.croft.core.engine.Command;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
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

    /** What the server does with an agent's calls; {@code install} is that of the agent. */
    default Etcd etcd(Etcd server, java.util.function.Supplier<String> install) {
        return server;
    }

    /** What becomes of the changes that an operator's commands send. */
    default Etcd.Change operators(Etcd.Change change) {
        return change;
    }

    /** How a verb decides. */
    default <R> Command<R> command(Command<R> command) {
        return command;
    }

    default Clock clock(Clock clock) {
        return clock;
    }

    /** Whether a shim writes down what it cannot deliver. */
    default boolean spools() {
        return true;
    }

    /** Whether a GC looks at namespaces. */
    default boolean looks() {
        return true;
    }

    /** Whether anybody cares for a restore: who wants to notice it must do so alone. */
    default boolean minds() {
        return true;
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
