package io.croft.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import io.croft.it.Shim.Answer;
import io.croft.it.Shim.Pod;
import io.croft.testing.Eventually;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A journal that is of another boot, gone, damaged, put back, somebody else's or of another format.
 */
final class LostJournalIT {
    private static final int BLOCKS = 4;
    private static final int HELD = 3;

    @TempDir private Path dir;

    private final Set<String> given = new HashSet<>();
    private RealAgent agent;

    @BeforeEach
    void serveThreePods() {
        agent = new RealAgent(dir).start();
        // Four blocks of four addresses; one of them is held by three pods.
        agent.croft("pool create pods 10.98.0.0/28 --default --mode routed --block-size 30")
                .expectSuccess();
        for (int i = 0; i < HELD; i++) {
            give("old-" + i);
        }
    }

    @AfterEach
    void end() {
        agent.close();
    }

    /** An ADD that must give what nobody has. */
    private void give(String container) {
        List<String> addresses = agent.shim().add(Place.pod(dir, container)).addresses();
        assertTrue(given.addAll(addresses), addresses + " was given twice: " + agent.log());
    }

    private Path journal() {
        return agent.state().resolve("journal");
    }

    private List<String> states() {
        return agent.list("block list").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .map(block -> block.get("state").getAsString())
                .toList();
    }

    private List<Path> setAside() {
        return Place.list(agent.state()).stream()
                .filter(each -> each.toString().contains("journal.set-aside-"))
                .toList();
    }

    @Test
    void aNewBootDropsTheAllocationsAndKeepsTheBlocks() {
        int owned = states().size();
        agent.kill().reboot().start();
        assertEquals(0, agent.list("ip list").size());
        assertEquals(0, agent.list("ip list --resting").size(), "nothing cools after a boot");
        assertTrue(states().size() >= owned, agent.log());
        assertFalse(states().contains("BLOCK_STATE_QUARANTINED"), agent.log());
        given.clear();
        for (int i = 0; i < 4 * BLOCKS; i++) {
            give("new-" + i);
        }
    }

    @Test
    void blocksOfADeletedJournalRestUntilTheMachineBoots() {
        agent.kill();
        Place.remove(journal());
        agent.start();
        expectRestThenInheritance();
    }

    @Test
    void aDamagedJournalIsSetAsideWhole() throws IOException {
        agent.kill();
        Path segment = Place.list(journal()).getFirst();
        byte[] bytes = Files.readAllBytes(segment);
        bytes[lastRecord(bytes) / 2] ^= 0x10;
        Files.write(segment, bytes);
        assertEquals(5, agent.croft("journal dump --state-dir " + agent.state()).exit());
        agent.start();
        assertEquals(1, setAside().size(), agent.log());
        expectRestThenInheritance();
    }

    private static int lastRecord(byte[] bytes) {
        int at = bytes.length;
        while (bytes[at - 1] == 0) {
            at--;
        }
        return at;
    }

    @Test
    void aJournalThatWasPutBackFromACopyIsSetAside() {
        Path copy = dir.resolve("copy");
        agent.kill();
        Place.copy(journal(), copy);
        agent.start();
        give("after-the-copy");
        agent.kill();
        Place.remove(journal());
        Place.copy(copy, journal());
        agent.start();
        assertEquals(1, setAside().size(), agent.log());
        expectRestThenInheritance();
    }

    /** Whatever pods of the lost journal hold is given to nobody, until a boot ended them. */
    private void expectRestThenInheritance() {
        assertEquals(0, agent.list("ip list").size());
        Answer answer;
        int more = 0;
        do {
            Pod pod = Place.pod(dir, "more-" + more++);
            answer = agent.shim().add(pod);
            if (answer.ok()) {
                assertTrue(given.addAll(answer.addresses()), answer::toString);
            }
        } while (answer.ok() && more <= 4 * BLOCKS);
        assertEquals(100, answer.code(), answer::toString);
        assertTrue(more > 4, "new blocks serve: " + agent.log());
        // Its DEL is a success, as that of any unknown pod.
        assertTrue(agent.shim().del(Place.pod(dir, "old-0")).ok());

        agent.kill().start();
        assertEquals(more - 1, agent.list("ip list").size());
        assertEquals(100, agent.shim().add(Place.pod(dir, "same-boot")).code());

        agent.kill().reboot().start();
        Eventually.holds(
                agent::log,
                () -> states().equals(Collections.nCopies(BLOCKS, "BLOCK_STATE_OWNED")));
        given.clear();
        for (int i = 0; i < 4 * BLOCKS; i++) {
            give("rebooted-" + i);
        }
    }

    @Test
    void aStateDirectoryThatWasEmptiedUnderPodsIsRefused() {
        agent.kill();
        Place.list(agent.state()).forEach(Place::remove);
        assertNotEquals(0, agent.spawn().awaitEnd());
        assertTrue(agent.log().contains("CANNOT_START"), agent.log());
        assertTrue(agent.log().contains(agent.state().toString()), agent.log());
        assertTrue(agent.log().contains("reboot"), agent.log());
        assertEquals(List.of(), nonLock(agent.state()));
        agent.reboot().start();
        assertTrue(agent.status().get("serving").getAsBoolean());
    }

    private static List<Path> nonLock(Path state) {
        return Place.list(state).stream().filter(each -> !each.endsWith("lock")).toList();
    }

    @Test
    void aStoreThatWasPutBackFromACopyIsRefusedUntilTheMachineBoots() {
        Path store = agent.state().resolve("store.json");
        Path copy = dir.resolve("copy.json");
        agent.kill();
        Place.copy(store, copy);
        agent.start();
        give("after-the-copy");
        agent.kill();
        Place.remove(store);
        Place.copy(copy, store);
        assertNotEquals(0, agent.spawn().awaitEnd());
        assertTrue(agent.log().contains("CANNOT_START"), agent.log());
        assertTrue(agent.log().contains("put back from a copy"), agent.log());
        agent.reboot().start();
        assertTrue(agent.shim().add(Place.pod(dir, "after-the-boot")).ok(), agent.log());
    }

    @Test
    void aJournalOfOtherHardwareIsSetAside() {
        agent.kill().with("hardware-id", "another").start();
        assertEquals(1, setAside().size(), agent.log());
        assertTrue(agent.log().contains("hardware it"), agent.log());
        assertEquals(0, agent.list("ip list").size());
        give("on-the-other-hardware");
    }

    @Test
    void aJournalOfAnotherNodeIsSetAside() {
        agent.kill().with("node", "another").start();
        assertEquals(1, setAside().size(), agent.log());
        assertTrue(agent.log().contains("node it"), agent.log());
        give("on-the-other-node");
    }

    @Test
    void aJournalOfAnUnknownFormatIsRefusedByName() throws IOException {
        agent.kill();
        Path segment = Place.list(journal()).getFirst();
        byte[] known = Files.readAllBytes(segment);
        Files.write(segment, withFormat(known, 9));
        assertNotEquals(0, agent.spawn().awaitEnd());
        assertTrue(agent.log().contains("JOURNAL_UNUSABLE"), agent.log());
        assertTrue(agent.log().contains("format 9"), agent.log());
        assertTrue(agent.log().contains(segment.toString()), agent.log());
        assertEquals(List.of(), setAside());

        Files.write(segment, known);
        agent.start();
        assertEquals(HELD, agent.list("ip list").size(), "nothing was changed");
    }

    /**
     * {@code magic 8 | format u32 | length u32 | crc32c u32 | header}, as in {@code
     * docs/design.md}.
     */
    private static byte[] withFormat(byte[] segment, int format) {
        ByteBuffer head = ByteBuffer.wrap(segment.clone());
        int length = head.getInt(12);
        head.putInt(8, format);
        var crc = new CRC32C();
        crc.update(head.slice(8, 8));
        crc.update(head.slice(20, length));
        head.putInt(16, (int) crc.getValue());
        return head.array();
    }
}
