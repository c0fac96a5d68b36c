package io.croft.agent;

import io.croft.core.time.BootTime;
import io.croft.node.keeper.BlockKeeper;
import io.croft.node.keeper.Membership;
import io.croft.node.keeper.PoolSync;
import io.croft.node.keeper.PressureWatch;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.membership.Leaving;
import io.croft.node.membership.Liveness;
import io.croft.node.membership.Registration;
import io.croft.node.membership.Stores;
import io.croft.node.port.IpamListener;
import io.croft.node.reconcile.GarbageWatch;
import io.croft.node.reconcile.Mirroring;
import io.croft.node.reconcile.NetnsWatch;
import io.croft.node.reconcile.SpoolReplay;
import java.util.List;

/**
 * What a node does by itself, and on which part of the store.
 *
 * @param others that nobody asks for anything
 * @param spool is performed when somebody adds it to the loop
 */
record Duties(
        PoolSync pools,
        Registration registration,
        Liveness liveness,
        Leaving leaving,
        List<Duty> others,
        GarbageWatch garbage,
        SpoolReplay spool) {
    static Duties of(
            Recovery.Found found,
            Store store,
            Node.Surroundings around,
            BootTime started,
            EngineLoop loop,
            IpamListener listener) {
        var randomness = around.randomness();
        var registration =
                new Registration(
                        new Stores(
                                store.installs(), store.blocks(), store.pools(), store.session()),
                        loop,
                        listener,
                        found.identity(),
                        new Registration.Boot(
                                around.bootId(), started, found.trustable(), around.weakIdentity()),
                        around.version(),
                        randomness::uuid,
                        randomness::fraction);
        var pools =
                new PoolSync(store.pools(), loop, registration::storeState, randomness::fraction);
        var liveness = new Liveness(store.installs(), loop, registration, randomness::fraction);
        var leaving = new Leaving(store.directory(), loop, registration, randomness::fraction);
        var pressure = new PressureWatch(store.pressure(), loop, randomness::fraction);
        var blocks =
                new BlockKeeper(
                        store.blocks(),
                        pools,
                        pressure,
                        loop,
                        listener,
                        new Membership(
                                registration::registrant, leaving::isUnderway, registration::doubt),
                        randomness::uuid,
                        randomness::fraction);
        var mirroring =
                new Mirroring(store.mirror(), loop, registration::registrant, randomness::fraction);
        return new Duties(
                pools,
                registration,
                liveness,
                leaving,
                List.of(pressure, blocks, mirroring, new NetnsWatch(around.inventory(), loop)),
                new GarbageWatch(around.inventory(), around.lists(), loop, listener),
                new SpoolReplay(around.spool(), loop, around.bootId()));
    }

    /** From now on the loop performs them, and the store's hints are heard. */
    void begin(EngineLoop loop) {
        loop.add(pools);
        loop.add(registration);
        loop.add(liveness);
        loop.add(leaving);
        others.forEach(loop::add);
        loop.add(garbage);
        pools.start();
        registration.start();
    }
}
