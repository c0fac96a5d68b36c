package io.croft.it;

import io.croft.testing.etcd.EtcdFigures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Hosts around one etcd of one or three members: agents with directories, hardware, boot and
 * machine of their own. Whatever runs is ended by {@link #close}.
 */
final class EtcdPlace implements AutoCloseable {
    private static final String CLUSTER = "it";

    private final Path dir;
    private final List<EtcdMember> members;
    private final List<RealAgent> agents = new ArrayList<>();

    EtcdPlace(Path dir, int members) {
        this.dir = dir;
        this.members =
                IntStream.range(0, members)
                        .mapToObj(each -> new EtcdMember("etcd-" + each, dir))
                        .toList();
    }

    /** An etcd that answers, with a store in it. */
    static EtcdPlace made(Path dir, int members) {
        var place = new EtcdPlace(dir, members);
        place.startEtcd();
        place.croft("store init").expectSuccess();
        return place;
    }

    /** Starts the members that do not run, and waits until all answer. */
    void startEtcd() {
        spawnEtcd();
        members.forEach(EtcdMember::awaitHealthy);
    }

    void spawnEtcd() {
        String peers = members.stream().map(EtcdMember::peer).collect(Collectors.joining(","));
        members.stream().filter(each -> !each.isAlive()).forEach(each -> each.spawn(peers));
    }

    void killEtcd() {
        members.forEach(EtcdMember::kill);
    }

    void signalEtcd(String signal) {
        members.forEach(each -> each.signal(signal));
    }

    List<EtcdMember> members() {
        return members;
    }

    String endpoints() {
        return members.stream().map(EtcdMember::endpoint).collect(Collectors.joining(","));
    }

    /** A host of that name; its agent is not started. */
    RealAgent agent(String node) {
        return agent(node, CLUSTER);
    }

    RealAgent agent(String node, String cluster) {
        return agent(node, node, cluster);
    }

    /** A host whose agent believes to be that node. */
    RealAgent agent(String host, String node, String cluster) {
        Path home = dir.resolve(cluster + "-" + host);
        Place.directory(home);
        Path machine = home.resolve("machine-id");
        if (!Files.exists(machine)) {
            Place.write(machine, UUID.randomUUID().toString().replace("-", "") + "\n");
        }
        RealAgent agent =
                new RealAgent(home)
                        .onStore(endpoints(), cluster)
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
                .run(words + " --store " + endpoints() + " --cluster " + cluster);
    }

    /** etcd's own command line; words are separated by blanks. */
    Program.Outcome etcdctl(String words) {
        List<String> command = new ArrayList<>(List.of("etcdctl"));
        command.addAll(List.of(words.split(" ", -1)));
        return Program.run(
                command, Map.of("ETCDCTL_API", "3", "ETCDCTL_ENDPOINTS", endpoints()), "");
    }

    /** A one-member etcd that is down gets the data of a snapshot, as an operator would do it. */
    void restore(String program, Path snapshot, List<String> flags) {
        EtcdMember member = members.getFirst();
        List<String> command =
                new ArrayList<>(List.of(program, "snapshot", "restore", snapshot.toString()));
        command.addAll(member.identity(member.peer()));
        Path data = dir.resolve("restored-" + snapshot.getFileName());
        command.addAll(List.of("--data-dir", data.toString()));
        command.addAll(flags);
        Program.run(command, Map.of("ETCDCTL_API", "3"), "").expectSuccess();
        member.moveTo(data);
    }

    /** What the first member counted. */
    EtcdFigures figures() {
        return EtcdFigures.of(members.getFirst().endpoint());
    }

    @Override
    public void close() {
        agents.forEach(RealAgent::close);
        members.forEach(EtcdMember::kill);
    }
}
