package io.croft.core.serving;

import io.croft.core.allocation.Allocation;
import io.croft.core.allocation.Attachment;
import io.croft.core.allocation.DelMarker;
import io.croft.core.engine.Command;
import io.croft.core.engine.Decision;
import io.croft.core.engine.Event;
import io.croft.core.engine.NodeView;
import io.croft.core.engine.Timings;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * DEL: takes back what an attachment holds, and refuses from then on its ADDs that began no later.
 * True: something was freed; the unknown is a success too.
 *
 * <p>A DEL that began before the latest ADD that was answered frees nothing: it was delayed, or
 * spooled. One whose network is unknown frees the one allocation of the same container and
 * interface, if there is just one: the conflist was renamed. ADDs of that one are refused then as
 * well.
 *
 * @param undo an ADD takes itself back: {@code began} is its own stamp, and only what no other ADD
 *     was answered with is freed
 */
public record Release(Attachment attachment, BootTime began, boolean undo)
        implements Command<Boolean> {
    @Override
    public Decision<Boolean> decide(NodeView node, Moment now) {
        Optional<Allocation> held = node.allocation(attachment);
        Optional<Allocation> found =
                held.isPresent() || undo || node.marker(attachment).isPresent()
                        ? held
                        : node.soleAllocation(attachment.containerId(), attachment.ifName());
        Optional<Allocation> freed = found.filter(this::mayFree);
        List<Event> events = new ArrayList<>(3);
        freed.ifPresent(
                a -> events.add(new Event.Released(a.attachment(), a.sequence(), now.boot())));
        boolean othersHold = undo && held.isPresent() && freed.isEmpty();
        Set<Attachment> deleted = new LinkedHashSet<>();
        freed.ifPresent(a -> deleted.add(a.attachment()));
        if (!othersHold) {
            deleted.add(attachment);
        }
        deleted.stream()
                .filter(each -> !isMarked(each, node, now))
                .forEach(each ->
                        events.add(
                                new Event.Marked(
                                        each,
                                        new DelMarker(
                                                began, now.boot().plus(Timings.DEL_MARKER)))));
        return new Decision.Accepted<>(events, freed.isPresent());
    }

    private boolean mayFree(Allocation held) {
        return undo ? began.equals(held.began()) && !held.shared() : !began.isBefore(held.began());
    }

    private boolean isMarked(Attachment each, NodeView node, Moment now) {
        return node.marker(each).filter(marker -> marker.refuses(began, now.boot())).isPresent();
    }
}
