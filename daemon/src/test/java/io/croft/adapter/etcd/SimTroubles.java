package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Answer;
import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Member;
import io.croft.adapter.etcd.Etcd.Step;
import io.croft.core.rejection.Reason;
import io.croft.core.rejection.Rejection;
import io.croft.core.time.BootTime;
import io.croft.core.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What keeps a simulated etcd from serving its clients though the way to it is open: it is full,
 * nobody leads, or users are not let in. Each refuses what a real one refuses, and the rest goes
 * on. And what a proxy before it may do: send a request once more.
 */
final class SimTroubles {
    /** No proxy keeps a request longer. */
    private static final Duration LATEST_COPY = Duration.ofSeconds(40);

    private final Clock clock;
    private final Runnable linkLost;
    private final Deque<Runnable> proposed = new ArrayDeque<>();
    private final Deque<Copy> copies = new ArrayDeque<>();
    private boolean full;
    private boolean leaderless;
    private Optional<String> role = Optional.empty();
    private boolean usersChange;
    private Optional<Member> behind = Optional.empty();

    private record Copy(BootTime sent, Runnable again) {}

    /**
     * @param linkLost runs when clients leave a member that does not answer
     */
    SimTroubles(Clock clock, Runnable linkLost) {
        this.clock = clock;
        this.linkLost = linkLost;
    }

    /** A client's way to the server. */
    Etcd before(Etcd server) {
        return new Troubled(server);
    }

    /** The alarm NOSPACE is raised, or was disarmed: what may put something is refused. */
    void full(boolean now) {
        full = now;
    }

    /** Nothing is read or written; members say that nobody leads. */
    void loseLeader() {
        leaderless = true;
    }

    /**
     * Somebody leads again.
     *
     * @param committed of what was proposed meanwhile, so many: the others are gone for good
     */
    void lead(int committed) {
        leaderless = false;
        for (int i = 0; i < committed && !proposed.isEmpty(); i++) {
            proposed.remove().run();
        }
        proposed.clear();
    }

    /** The clients' role lets them touch the keys with that prefix only. */
    void allowOnly(String prefix) {
        role = Optional.of(prefix);
    }

    void allowAll() {
        role = Optional.empty();
    }

    /** Users change: the next request was let in by the old ones, and is refused. */
    void changeUsers() {
        usersChange = true;
    }

    /**
     * One more member is seen, which hears nothing from now on. It shows what is now, and answers
     * no read: those are linearizable.
     */
    void lag(Member now) {
        var id =
                new Etcd.Header(
                        now.header().cluster(),
                        now.header().member() + 1,
                        now.header().revision(),
                        now.header().term());
        behind =
                Optional.of(
                        new Member(
                                now.endpoint() + "-behind",
                                id,
                                now.index(),
                                now.version(),
                                now.databaseBytes(),
                                now.leader()));
    }

    /** It caught up, and is seen no more. */
    void catchUp() {
        behind = Optional.empty();
    }

    /**
     * A transaction that was sent less than 40 s ago is carried out once more; nobody hears of it.
     *
     * @param which of those that can be, in the order of their sending and from 0 again
     */
    void repeat(int which) {
        forgetOld();
        var all = new ArrayList<>(copies);
        if (!all.isEmpty()) {
            all.get(Math.floorMod(which, all.size())).again().run();
        }
    }

    private void forgetOld() {
        BootTime now = clock.now().boot();
        while (!copies.isEmpty() && !now.isBefore(copies.getFirst().sent().plus(LATEST_COPY))) {
            copies.removeFirst();
        }
    }

    /** As a restart of all servers with other data leaves it. */
    void clear() {
        proposed.clear();
        copies.clear();
        full = false;
        leaderless = false;
        usersChange = false;
        behind = Optional.empty();
        role = Optional.empty();
    }

    private Optional<Rejection> refusal(Change change) {
        if (usersChange) {
            usersChange = false;
            return Optional.of(Reason.STORE_UNAVAILABLE.because("revision of auth store is old"));
        }
        boolean may =
                change.conditions().stream()
                                .allMatch(each -> isAllowed(each.key(), each.to().orElse("")))
                        && change.then().stream().allMatch(this::isAllowed)
                        && change.otherwise().stream().allMatch(this::isAllowed);
        if (!may) {
            return Optional.of(Reason.STORE_DENIED.because("permission denied"));
        }
        return full && SimRequests.needsRoom(change)
                ? SimRequests.refusal(SimRequests.received(change)).or(() -> Optional.of(noSpace()))
                : Optional.empty();
    }

    private boolean isAllowed(Step step) {
        String to =
                switch (step) {
                    case Step.DeleteRange range -> range.to();
                    case Step.Range range -> range.to();
                    default -> "";
                };
        return isAllowed(SimRequests.key(step), to);
    }

    /** A range that goes beyond the role is refused whole. */
    private boolean isAllowed(String from, String to) {
        return role.isEmpty()
                || (from.startsWith(role.get())
                        && (to.isEmpty()
                                || to.startsWith(role.get())
                                || to.equals(behind(role.get()))));
    }

    private static String behind(String prefix) {
        int last = prefix.length() - 1;
        return prefix.substring(0, last) + (char) (prefix.charAt(last) + 1);
    }

    private static Rejection noSpace() {
        return Reason.STORE_FULL.because("database space exceeded");
    }

    /** Without a leader the call is not answered in time, and the client leaves the member. */
    private <T> CompletionStage<T> led(boolean changes, Supplier<CompletionStage<T>> call) {
        if (!leaderless) {
            return call.get();
        }
        if (changes) {
            proposed.add(() -> {
                var _ = call.get();
            });
        }
        linkLost.run();
        return Retries.refused(
                (changes ? Reason.OUTCOME_UNKNOWN : Reason.STORE_UNAVAILABLE)
                        .because("request timed out, nobody leads"));
    }

    private Member shown(Member member) {
        return leaderless
                ? new Member(
                        member.endpoint(),
                        member.header(),
                        member.index(),
                        member.version(),
                        member.databaseBytes(),
                        0)
                : member;
    }

    private final class Troubled implements Etcd {
        private final Etcd etcd;

        Troubled(Etcd etcd) {
            this.etcd = etcd;
        }

        @Override
        public CompletionStage<Answer> commit(Change change) {
            SimRequests.checkSteps(change);
            if (change.writes()) {
                forgetOld();
                copies.add(new Copy(clock.now().boot(), () -> make(change)));
            }
            return make(change);
        }

        private CompletionStage<Answer> make(Change change) {
            return refusal(change)
                    .map(Retries::<Answer>refused)
                    .orElseGet(() -> led(change.writes(), () -> etcd.commit(change)));
        }

        @Override
        public CompletionStage<Long> grant(Duration ttl) {
            return full ? Retries.refused(noSpace()) : led(true, () -> etcd.grant(ttl));
        }

        @Override
        public CompletionStage<Boolean> renew(long lease) {
            return led(false, () -> etcd.renew(lease));
        }

        @Override
        public CompletionStage<Void> revoke(long lease) {
            return led(true, () -> etcd.revoke(lease));
        }

        @Override
        public CompletionStage<Member> member() {
            return etcd.member().thenApply(SimTroubles.this::shown);
        }

        @Override
        public CompletionStage<List<Member>> members() {
            return etcd.members()
                    .thenApply(all ->
                            Stream.concat(all.stream(), behind.stream())
                                    .map(SimTroubles.this::shown)
                                    .toList());
        }

        @Override
        public void watch(String prefix, Runnable hint) {
            etcd.watch(prefix, hint);
        }

        @Override
        public void onLinkLost(Runnable lost) {
            etcd.onLinkLost(lost);
        }

        @Override
        public void close() {}
    }
}
