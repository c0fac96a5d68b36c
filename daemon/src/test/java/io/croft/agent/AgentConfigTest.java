package io.croft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentConfigTest {
    @TempDir Path dir;

    @Test
    void hasADefaultForEverything() {
        AgentConfig config = load(Map.of(), Map.of());
        assertEquals("host-1", config.node());
        assertEquals(Path.of("/var/lib/croft"), config.stateDir());
        assertEquals(Path.of("/run/croft"), config.runDir());
        assertEquals(9477, config.metricsAddress().orElseThrow().getPort());
        assertEquals("info", config.logLevel());
        assertEquals(Optional.empty(), config.hardwareId());
        assertEquals(Map.of(), config.labels());
        assertEquals(Optional.empty(), config.criSocket());
        assertEquals(Optional.empty(), config.cniCache());
    }

    @Test
    void takesARuntimesSocketAsAPathOrAUrl() {
        var wanted = Optional.of(Path.of("/run/containerd/containerd.sock"));
        String path = "/run/containerd/containerd.sock";
        assertEquals(wanted, load(Map.of(), Map.of("CROFT_CRI_SOCKET", path)).criSocket());
        String url = "unix://" + path;
        assertEquals(wanted, load(Map.of(), Map.of("CROFT_CRI_SOCKET", url)).criSocket());
        assertEquals(
                Optional.of(Path.of("/var/lib/cni/results")),
                load(Map.of(), Map.of("CROFT_CNI_CACHE", "/var/lib/cni/results/")).cniCache());
    }

    @ParameterizedTest
    @ValueSource(strings = {"containerd.sock", "unix://containerd.sock", "tcp://10.0.0.1:2375"})
    void refusesASocketOfARuntimeThatIsNoPath(String text) {
        String sentence = assertRefused("cri-socket", Map.of(), Map.of("CROFT_CRI_SOCKET", text));
        assertTrue(sentence.contains("must be a path that begins with /"), sentence);
    }

    @Test
    void refusesADirectoryOfResultsThatIsRelative() {
        assertRefused("cni-cache", Map.of(), Map.of("CROFT_CNI_CACHE", "results"));
    }

    @Test
    void refusesAConflistThatCannotBeWrittenWhereItShould() throws IOException {
        Path list =
                Files.writeString(
                        dir.resolve("10-croft.conflist"),
                        "{\"name\":\"n\",\"plugins\":[{\"type\":\"a\",\"ipam\":{\"type\":\"croft\"}}]}");
        var alone = Map.of(Options.CNI_CONFLIST, List.of(list.toString()));
        String sentence = assertRefused("cni-conflist", alone, Map.of());
        assertTrue(sentence.contains("--cni-conf-dir"), sentence);
        var directory = Map.of("CROFT_CNI_CONF_DIR", dir.toString());
        sentence = assertRefused("cni-conflist", alone, directory);
        assertTrue(sentence.contains("lies in --cni-conf-dir itself"), sentence);
        AgentConfig good = load(alone, Map.of("CROFT_CNI_CONF_DIR", "/etc/cni/net.d"));
        assertEquals("10-croft.conflist", good.cniConflist().orElseThrow().name());
        assertEquals(Optional.of(Path.of("/etc/cni/net.d")), good.cniConfDir());
        Files.writeString(list, "{}");
        assertRefused("cni-conflist", alone, Map.of("CROFT_CNI_CONF_DIR", "/etc/cni/net.d"));
        assertRefused("cni-conf-dir", Map.of(), Map.of("CROFT_CNI_CONF_DIR", "net.d"));
    }

    @Test
    void prefersFlagOverEnvironmentOverFileOverDefault() throws IOException {
        file("node: file\nstate-dir: /file\nrun-dir: /file\n");
        AgentConfig config =
                load(
                        Map.of(Options.NODE, List.of("flag")),
                        Map.of("CROFT_NODE", "variable", "CROFT_STATE_DIR", "/variable"));
        assertEquals("flag", config.node());
        assertEquals(Path.of("/variable"), config.stateDir());
        assertEquals(Path.of("/file"), config.runDir());
        assertEquals("text", load(Map.of(), Map.of()).jsonLog() ? "json" : "text");
    }

    @Test
    void takesAnEmptyVariableForNone() throws IOException {
        file("node: file\n");
        assertEquals("file", load(Map.of(), Map.of("CROFT_NODE", "")).node());
    }

    @Test
    void readsTheFileThatIsNamed() throws IOException {
        Path named = Files.writeString(dir.resolve("other.yaml"), "node: other\n");
        assertEquals(
                "other", load(Map.of(Options.CONFIG, List.of(named.toString())), Map.of()).node());
        assertEquals("other", load(Map.of(), Map.of("CROFT_CONFIG", named.toString())).node());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# node: a\n", "\n\n"})
    void takesAFileThatSaysNothingForNoOptions(String text) throws IOException {
        file(text);
        assertEquals("host-1", load(Map.of(), Map.of()).node());
    }

    @Test
    void refusesANamedFileThatIsMissing() {
        String sentence =
                assertRefused("config", Map.of(Options.CONFIG, List.of("/nowhere.yaml")), Map.of());
        assertTrue(sentence.contains("there is no such file"), sentence);
    }

    @Test
    void suggestsTheOptionThatWasMeant() throws IOException {
        file("stat-dir: /x\n");
        String sentence = assertRefused("stat-dir", Map.of(), Map.of());
        assertTrue(sentence.contains("write \"state-dir\""), sentence);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- a",
                "node: [a]",
                "node: {a: b}",
                "node: a\nnode: b",
                "node: &x a\nstate-dir: *x\n: :",
                "&a [*a]",
                "node: !!java.net.URL a\nx",
                "config: /x",
                "check-config: true",
                "single-node: perhaps",
                "log-format: xml",
                "log-level: trace",
                "label: a",
                "label: {a: b, a: c}",
                "label: [a=b, a=c]",
                "node: UPPER",
                "state-dir: ''",
                "store: etcd",
                "metrics-address: nine",
                "metrics-address: 127.0.0.1:99999",
                "metrics-address: example.org:80",
                "run-dir: /a23456789/a23456789/a23456789/a23456789/a23456789/a23456789/a23456789/a23456789/a23456789/a"
            })
    void refusesAFileWith(String text) throws IOException {
        file(text);
        assertThrows(RejectedException.class, () -> load(Map.of(), Map.of()));
    }

    @Test
    void refusesAFileThatIsTooLarge() throws IOException {
        file("# " + "x".repeat(70_000));
        assertRefused("config", Map.of(), Map.of());
    }

    @Test
    void readsLabelsFromEveryPlace() throws IOException {
        Map<String, String> labels = Map.of("zone", "a", "rack", "7");
        assertEquals(
                labels,
                load(Map.of(Options.LABEL, List.of("zone=a", "rack=7")), Map.of()).labels());
        assertEquals(labels, load(Map.of(), Map.of("CROFT_LABEL", "zone=a,rack=7")).labels());
        file("label: {zone: a, rack: 7}");
        assertEquals(labels, load(Map.of(), Map.of()).labels());
        file("label: [zone=a, rack=7]");
        assertEquals(labels, load(Map.of(), Map.of()).labels());
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", ""})
    void hasNoMetricsWhereTheAddressIs(String address) {
        var flags = Map.of(Options.METRICS_ADDRESS, List.of(address));
        assertEquals(Optional.empty(), load(flags, Map.of()).metricsAddress());
    }

    @Test
    void bindsMetricsToAnIpv6Address() {
        var flags = Map.of(Options.METRICS_ADDRESS, List.of("[::1]:0"));
        assertTrue(
                load(flags, Map.of())
                        .metricsAddress()
                        .orElseThrow()
                        .getAddress()
                        .isLoopbackAddress());
    }

    @Test
    void refusesTheEmbeddedStoreInACluster() {
        Map<String, String> pod = Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1");
        assertRefused("store", Map.of(), pod);
        assertRefused("store", Map.of(Options.CLUSTER, List.of("prod")), Map.of());
        var single = Map.of(Options.SINGLE_NODE, List.of("true"));
        assertEquals("host-1", load(single, pod).node());
    }

    private static final Map<Option, List<String>> ETCD =
            Map.of(
                    Options.STORE,
                    List.of("https://10.0.0.1:2379,https://10.0.0.2:2379"),
                    Options.CLUSTER,
                    List.of("prod"));

    private static Map<Option, List<String>> etcd(Option option, String value) {
        var flags = new HashMap<>(ETCD);
        flags.put(option, List.of(value));
        return flags;
    }

    @Test
    void takesAnEtcdForItsStoreAlsoInAKubernetesPod() {
        StoreChoice store = load(ETCD, Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1")).store();
        assertEquals("prod", store.cluster());
        assertEquals("cluster prod in https://10.0.0.1:2379,https://10.0.0.2:2379", store.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Prod", "a/b", "a b", "a_b", "local", "", "prod\u00e9"})
    void refusesAClusterThatIsCalled(String name) {
        assertRefused("cluster", etcd(Options.CLUSTER, name), Map.of());
    }

    @Test
    void refusesAClusterWithALongName() {
        assertEquals(
                "a".repeat(63),
                load(etcd(Options.CLUSTER, "a".repeat(63)), Map.of()).store().cluster());
        assertRefused("cluster", etcd(Options.CLUSTER, "a".repeat(64)), Map.of());
    }

    @Test
    void refusesOptionsOfEtcdBesideTheEmbeddedStore() {
        for (Option option : Options.OF_ETCD) {
            String sentence = assertRefused(option.name(), Map.of(option, List.of("/x")), Map.of());
            assertTrue(sentence.contains("(" + option.flag() + ")"), sentence);
        }
    }

    @Test
    void refusesTheWordOfASingleNodeBesideEtcd() {
        assertRefused("single-node", etcd(Options.SINGLE_NODE, "true"), Map.of());
    }

    @Test
    void refusesAUserWithoutAPasswordAndTheReverse() {
        assertRefused("store-user", etcd(Options.STORE_USER, "croft"), Map.of());
        assertRefused("store-password-file", etcd(Options.STORE_PASSWORD_FILE, "/x"), Map.of());
        var both = etcd(Options.STORE_USER, "croft");
        both.put(Options.STORE_PASSWORD_FILE, List.of("/x"));
        assertEquals("prod", load(both, Map.of()).store().cluster());
    }

    @Test
    void namesOptionValueAndPlaceOfABadValue() {
        String sentence = assertRefused("node", Map.of(), Map.of("CROFT_NODE", "a b"));
        assertTrue(sentence.contains("\"a b\" (CROFT_NODE)"), sentence);
    }

    @Test
    void tellsWhereEachOptionWasSaid() {
        List<Setting> settings = load(Map.of(), Map.of("CROFT_NODE", "n")).settings();
        assertEquals("CROFT_NODE", settings.getFirst().where());
        assertEquals("default", settings.get(1).where());
        assertEquals(Options.ALL, settings.stream().map(Setting::option).toList());
    }

    private String assertRefused(
            String field, Map<Option, List<String>> flags, Map<String, String> environment) {
        var refused = assertThrows(RejectedException.class, () -> load(flags, environment));
        assertEquals(Reason.CANNOT_START, refused.rejection().reason());
        assertEquals(field, refused.rejection().facts().get("field"));
        return refused.rejection().sentence();
    }

    private AgentConfig load(Map<Option, List<String>> flags, Map<String, String> environment) {
        Settings settings = Settings.gather(flags, environment, dir.resolve("agent.yaml"));
        return AgentConfig.load(settings, environment, () -> "host-1");
    }

    private void file(String text) throws IOException {
        Files.writeString(dir.resolve("agent.yaml"), text);
    }
}
