package io.croft.sim;

import io.croft.adapter.etcd.Etcd;
import io.croft.core.engine.Timings;
import io.croft.core.rejection.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * One process's client of etcd. A call becomes a request that arrives later, and a reply that comes
 * later still; both may be lost or late. What was sent is sent: a request may be carried out after
 * its caller gave up, and after its caller died. A client sends nothing twice; a proxy may.
 */
final class SimLink implements Etcd {
    private static final Duration LONGEST_LATE = Duration.ofMinutes(3);

    private final Scheduler scheduler;
    private final Network network;
    private final Network.Place place;
    private final Etcd server;
    private final Random random;
    private final Life life;
    private final List<Runnable> listeners = new ArrayList<>();
    private boolean closed;
    private boolean reset;

    /**
     * @param server answers at once
     * @param life of the process whose client it is
     */
    SimLink(
            Scheduler scheduler,
            Network network,
            Network.Place place,
            Etcd server,
            Random random,
            Life life) {
        this.scheduler = scheduler;
        this.network = network;
        this.place = place;
        this.server = server;
        this.random = random;
        this.life = life;
        network.join(this);
    }

    private static final class Call<T> {
        final String what;
        final boolean changes;
        final Supplier<CompletionStage<T>> body;
        final CompletableFuture<T> answer = new CompletableFuture<>();
        final long connection;

        Call(String what, boolean changes, Supplier<CompletionStage<T>> body, long connection) {
            this.what = what;
            this.changes = changes;
            this.body = body;
            this.connection = connection;
        }
    }

    private <T> CompletionStage<T> call(
            String what, boolean changes, Supplier<CompletionStage<T>> body) {
        var call = new Call<>(place.name() + " " + what, changes, body, connection());
        if (reset) {
            reset = false;
            scheduler.after(
                    Duration.ofMillis(1),
                    call.what + " finds the connection reset",
                    () -> {
                        lose();
                        fail(call, Reason.STORE_UNAVAILABLE);
                    });
            return call.answer;
        }
        switch (network.isDown() ? Network.Weather.REFUSED : place.weather()) {
            case REFUSED -> {
                scheduler.after(
                        Duration.ofMillis(1),
                        call.what + " refused",
                        () -> {
                            lose();
                            fail(call, Reason.STORE_UNAVAILABLE);
                        });
                return call.answer;
            }
            case DENIED -> {
                scheduler.after(
                        network.delay(random),
                        call.what + " denied",
                        () -> fail(call, Reason.STORE_DENIED));
                return call.answer;
            }
            default -> {}
        }
        if (!network.loses(random)) {
            Duration delay = network.delay(random).plus(network.held(random));
            scheduler.after(delay, "", () -> arrive(call, scheduler.now()));
        }
        if (network.doubles(random)) {
            scheduler.after(
                    network.delay(random).plusMillis(random.nextInt(3_000)),
                    call.what + " sent twice",
                    () -> arrive(call, scheduler.now()));
        }
        scheduler.after(Timings.STORE_CALL, "", () -> giveUp(call));
        return call.answer;
    }

    private long connection() {
        return network.connection() + place.connection();
    }

    boolean isOf(Network.Place other) {
        return place == other;
    }

    private void arrive(Call<?> call, long first) {
        if (call.connection != connection() || network.isDown()) {
            return;
        }
        if (place.weather() == Network.Weather.CUT) {
            // In the buffers of some host: it comes when the way is open again, or never.
            boolean kept = scheduler.now() > first || random.nextBoolean();
            if (kept && scheduler.now() - first < LONGEST_LATE.toNanos()) {
                scheduler.after(
                        Duration.ofMillis(500 + random.nextInt(4_000)),
                        "",
                        () -> arrive(call, first));
            }
            return;
        }
        carryOut(call);
    }

    private <T> void carryOut(Call<T> call) {
        if (network.isFull() && call.changes) {
            reply(call, "full", () -> fail(call, Reason.STORE_FULL));
            return;
        }
        if (call.answer.isDone() || closed) {
            scheduler.say(call.what + " arrives late");
        }
        CompletableFuture<T> made = call.body.get().toCompletableFuture();
        if (!made.isDone()) {
            throw new AssertionError("the server answers at once");
        }
        var _ =
                made.whenComplete((answer, failure) ->
                        reply(
                                call,
                                failure == null ? "" : String.valueOf(failure.getMessage()),
                                () -> {
                                    if (failure != null) {
                                        call.answer.completeExceptionally(failure);
                                    } else {
                                        call.answer.complete(answer);
                                    }
                                }));
    }

    private void reply(Call<?> call, String said, Runnable delivery) {
        boolean silent =
                place.weather() == Network.Weather.ONE_WAY
                        || place.weather() == Network.Weather.CUT;
        if (silent || network.loses(random)) {
            return;
        }
        scheduler.after(
                network.delay(random),
                "",
                () -> {
                    if (life.hears() && !call.answer.isDone() && call.connection == connection()) {
                        scheduler.say(call.what + " answered " + said);
                        life.enter(delivery);
                    }
                });
    }

    private void giveUp(Call<?> call) {
        if (closed || call.answer.isDone()) {
            return;
        }
        scheduler.say(call.what + " not answered in time");
        lose();
        fail(call, call.changes ? Reason.OUTCOME_UNKNOWN : Reason.STORE_UNAVAILABLE);
    }

    private void fail(Call<?> call, Reason reason) {
        life.enter(
                () -> call.answer.completeExceptionally(reason.because("simulated").asException()));
    }

    /** The other end knows nothing of the connection any more; who sends something notices. */
    void reset() {
        reset = true;
    }

    /** The connection ended. */
    void lose() {
        life.enter(() -> List.copyOf(listeners).forEach(Runnable::run));
    }

    @Override
    public CompletionStage<Answer> commit(Change change) {
        boolean changes =
                change.then().stream().anyMatch(SimLink::writes)
                        || change.otherwise().stream().anyMatch(SimLink::writes);
        return call(words(change), changes, () -> server.commit(change));
    }

    private static boolean writes(Step step) {
        return !(step instanceof Step.Get || step instanceof Step.Range);
    }

    private static String words(Change change) {
        return (change.then().isEmpty() ? change.otherwise() : change.then())
                .stream()
                        .limit(3)
                        .map(step ->
                                switch (step) {
                                    case Step.Put(String key, String _, long _) ->
                                            "put " + last(key);
                                    case Step.Delete(String key) -> "delete " + last(key);
                                    case Step.DeleteRange(String from, String _) ->
                                            "delete from " + last(from);
                                    case Step.Get(String key) -> "get " + last(key);
                                    case Step.Range range -> "range " + last(range.from());
                                })
                        .collect(java.util.stream.Collectors.joining(", "));
    }

    private static String last(String key) {
        return key.replaceFirst("^/croft/v1/[^/]*/", "");
    }

    @Override
    public CompletionStage<Long> grant(Duration ttl) {
        return call("grant", true, () -> server.grant(ttl));
    }

    @Override
    public CompletionStage<Boolean> renew(long lease) {
        return call("renew", false, () -> server.renew(lease));
    }

    @Override
    public CompletionStage<Void> revoke(long lease) {
        return call("revoke", true, () -> server.revoke(lease));
    }

    @Override
    public CompletionStage<List<Member>> members() {
        return call("members", false, server::members);
    }

    @Override
    public CompletionStage<Member> member() {
        return call("member", false, server::member);
    }

    @Override
    public void watch(String prefix, Runnable hint) {
        server.watch(
                prefix,
                () -> {
                    if (!closed && !network.isSilent() && random.nextInt(4) > 0) {
                        scheduler.after(
                                network.delay(random),
                                "",
                                () -> {
                                    if (life.hears() && place.weather() == Network.Weather.FINE) {
                                        life.enter(hint);
                                    }
                                });
                    }
                });
    }

    @Override
    public void onLinkLost(Runnable lost) {
        listeners.add(lost);
    }

    /** The process is over: nobody hears what comes. What was sent goes on. */
    @Override
    public void close() {
        closed = true;
        network.leave(this);
    }
}
