package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Condition;
import io.croft.adapter.etcd.Etcd.Step.Get;
import io.croft.adapter.etcd.Etcd.Step.Put;
import io.croft.node.port.AssertedBlocks;
import io.croft.node.port.Registrant;
import io.croft.node.port.StoreState;
import io.croft.proto.store.v1.Assertion;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One install's word in a freeze, that it has re-asserted its blocks: written if the freeze is
 * still the one in which it did, and with the key that an unfreeze compares.
 */
final class AssertBlocks {
    private static final int TRIES = 8;

    private final Continuity session;
    private final Keys keys;
    private final Registrant by;
    private final StoreState in;
    private final AssertedBlocks word;

    AssertBlocks(Continuity session, Keys keys, Registrant by, StoreState in, AssertedBlocks word) {
        this.session = session;
        this.keys = keys;
        this.by = by;
        this.in = in;
        this.word = word;
    }

    /** False: the freeze is over, and the word counts for nothing. */
    CompletionStage<Boolean> make() {
        return Retries.until(TRIES, "the assertion", this::round);
    }

    private CompletionStage<Optional<Boolean>> round() {
        return session.commit(
                        Change.read(new Get(keys.meta()), new Get(keys.install(by.install()))))
                .thenCompose(this::write);
    }

    private CompletionStage<Optional<Boolean>> write(Answer answer) {
        Meta meta = session.saw(answer.readings().getFirst());
        InstallSeen install = InstallSeen.of(by.install(), keys, answer.readings().getLast());
        if (!install.isOf(by)) {
            throw install.superseded(by).asException();
        }
        if (!meta.isFrozen() || !meta.state().equals(in)) {
            // What it was said of is over: whoever said it looks again.
            return Retries.done(Optional.of(false));
        }
        return session.commit(
                        new Change(
                                List.of(Condition.unchanged(meta.entry()), install.unchanged()),
                                List.of(
                                        new Put(
                                                keys.asserted(by.install()),
                                                Values.text(record(meta))),
                                        meta.assertionMade(keys)),
                                List.of()))
                .thenApply(sent -> sent.matched() ? Optional.of(true) : Optional.empty());
    }

    private Assertion record(Meta meta) {
        return Assertion.newBuilder()
                .setFreeze(meta.record().getFreeze())
                .setBootId(word.boot().toString())
                .setReplacesLost(word.replacesLost())
                .setHighestGeneration(word.highestGeneration())
                .addAllGivenUp(word.givenUp())
                .build();
    }
}
