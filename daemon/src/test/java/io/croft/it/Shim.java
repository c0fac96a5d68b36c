package io.croft.it;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.croft.testing.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Calls the real CNI plugin as a container runtime does, on one agent's socket. */
final class Shim {
    /** A main plugin that delegates and waits, as all do. */
    static final List<String> PARENT = List.of("sh", "-c", "\"$0\"; exit $?");

    /** One interface of one sandbox; its network namespace is played by any file. */
    record Pod(String network, String container, String namespace, Path netns) {
        static Pod of(String container, Path netns) {
            return new Pod("net", container, "team", netns);
        }

        String key() {
            return network + "/" + container + "/eth0";
        }
    }

    /** What it answered. */
    record Answer(Program.Outcome outcome) {
        /** By which go-cni takes an error for a success. */
        private static final List<String> SWALLOWED =
                List.of("not found", "no such file or directory");

        Answer {
            for (String text : SWALLOWED) {
                if (outcome.exit() != 0
                        && (outcome.out().contains(text) || outcome.err().contains(text))) {
                    throw new AssertionError("callers swallow \"" + text + "\": " + outcome);
                }
            }
        }

        boolean ok() {
            return outcome.exit() == 0;
        }

        /** CNI's error code; 0: none. */
        int code() {
            return ok() ? 0 : json().get("code").getAsInt();
        }

        String message() {
            return ok() ? "" : json().get("msg").getAsString();
        }

        JsonObject json() {
            try {
                return JsonParser.parseString(outcome.out()).getAsJsonObject();
            } catch (RuntimeException noJson) {
                throw new AssertionError("no CNI answer: " + outcome, noJson);
            }
        }

        /** The addresses of a result, without their prefix length. */
        List<String> addresses() {
            outcome.expectSuccess();
            List<String> addresses = new ArrayList<>();
            for (var ip : json().getAsJsonArray("ips")) {
                String cidr = ip.getAsJsonObject().get("address").getAsString();
                addresses.add(cidr.substring(0, cidr.indexOf('/')));
            }
            return addresses;
        }

        @Override
        public String toString() {
            return outcome.toString();
        }
    }

    private final Path socket;
    private final String ipam;
    private final String plugin;
    private final String conf;
    private final String version;

    private Shim(Path socket, String version, String plugin, String ipam, String conf) {
        this.socket = socket;
        this.version = version;
        this.plugin = plugin;
        this.ipam = ipam;
        this.conf = conf;
    }

    static Shim on(Path socket) {
        return new Shim(socket, "1.0.0", "test", "", "");
    }

    /** With further keys of the conf's section {@code ipam}, as {@code "pools":["a"]}. */
    Shim withIpam(String keys) {
        return new Shim(socket, version, plugin, "," + keys, conf);
    }

    /** With further keys of the conf itself, as {@code "runtimeConfig":{…}}. */
    Shim withConf(String keys) {
        return new Shim(socket, version, plugin, ipam, "," + keys);
    }

    /** Called by a main plugin of that type. */
    Shim under(String type) {
        return new Shim(socket, version, type, ipam, conf);
    }

    /** In that version of CNI; STATUS and GC need 1.1.0. */
    Shim speaking(String other) {
        return new Shim(socket, other, plugin, ipam, conf);
    }

    Answer add(Pod pod) {
        return call("ADD", pod);
    }

    Answer del(Pod pod) {
        return call("DEL", pod);
    }

    /** With the result that the runtime kept. */
    Answer check(Pod pod, Answer added) {
        return withConf("\"prevResult\":" + added.outcome().out()).call("CHECK", pod);
    }

    Answer call(String verb, Pod pod) {
        return new Answer(start(List.of(), verb, pod).await());
    }

    /** Starts a call, under other programs that end by becoming it or by calling it. */
    Program start(List<String> under, String verb, Pod pod) {
        return start(under, environment(verb, pod), conf(pod));
    }

    /** Starts whatever a caller might do. */
    static Program start(List<String> under, Map<String, String> environment, String stdin) {
        List<String> command = new ArrayList<>(under);
        command.add(binary());
        return Program.start(command, environment, stdin);
    }

    private static String binary() {
        return Program.dist().resolve("cni/croft").toString();
    }

    static Map<String, String> environment(String verb, Pod pod) {
        Map<String, String> environment = new HashMap<>();
        environment.put("CNI_COMMAND", verb);
        environment.put("CNI_CONTAINERID", pod.container());
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_NETNS", pod.netns().toString());
        environment.put("CNI_PATH", Program.dist().resolve("cni") + ":/usr/lib/cni");
        String labels = "IgnoreUnknown=1;K8S_POD_NAME=%s".formatted(pod.container());
        environment.put(
                "CNI_ARGS",
                pod.namespace().isEmpty()
                        ? labels
                        : labels + ";K8S_POD_NAMESPACE=" + pod.namespace());
        return environment;
    }

    String conf(Pod pod) {
        return "{\"cniVersion\":\"%s\",\"name\":\"%s\",\"type\":\"%s\",\"ipam\":{\"type\":\"croft\",\"socket\":\"%s\"%s}%s}"
                .formatted(version, pod.network(), plugin, socket, ipam, conf);
    }
}
