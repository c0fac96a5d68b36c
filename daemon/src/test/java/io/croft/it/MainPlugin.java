package io.croft.it;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Program;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A main plugin while it calls its IPAM plugin as libcni's {@code pkg/invoke} does (delegate.go,
 * args.go, find.go of containernetworking/cni): the program is looked for in CNI_PATH, gets the
 * main plugin's environment with CNI_COMMAND replaced, and on stdin what the main plugin got.
 */
final class MainPlugin {
    /** One address of a result; null: no gateway. */
    record Ip(String address, int prefixLength, @Nullable String gateway) {
        boolean isV4() {
            return !address.contains(":");
        }
    }

    /** One route of a result; null: no gateway. */
    record Route(String destination, @Nullable String gateway) {}

    /** A result of any version, as the newest type of libcni has it; null: it has no routes. */
    record Result(List<Ip> ips, @Nullable List<Route> routes) {
        Set<String> addresses() {
            return ips.stream().map(Ip::address).collect(Collectors.toSet());
        }

        Ip ofFamily(boolean v4) {
            // Cilium lets the last of a family win (cmd.go allocateIPsWithDelegatedPlugin).
            return ips.stream().filter(ip -> ip.isV4() == v4).toList().getLast();
        }
    }

    private final Map<String, String> environment = new HashMap<>();

    /** Called by containerd for a pod (its sandbox_run.go gives these five arguments). */
    MainPlugin(Pod pod, String workload) {
        environment.put("CNI_CONTAINERID", pod.container());
        environment.put("CNI_NETNS", pod.netns().toString());
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_PATH", "/nowhere/bin:" + Program.dist().resolve("cni"));
        environment.put(
                "CNI_ARGS",
                "K8S_POD_INFRA_CONTAINER_ID=%s;K8S_POD_NAME=%s;K8S_POD_NAMESPACE=%s;K8S_POD_UID=uid-%s;IgnoreUnknown=1"
                        .formatted(pod.container(), workload, pod.namespace(), workload));
        environment.put("NOTIFY_SOCKET", "/run/systemd/notify");
    }

    /** Sets a variable of its own, which the IPAM plugin inherits. */
    MainPlugin with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    String get(String name) {
        return environment.getOrDefault(name, "");
    }

    /** As containerd's second DEL of a pod and a DEL after a reboot: the namespace is not named. */
    MainPlugin withoutNamespace() {
        return with("CNI_NETNS", "");
    }

    /** ADD that must succeed, read at the version of the conf. */
    Result add(String version, String conf) {
        return read(version, call("ADD", conf));
    }

    /** DEL that must succeed and say nothing. */
    void del(String conf) {
        expectSilence(call("DEL", conf));
    }

    static void expectSilence(Answer answer) {
        String said = answer.outcome().expectSuccess();
        if (!said.isEmpty()) {
            throw new AssertionError("it said something: " + answer);
        }
    }

    Answer call(String verb, String conf) {
        Map<String, String> inherited = new HashMap<>(environment);
        inherited.put("CNI_COMMAND", verb);
        return new Answer(Program.run(List.of(find().toString()), inherited, conf));
    }

    private Path find() {
        for (String directory : get("CNI_PATH").split(":", -1)) {
            Path plugin = Path.of(directory, "croft");
            if (Files.isRegularFile(plugin)) {
                return plugin;
            }
        }
        throw new AssertionError("no croft in CNI_PATH of " + environment);
    }

    /** Reads a result as strictly as libcni: another version or a bad text is an error. */
    static Result read(String version, Answer answer) {
        answer.outcome().expectSuccess();
        JsonObject json = answer.json();
        if (!json.get("cniVersion").getAsString().equals(version)) {
            throw new AssertionError("not of version " + version + ": " + answer);
        }
        if (json.has("interfaces")) {
            throw new AssertionError("an IPAM plugin's result has interfaces: " + answer);
        }
        List<Ip> ips = new ArrayList<>();
        if (version.equals("0.1.0") || version.equals("0.2.0")) {
            List<Route> routes = new ArrayList<>();
            boolean said = false;
            for (String family : List.of("ip4", "ip6")) {
                if (json.has(family)) {
                    JsonObject of = json.getAsJsonObject(family);
                    ips.add(ip(of, "ip"));
                    said |= of.has("routes");
                    routes.addAll(routes(of));
                }
            }
            return new Result(ips, said ? routes : null);
        }
        for (JsonElement ip : json.getAsJsonArray("ips")) {
            Ip read = ip(ip.getAsJsonObject(), "address");
            String family = read.isV4() ? "\"4\"" : "\"6\"";
            String named = String.valueOf(ip.getAsJsonObject().get("version"));
            if (!named.equals(version.compareTo("1.0.0") < 0 ? family : "null")) {
                throw new AssertionError("a family is named wrongly: " + answer);
            }
            ips.add(read);
        }
        return new Result(ips, json.has("routes") ? routes(json) : null);
    }

    private static Ip ip(JsonObject json, String key) {
        String cidr = json.get(key).getAsString();
        int slash = cidr.indexOf('/');
        return new Ip(
                address(cidr.substring(0, slash)),
                Integer.parseInt(cidr.substring(slash + 1)),
                optional(json, "gateway"));
    }

    private static List<Route> routes(JsonObject json) {
        List<Route> routes = new ArrayList<>();
        if (json.has("routes")) {
            for (JsonElement route : json.getAsJsonArray("routes")) {
                String destination = route.getAsJsonObject().get("dst").getAsString();
                address(destination.substring(0, destination.indexOf('/')));
                routes.add(new Route(destination, optional(route.getAsJsonObject(), "gw")));
            }
        }
        return routes;
    }

    private static @Nullable String optional(JsonObject json, String key) {
        return json.has(key) ? address(json.get(key).getAsString()) : null;
    }

    private static String address(String literal) {
        var _ = InetAddress.ofLiteral(literal);
        return literal;
    }
}
