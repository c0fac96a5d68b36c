package io.croft.sim;

import io.croft.adapter.etcd.Etcd;
import io.croft.adapter.file.Disk;
import io.croft.adapter.run.HealthStamp.Sign;
import io.croft.agent.SimAgent.Sabotage;
import io.croft.core.engine.Command;
import io.croft.core.engine.Event;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import io.croft.node.port.BlockStore;
import io.croft.node.port.InstallStore;
import io.croft.node.port.Inventory;
import io.croft.node.port.StoreSession;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Two rules that guard the same thing, switched off together. */
record Both(Controls one, Controls two) implements Controls {
    @Override
    public Sabotage sabotage() {
        Sabotage first = one.sabotage();
        Sabotage second = two.sabotage();
        if (first.equals(Sabotage.NONE)) {
            return second;
        }
        return second.equals(Sabotage.NONE) ? first : new BothSabotages(first, second);
    }

    @Override
    public Etcd.Change forge(Etcd.Change change) {
        return two.forge(one.forge(change));
    }

    @Override
    public Disk disk(Disk disk) {
        return two.disk(one.disk(disk));
    }

    @Override
    public Inventory inventory(Inventory inventory) {
        return two.inventory(one.inventory(inventory));
    }

    @Override
    public BootTime stamp(BootTime began, BootTime now) {
        return two.stamp(one.stamp(began, now), now);
    }

    @Override
    public Etcd etcd(Etcd server, Supplier<String> install) {
        return two.etcd(one.etcd(server, install), install);
    }

    @Override
    public Etcd.Change operators(Etcd.Change change) {
        return two.operators(one.operators(change));
    }

    @Override
    public <R> Command<R> command(Command<R> command) {
        return two.command(one.command(command));
    }

    @Override
    public Clock clock(Clock clock) {
        return two.clock(one.clock(clock));
    }

    @Override
    public boolean spools() {
        return one.spools() && two.spools();
    }

    @Override
    public boolean looks() {
        return one.looks() && two.looks();
    }

    @Override
    public boolean minds() {
        return one.minds() && two.minds();
    }

    @Override
    public boolean unfreezesBlindly() {
        return one.unfreezesBlindly() || two.unfreezesBlindly();
    }

    @Override
    public boolean copiesAll() {
        return one.copiesAll() || two.copiesAll();
    }

    @Override
    public boolean keepsPodsOverReboots() {
        return one.keepsPodsOverReboots() || two.keepsPodsOverReboots();
    }

    @Override
    public void spoil(World world) {
        one.spoil(world);
        two.spoil(world);
    }

    private record BothSabotages(Sabotage one, Sabotage two) implements Sabotage {
        @Override
        public Stream<Event> replay(Stream<Event> events) {
            return two.replay(one.replay(events));
        }

        @Override
        public boolean trusts(boolean trustable) {
            return two.trusts(one.trusts(trustable));
        }

        @Override
        public boolean lost(boolean lost) {
            return two.lost(one.lost(lost));
        }

        @Override
        public Optional<Sign> sign(Optional<Sign> sign) {
            return two.sign(one.sign(sign));
        }

        @Override
        public StoreSession session(StoreSession session) {
            return two.session(one.session(session));
        }

        @Override
        public InstallStore installs(InstallStore installs) {
            return two.installs(one.installs(installs));
        }

        @Override
        public BlockStore blocks(BlockStore blocks) {
            return two.blocks(one.blocks(blocks));
        }
    }
}
