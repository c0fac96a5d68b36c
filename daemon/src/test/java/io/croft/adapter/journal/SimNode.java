package io.croft.adapter.journal;

import io.croft.adapter.file.SimDisk;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeProfile;
import io.croft.core.engine.NodeState;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.port.InstallIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A state and its journal on a simulated disk. */
final class SimNode {
    static final Path STATE = Path.of("/state");
    static final Path JOURNAL = STATE.resolve("journal");
    static final InstallIdentity IDENTITY =
            new InstallIdentity(new UUID(1, 1), "", "node-a", "hardware", "machine");

    /** So small that a few dozen records fill a segment. */
    static final Sizes SMALL = new Sizes(4 * 1024, 512, 1024, 8 * 1024);

    final NodeState state;
    final FileJournal journal;

    private SimNode(NodeState state, FileJournal journal) {
        this.state = state;
        this.journal = journal;
    }

    static SimDisk disk() throws IOException {
        var disk = new SimDisk();
        disk.createDirectory(STATE);
        disk.syncDirectory(Path.of("/"));
        return disk;
    }

    static NodeState emptyState() {
        return new NodeState(new NodeProfile("node-a", Map.of()));
    }

    static Opening look(SimDisk disk, UUID bootId, NodeState state) throws IOException {
        return FileJournal.open(disk, JOURNAL, IDENTITY, bootId, SMALL, state::apply);
    }

    /** Replays what is there, or begins anew. */
    static SimNode open(SimDisk disk, UUID bootId) throws IOException {
        NodeState state = emptyState();
        return switch (look(disk, bootId, state)) {
            case Opening.Opened opened -> new SimNode(state, opened.journal());
            case Opening.New none -> new SimNode(state, create(disk));
            case Opening.Foreign foreign -> throw new AssertionError(foreign);
            case Opening.Corrupt corrupt -> throw new AssertionError(corrupt);
        };
    }

    private static FileJournal create(SimDisk disk) throws IOException {
        var now = new Moment(BootTime.ZERO, Instant.EPOCH);
        return FileJournal.create(disk, JOURNAL, IDENTITY, SMALL, now);
    }

    /** Appends and applies, as the loop does. */
    boolean decide(Moment at, List<Event> events) {
        boolean done = journal.append(at, events);
        if (done) {
            events.forEach(state::apply);
        }
        return done;
    }

    /**
     * Decides that many times by chance, with a commit, snapshot or background sync now and then.
     */
    void live(RandomHistory history, int decisions) {
        for (int i = 1; i <= decisions; i++) {
            List<Event> events = history.next(state);
            decide(history.now(), events);
            endTurn(history.now(), i);
        }
    }

    void endTurn(Moment at, int i) {
        if (i % 3 == 0) {
            journal.commit();
        }
        if (i % 25 == 0) {
            journal.tick();
        }
        if (journal.wantsSnapshot()) {
            journal.snapshot(at, state.events());
        }
    }

    String print() {
        return print(state);
    }

    /** A state as text, equal for equal states. Maps without an order are sorted. */
    static String print(NodeState state) {
        List<Event> events = state.events().toList();
        Stream<String> ordered = events.stream().filter(e -> !isUnordered(e)).map(Object::toString);
        Stream<String> unordered =
                events.stream().filter(SimNode::isUnordered).map(Object::toString).sorted();
        return Stream.concat(ordered, unordered).collect(Collectors.joining("\n"));
    }

    private static boolean isUnordered(Event event) {
        return event instanceof Event.Allocated || event instanceof Event.Unavailable;
    }
}
