package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.MainPlugin.Result;
import io.croft.it.Shim.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The calls of cilium-cni with ipam=delegated-plugin, in its order and with its environment and
 * stdin, and the answers as it reads them. Each step names the file below plugins/cilium-cni of
 * cilium/cilium that it was read from (cmd/cmd.go, types/types.go); docs/integrations/cilium.md has
 * what to set up.
 */
final class CiliumDelegationIT {
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

    /** Of .github/workflows/conformance-delegated-ipam.yaml. */
    private static String cilium(String version, String keys) {
        return """
        {"cniVersion":"%s","name":"cilium","type":"cilium-cni","enable-debug":true,"log-file":"/var/log/cilium-cni.log",%s%s}\
        """
                .formatted(version, Tenant.ipam(agent, ""), keys);
    }

    @Test
    void ciliumGetsBothFamiliesAndNoUplink() {
        var tenant =
                new Tenant(agent, dir, "cilium")
                        .withPool("cilium4 10.120.0.0/24 --mode routed")
                        .withPool("cilium6 fd00:120::/120 --mode routed");
        for (String version : List.of("0.3.1", "0.4.0", "1.0.0", "1.1.0")) {
            MainPlugin plugin = tenant.pod("cilium-" + version, "web");
            // cmd.go allocateIPsWithDelegatedPlugin: the last address of each family; prefix
            // lengths are cut off (prepareIP). MainPlugin.read refuses interfaces, which would
            // name an uplink there.
            Result result = plugin.add(version, cilium(version, ""));
            Set<String> read =
                    Set.of(result.ofFamily(true).address(), result.ofFamily(false).address());
            assertEquals(read, tenant.held());
            // cmd.go Add, deferred: any later error calls DEL with the same stdin.
            plugin.del(cilium(version, ""));
            assertEquals(Set.of(), tenant.held());
        }
    }

    @Test
    void ciliumForwardsEveryDel() throws IOException {
        var tenant =
                new Tenant(agent, dir, "cilium-del")
                        .withPool("cilium-del 10.121.0.0/24 --mode routed");
        MainPlugin plugin = tenant.pod("gone", "web");
        String conf = cilium("0.3.1", "");
        // cmd.go Del: where ipam.type is set, before it opens the namespace: without an ADD, too.
        plugin.del(conf);
        plugin.add("0.3.1", conf);
        Files.delete(Path.of(plugin.get("CNI_NETNS")));
        plugin.del(conf);
        assertEquals(Set.of(), tenant.held());
        plugin.withoutNamespace().del(conf);
    }

    @Test
    void anAddThatFailsLeavesCiliumNothingToGiveBack() {
        var tenant =
                new Tenant(agent, dir, "cilium-half")
                        .withPool("cilium-half4 10.122.0.0/24 --mode routed")
                        .withPool("cilium-half6 fd00:122::/128 --mode routed");
        String conf = cilium("0.3.1", "");
        Result first = tenant.pod("one", "one").add("0.3.1", conf);
        // cmd.go allocateIPsWithDelegatedPlugin: after a failed ADD there is no DEL.
        Answer refusal = tenant.pod("two", "two").call("ADD", conf);
        assertEquals(100, refusal.code(), refusal::toString);
        assertEquals(first.addresses(), tenant.held());
    }

    @Test
    void ciliumAsksForTheStatus() {
        // cmd.go Status: after its own agent's; libcni names no container for this verb.
        MainPlugin plugin = new Tenant(agent, dir, "cilium-status").pod("none", "none");
        plugin.with("CNI_CONTAINERID", "").with("CNI_NETNS", "").with("CNI_IFNAME", "");
        plugin.with("CNI_ARGS", "");
        MainPlugin.expectSilence(plugin.call("STATUS", cilium("1.1.0", "")));
        String nobody =
                cilium("1.1.0", "").replace(agent.socket().toString(), dir + "/no/cni.sock");
        Answer down = plugin.call("STATUS", nobody);
        assertEquals(50, down.code(), down::toString);
    }

    @Test
    void ciliumTakesPoolsOutsideOfItsOwnSection() {
        var tenant =
                new Tenant(agent, dir, "cilium-pick")
                        .withPool("cilium-any 10.123.0.0/24 --mode routed");
        agent.croft("pool create cilium-one 10.124.0.0/24").expectSuccess();
        // types.go: NetConf.IPAM embeds IPAMSpec, whose "pools" is an object: a list would make
        // cilium-cni refuse its whole configuration. Its "args" has no field.
        String args = ",\"args\":{\"cni\":{\"pools\":[\"cilium-one\"]}}";
        Result result = tenant.pod("pick", "web").add("0.3.1", cilium("0.3.1", args));
        assertTrue(result.ofFamily(true).address().startsWith("10.124.0."), result::toString);
        // Only with installUplinkRoutesForDelegatedIPAM does cmd.go read a gateway, and it wants an
        // interface then, too, which no IPAM plugin's result has.
        assertEquals("10.124.0.1", result.ofFamily(true).gateway());
    }
}
