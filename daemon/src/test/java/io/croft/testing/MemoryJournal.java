package io.croft.testing;

import io.croft.core.engine.Event;
import io.croft.core.time.Moment;
import io.croft.node.port.Journal;
import io.croft.node.port.JournalFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A journal that keeps its records as values, and outlives the process that writes it. */
public final class MemoryJournal implements Journal {
    private record Entry(Moment at, List<Event> events) {}

    private final List<Entry> records = new ArrayList<>();
    private int durable;
    private int sinceSnapshot;
    private long written;

    /** No room but for what frees. */
    public boolean full;

    /** No room for these. */
    public Predicate<Event> refused = event -> false;

    /** The disk fails at the next call. */
    public boolean broken;

    /** The disk fails at the next commit: what was appended is written, and nobody is answered. */
    public boolean commitBroken;

    public int snapshotAfter = 500;

    /** A control: what becomes of a record that was acknowledged; the next process reads this. */
    public UnaryOperator<List<Event>> sabotage = events -> events;

    public void replay(Consumer<Event> into) {
        records.forEach(record -> sabotage.apply(record.events()).forEach(into));
    }

    public Optional<Moment> last() {
        return records.isEmpty() ? Optional.empty() : Optional.of(records.getLast().at());
    }

    /** The next process finds a disk that works. */
    public void recover() {
        broken = false;
        commitBroken = false;
    }

    /** Of what was not durable, a part is gone from its end. */
    public void losePower(Random random) {
        int kept = durable + random.nextInt(records.size() - durable + 1);
        records.subList(kept, records.size()).clear();
        durable = kept;
    }

    /** The disk as it is now. */
    public MemoryJournal copy() {
        var copy = new MemoryJournal();
        copy.putBack(this);
        return copy;
    }

    public void putBack(MemoryJournal older) {
        records.clear();
        records.addAll(older.records);
        durable = records.size();
    }

    public void lose() {
        records.clear();
        durable = 0;
    }

    /** Whether the last commit covers all that was appended. */
    public boolean isCommitted() {
        return records.stream()
                .skip(durable)
                .allMatch(record ->
                        record.events().stream().allMatch(Event.OfPods.class::isInstance));
    }

    @Override
    public boolean append(Moment at, List<Event> events) {
        check();
        if ((full && !events.stream().allMatch(MemoryJournal::frees))
                || events.stream().anyMatch(refused)) {
            return false;
        }
        records.add(new Entry(at, List.copyOf(events)));
        sinceSnapshot++;
        written++;
        return true;
    }

    private static boolean frees(Event event) {
        return switch (event) {
            case Event.Released e -> true;
            case Event.Marked e -> true;
            case Event.Vacated e -> true;
            case Event.BlockRetired e -> true;
            case Event.BlockForgotten e -> true;
            default -> false;
        };
    }

    private void check() {
        if (broken) {
            throw new JournalFailedException("the disk fails", new IllegalStateException());
        }
    }

    @Override
    public void commit() {
        broken |= commitBroken;
        check();
        if (!isCommitted()) {
            durable = records.size();
        }
    }

    @Override
    public boolean wantsSnapshot() {
        return sinceSnapshot > snapshotAfter;
    }

    @Override
    public void snapshot(Moment at, Stream<Event> state) {
        List<Event> events = state.toList();
        records.clear();
        records.add(new Entry(at, events));
        durable = 1;
        sinceSnapshot = 0;
    }

    @Override
    public boolean hasRoom() {
        return !full;
    }

    @Override
    public long sequence() {
        return written;
    }

    @Override
    public long bytes() {
        return records.size();
    }
}
