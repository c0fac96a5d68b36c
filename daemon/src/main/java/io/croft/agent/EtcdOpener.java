package io.croft.agent;

import io.croft.adapter.etcd.EtcdListener;
import io.croft.adapter.etcd.EtcdStore;
import io.croft.adapter.etcd.JetcdEtcd;
import io.croft.adapter.etcd.ObservedEtcd;
import io.croft.adapter.file.Disk;
import io.croft.adapter.file.StateDirectory;
import io.croft.adapter.host.Randomness;
import io.croft.core.rejection.RejectedException;
import io.croft.core.time.Clock;
import java.io.IOException;
import java.util.function.Consumer;

/** Opens the etcd that the nodes of a cluster share. Asks it nothing, so etcd may be down. */
record EtcdOpener(
        StoreChoice.Shared choice,
        Disk disk,
        StateDirectory directory,
        Clock clock,
        Randomness randomness,
        EtcdListener listener)
        implements Store.Opener {
    @Override
    public Store open(Recovery recovery, Consumer<String> report) throws IOException {
        recovery.refuseIfEmbedded();
        var position = new PositionFile(disk, directory, report);
        var etcd = new JetcdEtcd(choice.access(), randomness::fraction);
        try {
            etcd.start();
        } catch (RejectedException refused) {
            etcd.close();
            throw StoreChoice.cannotStart(refused, "");
        }
        var store =
                EtcdStore.open(
                        new ObservedEtcd(etcd, clock, listener),
                        choice.cluster(),
                        clock,
                        randomness::uuid,
                        report,
                        position.read(),
                        recovery.isOfThisBoot());
        return new Store(
                choice.text(),
                store.blocks(),
                store.installs(),
                store.pools(),
                store.session(),
                store.pressure(),
                store.mirror(),
                store.directory(),
                false,
                () -> 0,
                store::damaged,
                () -> position.keep(store.position()),
                store::close);
    }
}
