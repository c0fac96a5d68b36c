package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.it.MainPlugin.Ip;
import io.croft.it.MainPlugin.Result;
import io.croft.it.Shim.Answer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The calls of Calico's CNI plugin, in its order and with its environment and stdin, and the
 * answers as it reads them. Each step names the file of cni-plugin in projectcalico/calico that it
 * was read from (pkg/plugin/plugin.go, pkg/k8s/k8s.go, internal/pkg/utils/utils.go);
 * docs/integrations/calico.md has what to set up.
 */
final class CalicoDelegationIT {
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

    /** Of charts/calico/templates/calico-config.yaml, as libcni makes it of the list. */
    private static String calico(String version, String keys) {
        return """
        {"cniVersion":"%s","name":"k8s-pod-network","type":"calico","log_level":"info","datastore_type":"kubernetes",
         "nodename":"worker-1","mtu":0,%s,"policy":{"type":"k8s"},"kubernetes":{"kubeconfig":"/k"}%s}\
        """
                .formatted(version, Tenant.ipam(agent, ""), keys);
    }

    /** plugin.go Main and utils.go CreateClient set these; the IPAM plugin inherits them. */
    private static MainPlugin calico(MainPlugin plugin) {
        return plugin.with("CNI_ARGS", "IgnoreUnknown=1;" + plugin.get("CNI_ARGS"))
                .with("DATASTORE_TYPE", "kubernetes")
                .with("KUBECONFIG", "/etc/cni/net.d/calico-kubeconfig");
    }

    @Test
    void calicoGetsOneAddressOfEachFamilyAtEveryVersionItSpeaks() {
        var tenant =
                new Tenant(agent, dir, "calico")
                        .withPool("calico4 10.110.0.0/24 --mode routed")
                        .withPool("calico6 fd00:110::/120 --mode routed");
        // plugin.go Main: these versions, and STATUS and GC not at all.
        for (String version : List.of("0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0")) {
            MainPlugin plugin = calico(tenant.pod("calico-" + version, "web"));
            // utils.go AddIPAM: no address is an error. PopulateEndpointNets: masks do not count.
            Result result = plugin.add(version, calico(version, ""));
            assertEquals(List.of(true, false), result.ips().stream().map(Ip::isV4).toList());
            assertEquals(List.of(32, 128), result.ips().stream().map(Ip::prefixLength).toList());
            assertNull(result.ips().getFirst().gateway());
            assertNull(result.routes());
            assertEquals(result.addresses(), tenant.held());
            // k8s.go CmdDelK8s: endpoint, interface, then IPAM. containerd: first with the result
            // that Calico printed, then without a namespace and without a result.
            String printed =
                    ",\"prevResult\":{\"cniVersion\":\"%s\",\"interfaces\":[{\"name\":\"cali0a1b\"}],\"ips\":[{\"address\":\"%s/32\"}]}"
                            .formatted(version, result.ips().getFirst().address());
            plugin.del(calico(version, version.compareTo("0.4.0") < 0 ? "" : printed));
            assertEquals(Set.of(), tenant.held());
            plugin.withoutNamespace().del(calico(version, ""));
        }
    }

    @Test
    void calicoAddsForAPodWhoseOldSandboxStillHoldsItsAddress() {
        var tenant =
                new Tenant(agent, dir, "calico-old")
                        .withPool("calico-old 10.111.0.0/24 --mode routed");
        String conf = calico("0.3.1", "");
        MainPlugin old = calico(tenant.pod("sandbox-1", "web"));
        MainPlugin young = calico(tenant.pod("sandbox-2", "web"));
        // k8s.go CmdAddK8s: it allocates although the endpoint has an address; the DEL of the old
        // sandbox comes later, and CmdDelK8s releases by container id also where the endpoint is
        // of another sandbox by then.
        Result before = old.add("0.3.1", conf);
        Result after = young.add("0.3.1", conf);
        assertNotEquals(before.addresses(), after.addresses());
        old.del(conf);
        assertEquals(after.addresses(), tenant.held());
    }

    @Test
    void whatCalicoCannotFinishItGivesBack() {
        var tenant =
                new Tenant(agent, dir, "calico-undo")
                        .withPool("calico-undo 10.112.0.0/24 --mode routed");
        String conf = calico("1.0.0", "");
        MainPlugin plugin = calico(tenant.pod("undone", "web"));
        assertEquals(1, plugin.add("1.0.0", conf).ips().size());
        // utils.go ReleaseIPAllocation: CNI_COMMAND becomes DEL, the rest stays as it was.
        plugin.del(conf);
        assertEquals(Set.of(), tenant.held());
        // The runtime's own DEL of the pod that failed.
        plugin.del(conf);
    }

    @Test
    void aPodOfCalicoChoosesItsPoolByAnnotation() {
        var tenant =
                new Tenant(agent, dir, "calico-pick")
                        .withPool("calico-any 10.113.0.0/24 --mode routed");
        agent.croft("pool create calico-one 10.114.0.0/24 --mode gateway").expectSuccess();
        // k8s.go: stdin is rewritten for host-local, calico-ipam and azure-vnet-ipam only, so the
        // annotations that the runtime put in arrive.
        String picks =
                ",\"runtimeConfig\":{\"io.kubernetes.cri.pod-annotations\":{\"croft.io/pools\":\"calico-one\"}}";
        Result result = calico(tenant.pod("picky", "web")).add("1.0.0", calico("1.0.0", picks));
        assertTrue(result.ips().getFirst().address().startsWith("10.114.0."), result::toString);
        // plugin.go nulls this gateway, and k8s.go programs routes of host-local alone.
        assertEquals("10.114.0.1", result.ips().getFirst().gateway());
    }

    @Test
    void calicoHandsOnWhyThereIsNoAddress() {
        var tenant =
                new Tenant(agent, dir, "calico-full")
                        .withPool("calico-full 10.115.0.0/32 --mode routed");
        String conf = calico("0.3.1", "");
        calico(tenant.pod("first", "first")).add("0.3.1", conf);
        // utils.go AddIPAM returns the error as it is; the kubelet shows its text.
        Answer refusal = calico(tenant.pod("second", "second")).call("ADD", conf);
        assertEquals(100, refusal.code(), refusal::toString);
        assertTrue(refusal.outcome().out().contains("calico-full/second"), refusal::toString);
    }
}
