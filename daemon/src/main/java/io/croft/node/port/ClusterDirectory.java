package io.croft.node.port;

import io.croft.core.rejection.Rejection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * The installs of a cluster as its operators see them, and what they may do with one. Outcome and
 * threading as in {@link BlockStore}.
 */
public interface ClusterDirectory {
    /**
     * One install.
     *
     * @param live it gave a sign of life less than 45 s ago
     * @param current the node's name leads to it
     * @param blocks that it owns
     */
    record Member(Install install, boolean live, boolean current, long blocks) {}

    /**
     * Installs whose id is larger than that one, by id, at most so many. Ids are ordered as their
     * texts, so the least is all zeros.
     */
    CompletionStage<List<Member>> members(UUID after, int most);

    /** All installs that ever registered under a node's name and are not forgotten. */
    CompletionStage<List<Member>> membersOf(String node);

    /**
     * An operator's word that a machine is powered off.
     *
     * @param by who says so, for the record
     * @param sharedHardware its hardware id is that of other machines too, so that those which run
     *     prove nothing
     */
    record PoweredOff(String by, boolean sharedHardware) {}

    /**
     * Takes all blocks of all installs of a node, and leaves a record of it. Refused with NODE_LIVE
     * while one of them is live, or any install on the same hardware; with {@code sharedHardware},
     * only one of the same node's name. Refused with NODE_UNKNOWN where there is none. Whoever of
     * them comes back finds its blocks gone. What is half done is finished by the same call.
     *
     * @param node its name, or the id of one of its installs
     * @return how many blocks were taken
     */
    CompletionStage<Long> reclaim(String node, PoweredOff word);

    /** Why no node can leave such a store at all; empty: each may. */
    default Optional<Rejection> cannotLeave() {
        return Optional.empty();
    }

    /**
     * The install leaves for good: its record, its name and its sign of life go. Refused with
     * NODE_NOT_EMPTY while it owns a block.
     */
    CompletionStage<Void> leave(Registrant by);
}
