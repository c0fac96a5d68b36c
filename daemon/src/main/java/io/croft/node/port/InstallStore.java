package io.croft.node.port;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** The installs of a cluster. Outcome and threading as in {@link BlockStore}. */
public interface InstallStore {
    /** What is so now; empty: no such install. */
    CompletionStage<Optional<Install>> read(UUID install);

    /** All installs that ever registered under a node's name. */
    CompletionStage<List<Install>> ofNode(String node);

    /**
     * The installs whose blocks that one may take over once their boot is over: those of the same
     * node on the same hardware. A store of one node only knows that all others are its own former
     * lives.
     */
    default CompletionStage<List<Install>> predecessors(InstallIdentity heir) {
        return ofNode(heir.node())
                .thenApply(all ->
                        all.stream()
                                .filter(other -> other.hardwareId().equals(heir.hardwareId()))
                                .toList());
    }

    /**
     * If the install's record has that incarnation (0: there is no record): replaces it. Completes
     * with the record that is there afterwards, so the caller won if and only if it carries its
     * nonce. Idempotent by the nonce.
     *
     * <p>Fails with NODE_NAME_TAKEN while another install of that node name is live, with
     * INSTALL_LIVE while this one is live in another boot, and with INSTALL_SUPERSEDED where an
     * incarnation is expected and there is no record. The name leads to this install from then on.
     */
    CompletionStage<Install> register(Install next, long expectedIncarnation);

    /**
     * A sign of life: it lapses 45 s after the latest. True: the incarnation is still the caller's;
     * false: it is not, and no sign was given.
     */
    CompletionStage<Boolean> keepAlive(Registrant by);

    /** Takes the sign of life back, so that the next start need not wait. */
    CompletionStage<Void> endLife(Registrant by);

    CompletionStage<Boolean> isLive(UUID install);

    /**
     * Deletes the record of a former install, if it is still this one, shows no sign of life and
     * owns nothing. False: it is as it was. Whoever comes back with it registers anew.
     */
    CompletionStage<Boolean> forget(Install former);
}
