package io.croft.agent;

import io.croft.adapter.cni.Conflist;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * What the agent was told, checked and ready for use.
 *
 * @param metricsAddress empty: no metrics
 * @param hardwareId empty: look for it
 * @param criSocket empty: no runtime is asked for its sandboxes
 * @param cniCache empty: libcni's results are not looked at
 * @param cniConfDir empty: nobody looks at the runtime's network configurations
 * @param cniConflist put into that directory; empty: others do that
 * @param logLevel one of the table's, in lower case
 * @param settings all of it as it was said, for {@code --check-config}
 */
public record AgentConfig(
        String node,
        Path stateDir,
        Path runDir,
        StoreChoice store,
        Optional<InetSocketAddress> metricsAddress,
        Optional<String> hardwareId,
        Map<String, String> labels,
        Optional<Path> criSocket,
        Optional<Path> cniCache,
        Optional<Path> cniConfDir,
        Optional<Conflist> cniConflist,
        boolean waitForLock,
        boolean jsonLog,
        String logLevel,
        Path bootIdFile,
        Path machineIdFile,
        boolean checkOnly,
        List<Setting> settings) {
    private static final Pattern NODE = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

    /** A socket's path has at most 107 bytes, and the longest name in the directory 17. */
    private static final int LONGEST_RUN_DIR = 90;

    private static final int LONGEST_SOCKET = 107;
    private static final String UNIX = "unix://";

    /**
     * Gathers and checks it.
     *
     * @param hostName asked only when nobody named the node
     */
    public static AgentConfig load(
            Map<Option, List<String>> flags,
            Map<String, String> environment,
            Supplier<String> hostName) {
        return load(
                Settings.gather(flags, environment, Settings.USUAL_FILE), environment, hostName);
    }

    static AgentConfig load(
            Settings settings, Map<String, String> environment, Supplier<String> hostName) {
        StoreChoice store = store(settings);
        checkStore(store, settings, environment);
        return new AgentConfig(
                settings.as(Options.NODE, name -> node(name.isEmpty() ? hostName.get() : name)),
                settings.as(Options.STATE_DIR, AgentConfig::path),
                settings.as(Options.RUN_DIR, AgentConfig::runDir),
                store,
                settings.as(Options.METRICS_ADDRESS, AgentConfig::address),
                settings.text(Options.HARDWARE_ID),
                labels(settings.get(Options.LABEL)),
                settings.as(Options.CRI_SOCKET, AgentConfig::socket),
                settings.as(Options.CNI_CACHE, AgentConfig::absolute),
                settings.as(Options.CNI_CONF_DIR, AgentConfig::absolute),
                settings.as(
                        Options.CNI_CONFLIST,
                        file -> conflist(file, settings.text(Options.CNI_CONF_DIR))),
                settings.get(Options.WAIT_FOR_LOCK).isTrue(),
                settings.get(Options.LOG_FORMAT).value().equals("json"),
                settings.get(Options.LOG_LEVEL).value(),
                settings.as(Options.BOOT_ID_FILE, AgentConfig::path),
                settings.as(Options.MACHINE_ID_FILE, AgentConfig::path),
                settings.get(Options.CHECK_CONFIG).isTrue(),
                settings.all());
    }

    /** A value of the store's options that cannot be used keeps an agent from starting. */
    private static StoreChoice store(Settings settings) {
        try {
            return StoreChoice.of(settings);
        } catch (RejectedException refused) {
            String field = refused.rejection().facts().getOrDefault("field", "");
            String where =
                    Options.named(field).map(settings::get).map(Setting::where).orElse("default");
            throw StoreChoice.cannotStart(refused, " (" + where + ")");
        }
    }

    /** Each node of a cluster with a store of its own would own every block. */
    private static void checkStore(
            StoreChoice store, Settings settings, Map<String, String> environment) {
        if (store instanceof StoreChoice.Shared) {
            return;
        }
        boolean inKubernetes = !environment.getOrDefault("KUBERNETES_SERVICE_HOST", "").isEmpty();
        Optional<String> cluster = settings.text(Options.CLUSTER);
        if (settings.get(Options.SINGLE_NODE).isTrue() || (!inKubernetes && cluster.isEmpty())) {
            return;
        }
        String sign =
                cluster.map(name -> "cluster \"" + name + "\" is given")
                        .orElse("KUBERNETES_SERVICE_HOST is set");
        throw Reason.CANNOT_START
                .because(
                        "store \"embedded\" serves one node only, and %s: nodes with a store each"
                                        .formatted(sign)
                                + " would give the same addresses")
                .remedy(
                        "name an etcd with --store URL and --cluster NAME, or say --single-node if no"
                                + " other node shares these pools")
                .with("field", "store")
                .with("value", "embedded")
                .asException();
    }

    private static String node(String name) {
        if (!NODE.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" must be 1 to 253 lower case letters, digits, '-' or '.', with a letter or"
                                    .formatted(name)
                            + " digit at both ends; name the node with --node NAME");
        }
        return name;
    }

    private static Path path(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("must name a path");
        }
        return Path.of(text).toAbsolutePath().normalize();
    }

    private static Path runDir(String text) {
        return bounded(text, LONGEST_RUN_DIR, "has %d bytes; sockets in it can be bound up to %d");
    }

    /** Runtimes write it as a URL. */
    private static Optional<Path> socket(String text) {
        String path = text.startsWith(UNIX) ? text.substring(UNIX.length()) : text;
        return absolute(path)
                .map(each ->
                        bounded(
                                path,
                                LONGEST_SOCKET,
                                "has %d bytes; a socket's path has at most %d"));
    }

    /** One that others made: relative to where the agent happens to run it would be another. */
    private static Optional<Path> absolute(String text) {
        if (!text.isEmpty() && !text.startsWith("/")) {
            throw new IllegalArgumentException("must be a path that begins with /");
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(path(text));
    }

    private static Optional<Conflist> conflist(String file, Optional<String> confDir) {
        if (file.isEmpty()) {
            return Optional.empty();
        }
        if (confDir.isEmpty()) {
            throw new IllegalArgumentException(
                    "needs the directory that it is written to; name it with "
                            + Options.CNI_CONF_DIR.flag());
        }
        Path from = path(file);
        if (path(confDir.get()).equals(from.getParent())) {
            throw new IllegalArgumentException(
                    "lies in "
                            + Options.CNI_CONF_DIR.flag()
                            + " itself: runtimes use it before the"
                            + " agent serves; keep it elsewhere");
        }
        return Optional.of(Conflist.read(from));
    }

    private static Path bounded(String text, int most, String otherwise) {
        Path path = path(text);
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > most) {
            throw new IllegalArgumentException(otherwise.formatted(bytes, most));
        }
        return path;
    }

    private static Optional<InetSocketAddress> address(String text) {
        if (text.isEmpty() || text.equals("off")) {
            return Optional.empty();
        }
        int colon = text.lastIndexOf(':');
        String host = text.substring(0, Math.max(0, colon));
        String literal = host.startsWith("[") && host.endsWith("]") ? inner(host) : host;
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            InetAddress address =
                    literal.equals("localhost")
                            ? InetAddress.getLoopbackAddress()
                            : InetAddress.ofLiteral(literal);
            return Optional.of(new InetSocketAddress(address, port));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "must be an address and a port, as 127.0.0.1:9477 or [::1]:9477, or off", e);
        }
    }

    private static String inner(String bracketed) {
        return bracketed.substring(1, bracketed.length() - 1);
    }

    private static Map<String, String> labels(Setting setting) {
        var labels = new TreeMap<String, String>();
        for (String pair : setting.values()) {
            int equals = pair.indexOf('=');
            String key = pair.substring(0, equals).strip();
            if (labels.put(key, pair.substring(equals + 1).strip()) != null) {
                throw setting.option().refuse(pair, setting.where(), "the key is given twice");
            }
        }
        return labels;
    }
}
