package io.croft.adapter.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.file.NioDisk;
import io.croft.core.address.Cidr;
import io.croft.core.block.BlockId;
import io.croft.core.block.ClaimIntent;
import io.croft.core.block.Token;
import io.croft.core.pool.Pool;
import io.croft.core.pool.PoolId;
import io.croft.core.pool.PoolSet;
import io.croft.core.pool.PoolState;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import io.croft.node.port.BlockStore.ClaimAnswer;
import io.croft.node.port.Install;
import io.croft.node.port.Registrant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedStoreTest {
    private static final UUID INSTALL = new UUID(1, 1);
    private static final PoolId POOL = new PoolId(new UUID(3, 1));
    private static final BlockId FIRST = block("10.1.0.0/26");
    private static final BlockId SECOND = block("10.1.0.64/26");
    private static final Registrant ME = new Registrant(INSTALL, "n1", 1, 1);

    /** What a newer version of format 1 might leave behind. */
    private static final String NEWER =
            """
            {
              "format": 1,
              "clusterUid": "00000000-0000-0008-0000-000000000008",
              "generation": "1",
              "colour": {"of": ["the", "bike", 5, null]},
              "pools": {
                "a": {
                  "pool": {
                    "name": "a",
                    "uid": "00000000-0000-0003-0000-000000000001",
                    "spec": {"cidr": "10.1.0.0/16", "mode": "POOL_MODE_ROUTED", "blockPrefixLength": 26,
                      "smell": "fresh"},
                    "state": "POOL_STATE_ACTIVE",
                    "etag": "1"
                  },
                  "span": "1",
                  "weight": 7
                }
              },
              "blocks": {
                "00000000-0000-0003-0000-000000000001/10.1.0.0/26": {
                  "installId": "00000000-0000-0001-0000-000000000001",
                  "node": "n1",
                  "token": {"generation": "1", "epoch": "1", "nonce": "00000000-0000-0007-0000-000000000001",
                    "sound": true},
                  "taste": "salt"
                }
              },
              "installs": {
                "00000000-0000-0001-0000-000000000001": {
                  "installId": "00000000-0000-0001-0000-000000000001",
                  "node": "n1",
                  "bootId": "00000000-0000-0002-0000-000000000001",
                  "incarnation": "1",
                  "nonce": "00000000-0000-0007-0000-000000000002",
                  "mood": "good"
                }
              },
              "poolSet": "1"
            }
            """;

    @TempDir Path dir;

    @Test
    void makesItselfWhereNothingIs() {
        try (var store = open(false)) {
            assertFalse(store.isUsed());
            assertEquals(StoreMaker.CLUSTER, store.cluster());
            assertEquals(1, store.generation());
            assertEquals(PoolSet.EMPTY, await(store.read()));
        }
        try (var again = open(true)) {
            assertEquals(StoreMaker.CLUSTER, again.cluster());
        }
    }

    @Test
    void refusesAJournalWithoutIt() {
        var refused = assertThrows(RejectedException.class, () -> open(true));
        assertEquals(Reason.CANNOT_START, refused.rejection().reason());
        assertTrue(refused.rejection().message().contains("store.json is missing"));
        assertFalse(Files.exists(dir.resolve("store.json")));
    }

    @Test
    void tellsThatAnInstallHadRegistered() throws IOException {
        file(NEWER);
        try (var store = open(false)) {
            assertTrue(store.isUsed());
        }
    }

    @Test
    void remembersEverythingAfterARestart() {
        var intent = claim(SECOND, 9);
        PoolSet set;
        try (var store = open(false)) {
            await(store.register(install(1), 0));
            set = await(store.change(pools -> pools.create(aPool())));
            await(store.claim(intent, ME));
        }
        try (var store = open(true)) {
            assertEquals(set, await(store.read()));
            assertEquals(Map.of(SECOND, intent.next()), await(store.owned(INSTALL)));
            assertEquals(Optional.of(install(1)), await(store.read(INSTALL)));
        }
    }

    @Test
    void keepsWhatItDoesNotKnow() throws IOException {
        file(NEWER);
        try (var store = open(true)) {
            await(store.register(install(2), 1));
            await(store.giveBack(FIRST, token(1), new Registrant(INSTALL, "n1", 2, 1)));
            await(store.change(set -> set.become("a", PoolState.PAUSED)));
        }
        String text = Files.readString(dir.resolve("store.json")).replaceAll("\\s", "");
        for (String kept :
                new String[] {
                    "\"of\":[\"the\",\"bike\",5,null]",
                    "\"smell\":\"fresh\"",
                    "\"weight\":7",
                    "\"sound\":true",
                    "\"taste\":\"salt\"",
                    "\"mood\":\"good\"",
                    "\"blockPrefixLength\":26"
                }) {
            assertTrue(text.contains(kept), () -> kept + " in " + text);
        }
        assertTrue(text.contains("POOL_STATE_PAUSED"), text);
        assertFalse(text.contains("POOL_STATE_ACTIVE"), text);
        // A tombstone has no owner: a field that is empty now must not survive.
        assertFalse(text.contains("\"node\":\"n1\",\"token\""), text);
    }

    @Test
    void skipsABadBlockAsTaken() throws IOException {
        file(
                NEWER.replace(
                        "\"nonce\": \"00000000-0000-0007-0000-000000000001\"", "\"nonce\": \"?\""));
        try (var store = open(true)) {
            assertEquals(1, store.damaged().size(), store.damaged()::toString);
            assertTrue(store.damaged().getFirst().contains("10.1.0.0/26"));
            assertInstanceOf(ClaimAnswer.Lost.class, await(store.claim(claim(FIRST, 5), ME)));
            assertEquals(Map.of(), await(store.owned(INSTALL)));
            assertInstanceOf(ClaimAnswer.Won.class, await(store.claim(claim(SECOND, 6), ME)));
        }
        assertTrue(Files.readString(dir.resolve("store.json")).contains("\"nonce\":\"?\""));
    }

    @Test
    void doesNotDropAPoolWithABadBlock() throws IOException {
        file(NEWER.replace("\"taste\": \"salt\"", "\"node\": 7"));
        try (var store = open(true)) {
            var failed =
                    assertThrows(
                            CompletionException.class,
                            () -> await(store.change(set -> set.delete("a"))));
            assertInstanceOf(RejectedException.class, failed.getCause());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "[]",
                "{}",
                "{\"format\": 2, \"clusterUid\": \"00000000-0000-0008-0000-000000000008\"}",
                "{\"format\": 1}",
                "{\"format\": 1, \"clusterUid\": \"00000000-0000-0008-0000-000000000008\", \"pools\": {\"a\": 5}}",
                "{\"format\": 1, \"clusterUid\": \"00000000-0000-0008-0000-000000000008\", \"installs\": {\"a\": {}}}"
            })
    void refusesByNameAFileThatIs(String text) throws IOException {
        file(text);
        assertUnusable();
        assertEquals(text, Files.readString(dir.resolve("store.json")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POOL_MODE_ROUTED>POOL_MODE_WARP",
                "\"cidr\": \"10.1.0.0/16\">\"cidr\": \"10.1.0.1/16\"",
                "\"name\": \"a\">\"name\": \"b\"",
                "\"etag\": \"1\">\"etag\": \"x\"",
                "\"bootId\": \"0>\"bootId\": \"x"
            })
    void refusesByNameAFileWith(String change) throws IOException {
        int to = change.indexOf('>');
        String text = NEWER.replace(change.substring(0, to), change.substring(to + 1));
        assertFalse(text.equals(NEWER));
        file(text);
        assertUnusable();
    }

    @Test
    void refusesCallsAfterItsEnd() {
        var store = open(false);
        store.close();
        store.close();
        assertTrue(store.read().toCompletableFuture().isCompletedExceptionally());
    }

    private void assertUnusable() {
        var refused = assertThrows(RejectedException.class, () -> open(true));
        assertEquals(Reason.CANNOT_START, refused.rejection().reason());
        assertTrue(refused.rejection().message().contains("store.json"));
    }

    private EmbeddedStore open(boolean hasJournal) {
        return StoreMaker.open(new NioDisk(), dir, hasJournal);
    }

    private void file(String text) throws IOException {
        Files.writeString(dir.resolve("store.json"), text);
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static Pool aPool() {
        return DocumentReader.read("test", NEWER.getBytes(UTF_8)).pools().get("a").pool();
    }

    private static Install install(long incarnation) {
        return new Install(
                INSTALL,
                "n1",
                "",
                "",
                new UUID(2, 1),
                incarnation,
                new UUID(7, 40 + incarnation),
                "");
    }

    private static ClaimIntent claim(BlockId block, long nonce) {
        return new ClaimIntent(block, Optional.empty(), Optional.empty(), token(nonce));
    }

    private static Token token(long nonce) {
        return new Token(1, 1, new UUID(7, nonce));
    }

    private static BlockId block(String cidr) {
        return new BlockId(POOL, Cidr.parse("cidr", cidr));
    }
}
