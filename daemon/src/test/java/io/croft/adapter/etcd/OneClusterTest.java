package io.croft.adapter.etcd;

import static io.croft.adapter.etcd.Clients.await;
import static io.croft.adapter.etcd.Clients.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.adapter.etcd.Etcd.Header;
import io.croft.adapter.etcd.Etcd.Member;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Endpoints of two etcds in one list. */
class OneClusterTest {
    private final SimStores stores = SimStores.made();
    private final List<Member> others = new ArrayList<>();

    private final Etcd etcd =
            new PassedOn(stores.etcd) {
                @Override
                public CompletionStage<List<Member>> members() {
                    return super.members().thenApply(OneClusterTest.this::withOthers);
                }
            };

    private List<Member> withOthers(List<Member> members) {
        var all = new ArrayList<>(members);
        all.addAll(others);
        return all;
    }

    private void addAnother(UnaryOperator<Header> header) {
        Member one = await(stores.etcd.members()).getFirst();
        others.add(
                new Member(
                        "http://other:2379",
                        header.apply(one.header()),
                        one.index(),
                        one.version(),
                        one.databaseBytes(),
                        one.leader()));
    }

    private void addAnotherCluster() {
        addAnother(one -> new Header(one.cluster() + 1, 7, one.revision(), one.term()));
    }

    @Test
    void isBelievedOfMembersOfOneCluster() {
        addAnother(one -> new Header(one.cluster(), 7, one.revision(), one.term()));
        var store = stores.open(etcd);
        await(store.session().check());
        await(store.session().check());
        await(new StoreSetup(etcd, SimStores.CLUSTER, stores.clock, stores.ids).init("owner"));
    }

    @Test
    void refusesToMakeOrToShowAStoreOverTwo() {
        addAnotherCluster();
        var setup = new StoreSetup(etcd, SimStores.CLUSTER, stores.clock, stores.ids);
        Rejection why = refusal(setup.init("owner"));
        assertEquals(Reason.STORE_UNUSABLE, why.reason());
        assertTrue(why.message().contains("http://other:2379"), why.message());
        assertEquals(Reason.STORE_UNUSABLE, refusal(setup.status()).reason());
    }

    @Test
    void refusesEachCheckUntilTheListIsOfOne() {
        addAnotherCluster();
        List<String> lost = new ArrayList<>();
        var store = stores.open(etcd);
        store.session().onLost(() -> lost.add("lost"));
        // The first does not wait for what the endpoints say.
        var _ = store.session().check();
        assertEquals(List.of("lost"), lost);
        assertEquals(Reason.STORE_UNUSABLE, refusal(store.session().check()).reason());
        assertEquals(Reason.STORE_UNUSABLE, refusal(store.session().check()).reason());
        assertEquals(List.of("lost"), lost);
        others.clear();
        await(store.session().check());
    }

    @Test
    void asksAgainWhenNobodyAnswered() {
        addAnotherCluster();
        var asked = new ArrayList<String>();
        var silentOnce =
                new PassedOn(etcd) {
                    @Override
                    public CompletionStage<List<Member>> members() {
                        asked.add("asked");
                        return asked.size() == 1
                                ? CompletableFuture.failedFuture(
                                        Reason.STORE_UNAVAILABLE.because("silent").asException())
                                : super.members();
                    }
                };
        var store = stores.open(silentOnce);
        await(store.session().check());
        var _ = store.session().check();
        assertEquals(2, asked.size());
        assertEquals(Reason.STORE_UNUSABLE, refusal(store.session().check()).reason());
    }
}
