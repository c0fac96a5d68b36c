package io.croft.it;

import io.croft.testing.Program;
import io.croft.testing.etcd.EtcdFigures;
import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.RealEtcd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Hosts around one etcd: agents with directories, hardware, boot and machine of their own. Whatever
 * runs is ended by {@link #close}.
 */
final class EtcdPlace implements AutoCloseable {
    private static final String CLUSTER = "it";

    private final Path dir;
    private final RealEtcd etcd;
    private final List<RealAgent> agents = new ArrayList<>();

    private EtcdPlace(Path dir, RealEtcd etcd) {
        this.dir = dir;
        this.etcd = etcd;
    }

    /** An etcd that answers, without a store. */
    static EtcdPlace empty(Path dir, EtcdSetup setup) {
        return new EtcdPlace(dir, RealEtcd.start(setup));
    }

    /** An etcd that answers, with a store in it. */
    static EtcdPlace made(Path dir, EtcdSetup setup) {
        EtcdPlace place = empty(dir, setup);
        place.croft("store init").expectSuccess();
        return place;
    }

    /** One member of the newest version that is here. */
    static EtcdPlace one(Path dir) {
        return made(dir, EtcdSetup.one(EtcdVersion.newest()));
    }

    /** Three members. */
    static EtcdPlace three(Path dir) {
        return made(dir, EtcdSetup.three(EtcdVersion.newest()));
    }

    RealEtcd etcd() {
        return etcd;
    }

    /** A host of that name; its agent is not started. */
    RealAgent agent(String node) {
        return agent(node, node, CLUSTER);
    }

    /** A host whose agent believes to be that node of that cluster. */
    RealAgent agent(String host, String node, String cluster) {
        Path home = dir.resolve(cluster + "-" + host);
        Place.directory(home);
        Path machine = home.resolve("machine-id");
        if (!Files.exists(machine)) {
            Place.write(machine, UUID.randomUUID().toString().replace("-", "") + "\n");
        }
        RealAgent agent =
                new RealAgent(home)
                        .onStore(etcd.urls(), cluster)
                        .with("node", node)
                        .with("hardware-id", "machine-" + host)
                        .with("machine-id-file", machine.toString());
        agents.add(agent);
        return agent;
    }

    /** A command that needs no agent; words are separated by blanks. */
    Program.Outcome croft(String words) {
        return croft(words, CLUSTER);
    }

    Program.Outcome croft(String words, String cluster) {
        return new CroftCommand(dir)
                .run(words + " --store " + etcd.urls() + " --cluster " + cluster);
    }

    /** What the first member counted. */
    EtcdFigures figures() {
        return EtcdFigures.of(etcd.member(0).url());
    }

    @Override
    public void close() {
        agents.forEach(RealAgent::close);
        etcd.close();
    }
}
