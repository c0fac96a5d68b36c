package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.testing.etcd.EtcdSetup;
import io.croft.testing.etcd.EtcdVersion;
import io.croft.testing.etcd.RealEtcd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Commands that need no agent, on every version of etcd that is here. */
@ParameterizedClass
@MethodSource("io.croft.testing.etcd.EtcdVersion#all")
final class StoreCommandsIT {
    private final RealEtcd etcd;
    @TempDir private Path directory;

    StoreCommandsIT(EtcdVersion version) {
        etcd = RealEtcd.start(EtcdSetup.one(version));
    }

    @AfterEach
    void end() {
        etcd.close();
    }

    private Ended croft(String in, Map<String, String> environment, String... args) {
        return Ended.of(in, environment, List.of(args));
    }

    /** With the store's options on the command line. */
    private Ended prod(String... args) {
        return given("", args);
    }

    private Ended given(String in, String... args) {
        var all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--store", etcd.urls(), "--cluster", "prod"));
        return croft(in, Map.of(), all.toArray(new String[0]));
    }

    private void init() {
        Ended made = prod("store", "init", "--owner", "me");
        assertEquals(0, made.code(), made.err());
        assertTrue(made.out().contains(" made, generation 1"), made.out());
    }

    @Test
    void makesAStoreOnce() {
        Ended none = prod("store", "status");
        assertEquals(5, none.code());
        assertTrue(none.err().startsWith("croft: STORE_UNUSABLE: "), none.err());
        init();
        Ended again = prod("store", "init", "--owner", "me");
        assertEquals(0, again.code());
        assertTrue(again.out().contains("is there already"), again.out());
        assertEquals(5, prod("store", "init", "--owner", "you").code());
        Ended status = prod("store", "status");
        assertEquals(0, status.code());
        assertTrue(status.out().contains("owner:       me\n"), status.out());
        assertTrue(status.out().contains("etcd " + etcd.urls()), status.out());
    }

    @Test
    void freezesAndEndsTheFreeze() {
        init();
        assertEquals(2, prod("store", "freeze").code());
        assertEquals(0, prod("store", "freeze", "--because", "restored").code());
        Ended frozen = prod("store", "status");
        assertEquals(5, frozen.code());
        assertTrue(frozen.out().contains(": restored\n"), frozen.out());
        Matcher freeze = Pattern.compile("freeze: +(\\S+)\n").matcher(frozen.out());
        assertTrue(freeze.find(), frozen.out());
        assertEquals(0, prod("store", "freeze", "--because", "restored again").code());
        Ended old = prod("store", "unfreeze", "--others-off", "--freeze", freeze.group(1));
        assertEquals(5, old.code());
        assertTrue(old.err().contains("the store was frozen anew"), old.err());
        freeze.reset(prod("store", "status").out());
        assertTrue(freeze.find());
        Ended ended = prod("store", "unfreeze", "--others-off", "--freeze", freeze.group(1));
        assertTrue(
                ended.out()
                        .startsWith(
                                "cluster prod in %s serves again, in generation "
                                        .formatted(etcd.urls())),
                ended.out());
        assertEquals(0, prod("store", "status").code());
    }

    @Test
    void findsNothingWhereAllIsWell() {
        init();
        Ended clean = prod("audit");
        assertEquals(0, clean.code(), clean.out() + clean.err());
        assertTrue(clean.out().endsWith("clean\n"), clean.out());
        assertTrue(prod("audit", "-o", "json").out().contains("\"findings\": []"));
    }

    @Test
    void appliesPoolsWithoutAnAgent() {
        init();
        String file = "name: pods\ncidr: 10.1.0.0/16\nisDefault: true\n";
        assertEquals("pool pods created\n", given(file, "pool", "apply", "-f", "-").out());
        assertEquals("pool pods unchanged\n", given(file, "pool", "apply", "-f", "-").out());
        Ended refused =
                given(file + "---\nname: other\ncidr: 10.1.0.0/24\n", "pool", "apply", "-f", "-");
        assertEquals(1, refused.code());
        assertTrue(refused.err().startsWith("croft: RANGE_OVERLAPS: "), refused.err());
    }

    @Test
    void appliesExternalRangesWithoutAnAgent() {
        init();
        String file =
                "external: services\ncidr: 10.96.0.0/12\n---\nname: pods\ncidr: 10.1.0.0/16\nisDefault: true\n";
        assertEquals(
                "external range services created\npool pods created\n",
                given(file, "pool", "apply", "-f", "-").out());
        assertEquals(
                "external range services unchanged\npool pods unchanged\n",
                given(file, "pool", "apply", "-f", "-").out());
        assertEquals(
                "external range services changed: cidr 10.96.0.0/12 -> 10.97.0.0/16\n",
                given("external: services\ncidr: 10.97.0.0/16\n", "pool", "apply", "-f", "-")
                        .out());
        Ended refused = given("external: nodes\ncidr: 10.1.2.0/24\n", "pool", "apply", "-f", "-");
        assertEquals(1, refused.code());
        assertTrue(refused.err().startsWith("croft: RANGE_OVERLAPS: "), refused.err());
        assertEquals(0, prod("audit").code());
    }

    @Test
    void grantsAUserTheClustersKeys() {
        Ended made = prod("store", "grant", "--user", "agent");
        assertEquals(0, made.code(), made.err());
        assertTrue(
                made.out().endsWith("user agent may read and write /croft/v1/prod/\n"), made.out());
        Ended again = prod("store", "grant", "--user", "agent");
        assertEquals("user agent may read and write /croft/v1/prod/ already\n", again.out());
    }

    @Test
    void takesItsOptionsFromVariablesAndFile() throws Exception {
        init();
        var variables = Map.of("CROFT_STORE", etcd.urls(), "CROFT_CLUSTER", "prod");
        assertEquals(0, croft("", variables, "store", "status").code());
        Path file =
                Files.writeString(
                        directory.resolve("agent.yaml"),
                        "store: %s\ncluster: prod\nnode: n1\n".formatted(etcd.urls()));
        assertEquals(0, croft("", Map.of(), "audit", "--config", file.toString()).code());
    }
}
