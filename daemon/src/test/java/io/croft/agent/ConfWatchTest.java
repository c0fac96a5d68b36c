package io.croft.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.cni.ConfDirectory;
import io.croft.adapter.cni.Conflist;
import io.croft.adapter.grpc.AgentFacts.Condition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfWatchTest {
    private static final String OURS =
            "{\"name\":\"n\",\"plugins\":[{\"type\":\"bridge\",\"ipam\":{\"type\":\"croft\"}}]}";

    @TempDir private Path dir;
    private final List<String> said = new ArrayList<>();
    private Path conf;
    private boolean serving;

    @BeforeEach
    void make() throws IOException {
        conf = Files.createDirectory(dir.resolve("net.d"));
    }

    private ConfWatch watch(Optional<Conflist> own) {
        return new ConfWatch(new ConfDirectory(conf), own, () -> serving, said::add);
    }

    private ConfWatch writing() throws IOException {
        Path file = Files.writeString(dir.resolve("10-croft.conflist"), OURS);
        return watch(Optional.of(Conflist.read(file)));
    }

    private Path written() {
        return conf.resolve("10-croft.conflist");
    }

    private static List<String> types(ConfWatch watch) {
        return watch.conditions().stream().map(Condition::type).toList();
    }

    @Test
    void writesWhenTheAgentServesAndNotBefore() throws IOException {
        ConfWatch watch = writing();
        watch.look();
        assertFalse(Files.exists(written()));
        assertEquals(List.of(), types(watch));
        serving = true;
        watch.look();
        assertEquals(OURS, Files.readString(written()));
        assertEquals(List.of(), types(watch));
        watch.look();
        assertEquals(List.of("wrote 10-croft.conflist to " + conf), said);
    }

    @Test
    void writesAgainWhatSomebodyChangedAlsoWhenItNoLongerServes() throws IOException {
        ConfWatch watch = writing();
        serving = true;
        watch.look();
        serving = false;
        Files.writeString(written(), "{}");
        watch.look();
        assertEquals(OURS, Files.readString(written()));
    }

    @Test
    void leavesWhatIsThereWhenItEnds() throws IOException {
        try (ConfWatch watch = writing()) {
            serving = true;
            watch.look();
        }
        assertTrue(Files.exists(written()));
    }

    @Test
    void saysOnceThatAnotherSortsFirstAndWhenThatEnds() throws IOException {
        Files.writeString(written(), OURS);
        Path other = Files.writeString(conf.resolve("05-other.conflist"), "{}");
        ConfWatch watch = watch(Optional.empty());
        watch.look();
        watch.look();
        assertEquals(List.of("CNI_CONF_FOREIGN"), types(watch));
        String message = watch.conditions().getFirst().message();
        assertTrue(message.contains("05-other.conflist"), message);
        assertTrue(message.contains("before 10-croft.conflist; remove it"), message);
        Files.delete(other);
        watch.look();
        assertEquals(List.of(), types(watch));
        assertEquals(List.of("CNI_CONF_FOREIGN: " + message, "CNI_CONF_FOREIGN ended"), said);
    }

    @Test
    void saysThatNoneUsesCroft() throws IOException {
        ConfWatch watch = watch(Optional.empty());
        watch.look();
        assertEquals(List.of("CNI_CONF_MISSING"), types(watch));
        Files.writeString(conf.resolve("05-other.conflist"), "{}");
        watch.look();
        String message = watch.conditions().getFirst().message();
        assertTrue(message.contains("the runtime takes 05-other.conflist"), message);
    }

    @Test
    void saysThatTheDirectoryIsMissingAndCannotBeWritten() throws IOException {
        Files.delete(conf);
        serving = true;
        ConfWatch watch = writing();
        watch.look();
        assertEquals(List.of("CNI_CONF_UNWRITTEN", "CNI_CONF_DIR_UNUSABLE"), types(watch));
        Files.createDirectory(conf);
        watch.look();
        assertEquals(List.of(), types(watch));
        assertEquals(OURS, Files.readString(written()));
    }
}
