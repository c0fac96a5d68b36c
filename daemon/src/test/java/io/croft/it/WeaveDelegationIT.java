package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.MainPlugin.Result;
import io.croft.it.MainPlugin.Route;
import io.croft.it.Shim.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The calls of Weave Net's CNI plugin, in its order and with its environment and stdin, and the
 * answers as it reads them. Each step names the file of weaveworks/weave (plugin/net/cni.go) that
 * it was read from; docs/integrations/weave.md has what to set up.
 */
final class WeaveDelegationIT {
    @TempDir private static Path dir;

    private static RealAgent agent;

    @BeforeAll
    static void start() {
        agent = new RealAgent(dir).start();
    }

    @AfterAll
    static void end() {
        agent.close();
    }

    /** Of the list that weave setup-cni writes, with the section ipam. */
    private static String weave(String version, String pool) {
        return """
        {"cniVersion":"%s","name":"weave","type":"weave-net","hairpinMode":true,%s}\
        """
                .formatted(version, Tenant.ipam(agent, ",\"pools\":[\"" + pool + "\"]"));
    }

    /** cni.go CmdAdd: else it wants an address for its bridge, as weave:expose. */
    private static boolean needsNoBridgeAddress(Result result) {
        boolean hasRoutes = result.routes() != null && !result.routes().isEmpty();
        return hasRoutes || result.ips().getFirst().gateway() != null;
    }

    /** 2.8.1 and before; the rest is of the versions after it (prog/weaveutil/cni.go). */
    private static List<String> versionsOfWeave() {
        return List.of("0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0");
    }

    @Test
    void weaveGetsAnAddressAGatewayAndARoute() {
        var tenant =
                new Tenant(agent, dir, "weave")
                        .withPool("weave4 10.130.0.0/24")
                        .withPool("weave6 fd00:130::/120");
        for (String version : versionsOfWeave()) {
            var plugin = tenant.pod("weave-" + version, "web");
            Result result = plugin.add(version, weave(version, "weave4"));
            // cni.go getIP and CmdAdd: IPs[0] and no other; v6 routes could not be added.
            assertEquals(1, result.ips().size(), result::toString);
            assertEquals("10.130.0.1", result.ips().getFirst().gateway());
            assertEquals(24, result.ips().getFirst().prefixLength());
            assertEquals(List.of(new Route("0.0.0.0/0", "10.130.0.1")), result.routes());
            assertTrue(needsNoBridgeAddress(result));
            // cni.go CmdDel: the interface where a namespace is named, then IPAM; an error is one.
            plugin.withoutNamespace().del(weave(version, "weave4"));
            plugin.del(weave(version, "weave4"));
        }
        assertEquals(Set.of(), tenant.held());
    }

    @Test
    void weaveMakesItsDefaultRouteWhereThePoolHasNone() {
        var tenant =
                new Tenant(agent, dir, "weave-l2")
                        .withPool("weave-l2 10.131.0.0/24 --mode l2 --gateway 10.131.0.254");
        for (String version : versionsOfWeave()) {
            var plugin = tenant.pod("l2-" + version, "web");
            Result result = plugin.add(version, weave(version, "weave-l2"));
            // cni.go setupRoutes: a default route by the gateway only if there is no list at all.
            assertNull(result.routes(), result::toString);
            assertEquals("10.131.0.254", result.ips().getFirst().gateway());
            assertTrue(needsNoBridgeAddress(result));
            plugin.del(weave(version, "weave-l2"));
        }
    }

    @Test
    void anAddressForWeavesBridgeIsRefusedAndNothingElseHappens() {
        var tenant = new Tenant(agent, dir, "weave-bridge").withPool("weave-bridge 10.132.0.0/24");
        var plugin = tenant.pod("weave-pod", "web");
        String conf = weave("0.3.0", "weave-bridge");
        Result result = plugin.add("0.3.0", conf);
        // cni.go CmdAdd: the same call again, with this id, which no CNI version allows.
        Answer refusal = plugin.with("CNI_CONTAINERID", "weave:expose").call("ADD", conf);
        assertEquals(4, refusal.code(), refusal::toString);
        assertTrue(refusal.message().contains("containerID"), refusal::toString);
        assertTrue(refusal.outcome().out().contains("weave:expose"), refusal::toString);
        assertEquals(result.addresses(), tenant.held());
        // Weave gives nothing back; the runtime's DEL does.
        plugin.with("CNI_CONTAINERID", "weave-pod").del(conf);
        assertEquals(Set.of(), tenant.held());
    }

    @Test
    void poolsWithoutAGatewayAreRefusedToWeave() {
        var tenant =
                new Tenant(agent, dir, "weave-no")
                        .withPool("weave-routed 10.133.0.0/24 --mode routed")
                        .withPool("weave-wire 10.134.0.0/24 --mode l2");
        for (String pool : List.of("weave-routed", "weave-wire")) {
            Answer refusal = tenant.pod(pool, "web").call("ADD", weave("0.3.0", pool));
            assertEquals(7, refusal.code(), refusal::toString);
            assertTrue(
                    Stream.of("MODE_MISMATCH", pool, "weave-net")
                            .allMatch(refusal.message()::contains),
                    refusal::toString);
            assertFalse(refusal.outcome().out().contains("ips"), refusal::toString);
        }
        assertEquals(Set.of(), tenant.held());
    }
}
