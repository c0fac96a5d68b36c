package io.croft.node.keeper;

import io.croft.node.port.Registrant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the keeper asks of this node's place in the cluster. The loop's thread.
 *
 * @param registrant who claims and returns; empty: nothing is sent now
 * @param leaving the node gives everything back: nothing new is claimed
 * @param doubt tells that the store spoke as if this install were not what it believes to be
 */
public record Membership(
        Supplier<Optional<Registrant>> registrant, BooleanSupplier leaving, Runnable doubt) {}
