package io.croft.it;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The blocks of a cluster as one of its agents lists them. */
final class Blocks {
    private Blocks() {}

    /** Of all nodes. */
    static Set<String> owned(RealAgent agent) {
        return cidrs(agent, _ -> true);
    }

    static Set<String> owned(RealAgent agent, String node) {
        return cidrs(agent, block -> block.get("node").getAsString().equals(node));
    }

    private static Set<String> cidrs(RealAgent agent, Predicate<JsonObject> which) {
        return agent.list("block list --cluster").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(which)
                .map(block -> block.get("cidr").getAsString())
                .collect(Collectors.toSet());
    }

    /** The last block of a /24 that nobody has. */
    static String free(RealAgent agent, String network, int prefix) {
        Set<String> owned = owned(agent);
        int size = 1 << (32 - prefix);
        for (int first = 256 - size; first >= 0; first -= size) {
            String cidr = "%s%d/%d".formatted(network, first, prefix);
            if (!owned.contains(cidr)) {
                return cidr;
            }
        }
        throw new AssertionError(owned);
    }

    /** An ADD that asks for the first address of a block. */
    static Answer firstOf(String block, RealAgent agent, Pod pod) {
        String ips = "\"runtimeConfig\":{\"ips\":[\"%s\"]}".formatted(block.replaceAll("/.*", ""));
        return agent.shim().withConf(ips).add(pod);
    }
}
