package io.croft.sim;

import io.croft.node.port.Install;
import io.croft.node.port.InstallIdentity;
import io.croft.node.port.InstallStore;
import io.croft.node.port.Registrant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/** What a node hears of its former installs, changed by somebody. */
record OtherInstalls(
        InstallStore installs, BiFunction<InstallIdentity, List<Install>, List<Install>> former)
        implements InstallStore {
    @Override
    public CompletionStage<List<Install>> predecessors(InstallIdentity heir) {
        return installs.predecessors(heir).thenApply(all -> former.apply(heir, all));
    }

    @Override
    public CompletionStage<Optional<Install>> read(UUID install) {
        return installs.read(install);
    }

    @Override
    public CompletionStage<List<Install>> ofNode(String node) {
        return installs.ofNode(node);
    }

    @Override
    public CompletionStage<Install> register(Install next, long expectedIncarnation) {
        return installs.register(next, expectedIncarnation);
    }

    @Override
    public CompletionStage<Boolean> keepAlive(Registrant by) {
        return installs.keepAlive(by);
    }

    @Override
    public CompletionStage<Void> endLife(Registrant by) {
        return installs.endLife(by);
    }

    @Override
    public CompletionStage<Boolean> isLive(UUID install) {
        return installs.isLive(install);
    }

    @Override
    public CompletionStage<Boolean> forget(Install former) {
        return installs.forget(former);
    }
}
