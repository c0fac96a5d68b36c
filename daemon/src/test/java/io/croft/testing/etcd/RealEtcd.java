package io.croft.testing.etcd;

import io.croft.testing.Eventually;
import io.croft.testing.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A cluster of real servers on free loopback ports, with data in a folder of its own that goes with
 * it.
 */
public final class RealEtcd implements AutoCloseable {
    private final EtcdSetup setup;
    private final Path folder;
    private final List<EtcdMember> members;
    private String token = "first";

    private RealEtcd(EtcdSetup setup, Path folder) {
        this.setup = setup;
        this.folder = folder;
        this.members =
                IntStream.rangeClosed(1, setup.members())
                        .mapToObj(number -> new EtcdMember(setup, "m" + number, folder))
                        .toList();
    }

    /** Starts one and waits until it is healthy. */
    public static RealEtcd start(EtcdSetup setup) {
        try {
            var etcd = new RealEtcd(setup, Files.createTempDirectory("croft-etcd"));
            etcd.startAll();
            return etcd;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts all that do not run; healthy when it returns. */
    public void startAll() {
        members.stream().filter(member -> !member.runs()).forEach(m -> m.start(members, token));
        awaitHealth(members);
    }

    /** Starts that one and waits until it answers, which takes a majority. */
    public void start(EtcdMember member) {
        member.start(members, token);
        awaitHealth(List.of(member));
    }

    private static void awaitHealth(List<EtcdMember> some) {
        for (EtcdMember member : some) {
            Eventually.holds(
                    () -> member.name() + "\n" + member.lastWords(),
                    () -> {
                        if (!member.runs()) {
                            throw new AssertionError("it ended: " + member.lastWords());
                        }
                        return member.isHealthy();
                    });
        }
    }

    public EtcdVersion version() {
        return setup.version();
    }

    public List<EtcdMember> members() {
        return members;
    }

    public EtcdMember member(int number) {
        return members.get(number);
    }

    /** All members, as {@code --store} takes them. */
    public String urls() {
        return String.join(",", members.stream().map(EtcdMember::url).toList());
    }

    /** Programs of the same version, for what no client of ours does. */
    public EtcdTool tool() {
        return new EtcdTool(setup, this);
    }

    public void killAll() {
        members.forEach(EtcdMember::kill);
    }

    /**
     * Kills all members and starts them with what the snapshot holds.
     *
     * @param newToken makes another cluster id
     * @param bumped the revision leaps by a thousand million, where the version can do that
     */
    public void restore(Path snapshot, String newToken, boolean bumped) {
        killAll();
        token = newToken;
        for (EtcdMember member : members) {
            var command = new ArrayList<String>();
            command.add(setup.version().restorer().toString());
            command.addAll(List.of("snapshot", "restore", snapshot.toString()));
            command.addAll(List.of("--name", member.name(), "--initial-cluster-token", token));
            command.addAll(List.of("--data-dir", member.nextData().toString()));
            command.addAll(List.of("--initial-advertise-peer-urls", member.peerUrl()));
            command.add("--initial-cluster");
            command.add(String.join(",", members.stream().map(EtcdMember::asPeer).toList()));
            if (bumped) {
                command.addAll(List.of("--bump-revision", "1000000000", "--mark-compacted"));
            }
            Program.run(command, EtcdTool.V3, "").expectSuccess();
        }
        startAll();
    }

    /** A place for a test's files that goes with the cluster. */
    public Path folder() {
        return folder;
    }

    /** Ends and forgets all. */
    @Override
    public void close() {
        killAll();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
