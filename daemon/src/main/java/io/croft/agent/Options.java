package io.croft.agent;

import io.croft.adapter.etcd.EtcdAccess;
import io.croft.agent.Option.Form;
import io.croft.agent.Option.Places;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The one table of the agent's options. Flags, environment, file, {@code --check-config} and {@code
 * docs/configuration.md} are made from it.
 */
public final class Options {
    public static final Option NODE =
            text("node", "NAME", "", "Name of this node; without it the host's name.");
    public static final Option STATE_DIR =
            text(
                    "state-dir",
                    "DIR",
                    "/var/lib/croft",
                    "Directory of the journal and the embedded store; one agent at a time.");
    public static final Option RUN_DIR =
            text(
                    "run-dir",
                    "DIR",
                    "/run/croft",
                    "Directory of the sockets, the spool and the sign of health.");
    public static final Option STORE =
            text(
                    EtcdAccess.STORE,
                    StoreChoice.EMBEDDED + "|URL,...",
                    StoreChoice.EMBEDDED,
                    "Where pools and the ownership of blocks are kept: in a file of this node, or in"
                            + " the etcd at these endpoints.");
    public static final Option CLUSTER =
            text(
                    "cluster",
                    "NAME",
                    "",
                    "Name of the cluster in etcd, the same on every node; the embedded store has one node"
                            + " only.");
    public static final Option STORE_CA =
            text(
                    EtcdAccess.CA,
                    "FILE",
                    "",
                    "Certificates, in PEM, of who signs those of etcd; without it those that Java"
                            + " trusts.");
    public static final Option STORE_CERT =
            text(EtcdAccess.CERTIFICATE, "FILE", "", "Certificate, in PEM, that is shown to etcd.");
    public static final Option STORE_KEY =
            text(EtcdAccess.KEY, "FILE", "", "Key of that certificate, in PEM, not encrypted.");
    public static final Option STORE_SERVER_NAME =
            text(
                    EtcdAccess.SERVER_NAME,
                    "NAME",
                    "",
                    "Name that etcd's certificate must have; without it the endpoint's.");
    public static final Option STORE_USER =
            text(EtcdAccess.USER, "NAME", "", "User of etcd; without it none.");
    public static final Option STORE_PASSWORD_FILE =
            text(
                    EtcdAccess.PASSWORD_FILE,
                    "FILE",
                    "",
                    "File whose first line is that user's password.");
    public static final Option SINGLE_NODE =
            flag(
                    "single-node",
                    Places.EVERYWHERE,
                    "This node shares its pools with no other: allows the embedded store in a"
                            + " Kubernetes pod or beside a cluster's name.");
    public static final Option METRICS_ADDRESS =
            text(
                    "metrics-address",
                    "HOST:PORT",
                    "127.0.0.1:9477",
                    "Address of /metrics, /livez and /readyz; off: none.");
    public static final Option HARDWARE_ID =
            text(
                    "hardware-id",
                    "ID",
                    "",
                    "Identity of this machine; without it DMI's, the device tree's or the machine"
                            + " id.");
    public static final Option LABEL =
            new Option(
                    "label",
                    new Form.Pairs(),
                    Places.EVERYWHERE,
                    "",
                    "Label of this node, for pools that are kept for some nodes; repeatable.");
    public static final Option CRI_SOCKET =
            text(
                    "cri-socket",
                    "PATH",
                    "",
                    "Socket of the container runtime, whose list of sandboxes is asked before"
                            + " anything is freed unasked; without it namespaces alone are looked"
                            + " for.");
    public static final Option CNI_CACHE =
            text(
                    "cni-cache",
                    "DIR",
                    "",
                    "Directory of libcni's results, usually /var/lib/cni/results; what has one is"
                            + " never freed unasked.");
    public static final Option CNI_CONF_DIR =
            text(
                    "cni-conf-dir",
                    "DIR",
                    "",
                    "Directory where the container runtime looks for network configurations,"
                            + " usually /etc/cni/net.d; croft status says what in it keeps pods from"
                            + " Croft.");
    public static final Option CNI_CONFLIST =
            text(
                    "cni-conflist",
                    "FILE",
                    "",
                    "Network configuration that is written to that directory, under its own name, as"
                            + " soon as the agent serves; it stays there when the agent ends.");
    public static final Option WAIT_FOR_LOCK =
            flag(
                    "wait-for-lock",
                    Places.EVERYWHERE,
                    "Wait until the agent that runs on the state directory ends, then take over.");
    public static final Option LOG_FORMAT =
            choice("log-format", List.of("text", "json"), "Form of the lines on stderr.");
    public static final Option LOG_LEVEL =
            choice(
                    "log-level",
                    List.of("info", "debug", "warn", "error"),
                    "Least important line that is written; debug has each ADD and DEL.");
    public static final Option BOOT_ID_FILE =
            text(
                    "boot-id-file",
                    "FILE",
                    "/proc/sys/kernel/random/boot_id",
                    "File that holds the UUID of the machine's boot: the one that the CNI plugin"
                            + " reads in /proc, or what it spools is dropped.");
    public static final Option MACHINE_ID_FILE =
            text(
                    "machine-id-file",
                    "FILE",
                    "/etc/machine-id",
                    "File that holds the operating system's machine id.");
    public static final Option CONFIG =
            new Option(
                    "config",
                    new Form.Text("FILE"),
                    Places.NOT_IN_FILE,
                    "",
                    "YAML file with options; without it /etc/croft/agent.yaml, if it exists.");
    public static final Option CHECK_CONFIG =
            flag(
                    "check-config",
                    Places.FLAG_ONLY,
                    "Print the options as they would be used and where each was said, and end.");

    /** Every option, in the order of help texts and docs. */
    public static final List<Option> ALL =
            List.of(
                    NODE,
                    STATE_DIR,
                    RUN_DIR,
                    STORE,
                    CLUSTER,
                    STORE_CA,
                    STORE_CERT,
                    STORE_KEY,
                    STORE_SERVER_NAME,
                    STORE_USER,
                    STORE_PASSWORD_FILE,
                    SINGLE_NODE,
                    METRICS_ADDRESS,
                    HARDWARE_ID,
                    LABEL,
                    CRI_SOCKET,
                    CNI_CACHE,
                    CNI_CONF_DIR,
                    CNI_CONFLIST,
                    WAIT_FOR_LOCK,
                    LOG_FORMAT,
                    LOG_LEVEL,
                    BOOT_ID_FILE,
                    MACHINE_ID_FILE,
                    CONFIG,
                    CHECK_CONFIG);

    /** What only a store in etcd has. */
    static final List<Option> OF_ETCD =
            List.of(
                    STORE_CA,
                    STORE_CERT,
                    STORE_KEY,
                    STORE_SERVER_NAME,
                    STORE_USER,
                    STORE_PASSWORD_FILE);

    /** Those of commands that need no agent and look into the store themselves. */
    public static final List<Option> OF_STORE =
            Stream.of(List.of(STORE, CLUSTER), OF_ETCD, List.of(CONFIG))
                    .flatMap(List::stream)
                    .toList();

    /** What bringing an embedded store into etcd asks for besides. */
    public static final List<Option> OF_STATE = List.of(STATE_DIR, BOOT_ID_FILE);

    private Options() {}

    static Optional<Option> named(String name) {
        return ALL.stream().filter(option -> option.name().equals(name)).findFirst();
    }

    /** The option that somebody probably meant. */
    static Optional<Option> like(String name) {
        return ALL.stream()
                .filter(option -> distance(option.name(), name) <= 1 + name.length() / 4)
                .min(Comparator.comparingInt(option -> distance(option.name(), name)));
    }

    private static Option text(String name, String label, String byDefault, String help) {
        return new Option(name, new Form.Text(label), Places.EVERYWHERE, byDefault, help);
    }

    private static Option choice(String name, List<String> values, String help) {
        return new Option(
                name, new Form.Choice(values), Places.EVERYWHERE, values.getFirst(), help);
    }

    private static Option flag(String name, Places places, String help) {
        return new Option(name, new Form.Flag(), places, "false", help);
    }

    /** Letters to change, insert or leave out to get from one to the other. */
    private static int distance(String from, String to) {
        var row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int same = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(same, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
