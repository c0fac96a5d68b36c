package io.croft.node.reconcile;

import io.croft.core.block.Block;
import io.croft.core.block.BlockId;
import io.croft.core.block.Resting;
import io.croft.core.engine.NodeView;
import io.croft.core.engine.Timings;
import io.croft.core.netns.NetnsFate;
import io.croft.core.netns.NetnsTrace;
import io.croft.core.netns.SeenNetns;
import io.croft.core.serving.Vacate;
import io.croft.core.serving.Vacate.Candidate;
import io.croft.core.time.BootTime;
import io.croft.core.time.Moment;
import io.croft.node.loop.Duty;
import io.croft.node.loop.EngineLoop;
import io.croft.node.port.Inventory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether the former namespaces of resting addresses are gone, a page at a time, and proposes
 * to vacate those.
 *
 * <p>DEL is not death: some plugins free the address before the link is gone. So an address rests
 * until its namespace was seen gone; or, where nobody can look, for {@link Timings#UNSEEN_REST},
 * and until a search does not find it either. While the namespace is seen alive it rests on; that
 * time counts from when it last was, and not before this process could look.
 */
public final class NetnsWatch implements Duty {
    private static final Duration PERIOD = Duration.ofSeconds(1);
    private static final int PAGE = 256;

    /** Past that the namespace goes that was not seen for longest. */
    private static final int MOST_ALIVE = 65_536;

    private final Inventory inventory;
    private final EngineLoop loop;
    private Optional<BlockId> lastBlock = Optional.empty();
    private int nextOrdinal;
    private boolean looking;
    private boolean acquainted;
    private BootTime due = BootTime.ZERO;
    private BootTime began = BootTime.ZERO;

    /** When former namespaces of resting addresses were last seen alive, in that order. */
    private final Map<SeenNetns, BootTime> alive = new LinkedHashMap<>();

    public NetnsWatch(Inventory inventory, EngineLoop loop) {
        this.inventory = inventory;
        this.loop = loop;
    }

    @Override
    public BootTime perform(NodeView node, Moment now) {
        if (looking) {
            return BootTime.NEVER;
        }
        if (now.boot().isBefore(due)) {
            return due;
        }
        due = now.boot().plus(PERIOD);
        if (!acquainted) {
            began = now.boot();
            acquaint(node);
            return due;
        }
        List<Candidate> page = page(node);
        if (!page.isEmpty()) {
            looking = true;
            inventory
                    .look(namespaces(page))
                    .whenCompleteAsync((fates, _) -> looked(page, fates, now.boot()), loop);
        }
        return due;
    }

    private static Set<SeenNetns> namespaces(List<Candidate> candidates) {
        return candidates.stream()
                .flatMap(each -> each.resting().netns().stream())
                .collect(Collectors.toSet());
    }

    /**
     * One look at what pods hold, after a start: what was not seen by this process could never be
     * seen gone.
     */
    private void acquaint(NodeView node) {
        acquainted = true;
        looking = true;
        Set<SeenNetns> held =
                node.allocations().stream()
                        .flatMap(each -> each.workload().netns().stream())
                        .collect(Collectors.toSet());
        inventory.look(held).whenCompleteAsync((_, _) -> looking = false, loop);
    }

    /**
     * The next positions in the order of blocks and ordinals, from where the last page ended; then
     * from the front again.
     */
    private List<Candidate> page(NodeView node) {
        List<Candidate> page = new ArrayList<>();
        for (Block block : node.blocks()) {
            int order = lastBlock.map(last -> block.id().compareTo(last)).orElse(1);
            if (order >= 0 && page.size() < PAGE) {
                int from = order == 0 ? nextOrdinal : 0;
                if (from < block.size()) {
                    for (Resting resting : block.unvacated(from, PAGE - page.size())) {
                        page.add(new Candidate(block.id(), resting));
                    }
                }
            }
        }
        if (page.size() < PAGE) {
            lastBlock = Optional.empty();
            nextOrdinal = 0;
        } else {
            lastBlock = Optional.of(page.getLast().block());
            nextOrdinal = page.getLast().resting().ordinal() + 1;
        }
        return page;
    }

    private void looked(
            List<Candidate> page, @Nullable Map<SeenNetns, NetnsFate> fates, BootTime asked) {
        looking = false;
        Map<SeenNetns, NetnsFate> known = fates == null ? Map.of() : fates;
        known.forEach((netns, fate) -> remember(netns, fate, asked));
        vacate(page.stream().filter(each -> isGone(each.resting(), known)).toList());
        List<Candidate> over =
                page.stream()
                        .filter(each -> fate(each.resting(), known) == NetnsFate.UNKNOWN)
                        .filter(each -> isOver(each.resting(), asked))
                        .toList();
        vacate(over.stream().filter(each -> !isWitnessed(each.resting())).toList());
        List<Candidate> witnessed =
                over.stream().filter(each -> isWitnessed(each.resting())).toList();
        if (!witnessed.isEmpty()) {
            search(witnessed, asked);
        }
    }

    /** Where no agent ever saw it, whoever has its inode later would be taken for it. */
    private static boolean isWitnessed(Resting resting) {
        return resting.netns().filter(SeenNetns::witnessed).isPresent();
    }

    /** Nobody saw these at their paths for long; a mount or a process may still have one. */
    private void search(List<Candidate> over, BootTime asked) {
        looking = true;
        inventory
                .trace(namespaces(over))
                .whenCompleteAsync(
                        (traces, _) -> {
                            looking = false;
                            searched(over, traces == null ? Map.of() : traces, asked);
                        },
                        loop);
    }

    private void searched(List<Candidate> over, Map<SeenNetns, NetnsTrace> traces, BootTime asked) {
        traces.forEach((netns, trace) -> {
            if (trace == NetnsTrace.ALIVE) {
                remember(netns, NetnsFate.ALIVE, asked);
            }
        });
        vacate(over.stream().filter(each -> mayGo(each.resting(), traces)).toList());
    }

    /** Not while there is one of which the search told nothing, for lack of time. */
    private static boolean mayGo(Resting resting, Map<SeenNetns, NetnsTrace> traces) {
        return resting.netns()
                .map(netns -> traces.getOrDefault(netns, NetnsTrace.ALIVE) != NetnsTrace.ALIVE)
                .orElse(true);
    }

    private void vacate(List<Candidate> free) {
        if (!free.isEmpty()) {
            var _ = loop.propose(new Vacate(free));
        }
    }

    private void remember(SeenNetns netns, NetnsFate fate, BootTime at) {
        if (fate == NetnsFate.UNKNOWN) {
            return;
        }
        alive.remove(netns);
        if (fate == NetnsFate.ALIVE) {
            alive.put(netns, at);
            if (alive.size() > MOST_ALIVE) {
                alive.remove(alive.keySet().iterator().next());
            }
        }
    }

    /** Since when nobody knows anything of it. */
    private BootTime unseenSince(Resting resting) {
        return resting.netns()
                .map(each -> alive.getOrDefault(each, began))
                .filter(seen -> seen.isAfter(resting.since()))
                .orElse(resting.since());
    }

    private static boolean isGone(Resting resting, Map<SeenNetns, NetnsFate> fates) {
        return fate(resting, fates) == NetnsFate.GONE;
    }

    private static NetnsFate fate(Resting resting, Map<SeenNetns, NetnsFate> fates) {
        return resting.netns().map(fates::get).orElse(NetnsFate.UNKNOWN);
    }

    private boolean isOver(Resting resting, BootTime now) {
        return !now.isBefore(unseenSince(resting).plus(Timings.UNSEEN_REST));
    }
}
