package io.croft.testing.etcd;

import io.croft.testing.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** etcdctl, for what an operator does and the agent never does. */
public final class EtcdTool {
    static final Map<String, String> V3 = Map.of("ETCDCTL_API", "3");

    private final EtcdSetup setup;
    private final RealEtcd etcd;
    private final List<String> flags = new ArrayList<>();

    EtcdTool(EtcdSetup setup, RealEtcd etcd) {
        this.setup = setup;
        this.etcd = etcd;
    }

    /** As that user. */
    public EtcdTool as(String user, String password) {
        flags.addAll(List.of("--user", user + ":" + password));
        return this;
    }

    /** With files of TLS. */
    public EtcdTool with(Path ca, Path certificate, Path key) {
        flags.addAll(List.of("--cacert", ca.toString(), "--cert", certificate.toString()));
        flags.addAll(List.of("--key", key.toString()));
        return this;
    }

    /** Runs it with those words; what it wrote. */
    public String run(String... words) {
        return at(etcd.urls(), words);
    }

    private String at(String urls, String... words) {
        var command = new ArrayList<String>();
        command.add(setup.version().ctl().toString());
        command.addAll(List.of("--endpoints", urls, "--command-timeout", "20s"));
        command.addAll(flags);
        command.addAll(List.of(words));
        return Program.run(command, V3, "").expectSuccess();
    }

    /** Of the first member. */
    public Path snapshot(Path to) {
        at(etcd.member(0).url(), "snapshot", "save", to.toString());
        return to;
    }

    /** Forgets what was before the present revision. */
    public void compact() {
        run("compact", Long.toString(revision()));
    }

    /** Writes until the quota is used up. */
    public void fill() {
        String much = "x".repeat(100_000);
        for (int writes = 0; writes < 1000; writes++) {
            try {
                run("put", "/full", much);
            } catch (AssertionError full) {
                if (String.valueOf(full.getMessage()).contains("database space exceeded")) {
                    return;
                }
                throw full;
            }
        }
        throw new AssertionError("there is always room");
    }

    private long revision() {
        return Long.parseLong(first(run("get", "x", "-w", "json"), "\"revision\":(\\d+)"));
    }

    /** Enables users: root, and one who may touch keys of that prefix only. */
    public void enableUsers(String rootPassword, String user, String password, String prefix) {
        run("user", "add", "root:" + rootPassword);
        run("user", "grant-role", "root", "root");
        run("role", "add", "part");
        run("role", "grant-permission", "--prefix=true", "part", "readwrite", prefix);
        run("user", "add", user + ":" + password);
        run("user", "grant-role", user, "part");
        run("auth", "enable");
    }

    /** The member that leads. */
    public EtcdMember leader() {
        for (EtcdMember member : etcd.members()) {
            if (member.runs()) {
                String status = at(member.url(), "endpoint", "status", "-w", "json");
                if (first(status, "\"leader\":(\\d+)").equals(id(status))) {
                    return member;
                }
            }
        }
        throw new AssertionError("nobody leads");
    }

    /** Makes that member the leader. */
    public void moveLeader(EtcdMember to) {
        String id = id(at(to.url(), "endpoint", "status", "-w", "json"));
        at(leader().url(), "move-leader", Long.toHexString(Long.parseUnsignedLong(id)));
    }

    private static String id(String status) {
        return first(status, "\"member_id\":(\\d+)");
    }

    private static String first(String text, String pattern) {
        Matcher found = Pattern.compile(pattern).matcher(text);
        return Optional.of(found)
                .filter(Matcher::find)
                .map(match -> match.group(1))
                .orElseThrow(() -> new AssertionError("no %s in %s".formatted(pattern, text)));
    }
}
