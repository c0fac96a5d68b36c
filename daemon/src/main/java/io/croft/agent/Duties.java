package io.croft.agent;

import io.croft.core.time.BootTime;
import io.croft.node.keeper.BlockKeeper;
import io.croft.node.keeper.PoolSync;
import io.croft.node.loop.EngineLoop;
import io.croft.node.membership.Registration;
import io.croft.node.port.IpamListener;
import io.croft.node.reconcile.NetnsWatch;
import io.croft.node.reconcile.SpoolReplay;

/** What a node does by itself, and on which part of the store. */
record Duties(
        PoolSync pools,
        Registration registration,
        BlockKeeper blocks,
        NetnsWatch namespaces,
        SpoolReplay spool) {
    static Duties of(
            Recovery.Found found,
            Store store,
            Node.Surroundings around,
            BootTime started,
            EngineLoop loop,
            IpamListener listener) {
        var randomness = around.randomness();
        var pools = new PoolSync(store.pools(), loop);
        var registration =
                new Registration(
                        store.installs(),
                        store.blocks(),
                        loop,
                        listener,
                        found.identity(),
                        new Registration.Boot(
                                around.bootId(), started, found.trustable(), around.weakIdentity()),
                        around.version(),
                        randomness::uuid,
                        randomness::fraction);
        var blocks =
                new BlockKeeper(
                        store.blocks(),
                        pools,
                        loop,
                        listener,
                        registration::registrant,
                        randomness::uuid,
                        randomness::fraction);
        return new Duties(
                pools,
                registration,
                blocks,
                new NetnsWatch(around.inventory(), loop),
                new SpoolReplay(around.spool(), loop, around.bootId()));
    }

    /** From now on the loop performs them, and the store's hints are heard. */
    void begin(EngineLoop loop) {
        loop.add(pools);
        loop.add(registration);
        loop.add(blocks);
        loop.add(namespaces);
        pools.start();
    }
}
