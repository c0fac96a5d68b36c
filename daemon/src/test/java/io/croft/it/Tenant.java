package io.croft.it;

import io.croft.it.Shim.Pod;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A namespace of pods with pools that serve nobody else, so that tests can share an agent. The
 * pods' network namespaces are played by files of that directory.
 */
record Tenant(RealAgent agent, Path dir, String namespace) {
    /** Makes a pool that only this namespace may use. */
    Tenant withPool(String words) {
        agent.croft("pool create " + words + " --namespace " + namespace).expectSuccess();
        return this;
    }

    /** A pod of this namespace, called by containerd through a main plugin. */
    MainPlugin pod(String container, String workload) {
        return new MainPlugin(
                new Pod("net", container, namespace, Place.pod(dir, container).netns()), workload);
    }

    /** The addresses that its pods hold. */
    Set<String> held() {
        return agent.list("ip list --namespace " + namespace).asList().stream()
                .map(entry -> entry.getAsJsonObject().get("address").getAsString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The section of a conf that delegates to Croft, with further keys. */
    static String ipam(RealAgent agent, String keys) {
        return "\"ipam\":{\"type\":\"croft\",\"socket\":\"%s\"%s}".formatted(agent.socket(), keys);
    }
}
