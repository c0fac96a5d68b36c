package io.croft.sim;

import io.croft.adapter.etcd.Etcd;
import io.croft.adapter.etcd.PassedOn;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** An etcd that is told, or tells, something else than it should. As it is: nothing else. */
class ForgedEtcd extends PassedOn {
    ForgedEtcd(Etcd etcd) {
        super(etcd);
    }

    /** What it is told. */
    Change sent(Change change) {
        return change;
    }

    /** What it tells. */
    Answer heard(Answer answer) {
        return answer;
    }

    Member heard(Member member) {
        return member;
    }

    /** A change without some of its conditions. */
    static Change without(Change change, Predicate<Condition> which) {
        return new Change(
                change.conditions().stream().filter(which.negate()).toList(),
                change.then(),
                change.otherwise());
    }

    /** An answer in which keys with that in them do not exist. */
    static Answer hiding(Answer answer, String part) {
        List<Reading> readings = new ArrayList<>();
        for (Reading each : answer.readings()) {
            List<Entry> left =
                    each.entries().stream().filter(entry -> !entry.key().contains(part)).toList();
            long hidden = (long) each.entries().size() - left.size();
            readings.add(new Reading(left, each.count() - hidden));
        }
        return new Answer(answer.matched(), readings, answer.header());
    }

    static boolean gives(Change change) {
        return puts(change, "/blocks/") && puts(change, "/owned/");
    }

    static boolean takes(Change change) {
        return puts(change, "/blocks/") && !puts(change, "/owned/");
    }

    private static boolean puts(Change change, String part) {
        return change.then().stream()
                .anyMatch(step ->
                        step instanceof Step.Put(String key, String _, long _)
                                && key.contains(part));
    }

    @Override
    public CompletionStage<Answer> commit(Change change) {
        return super.commit(sent(change)).thenApply(this::heard);
    }

    @Override
    public CompletionStage<Member> member() {
        return super.member().thenApply(this::heard);
    }

    @Override
    public CompletionStage<List<Member>> members() {
        return super.members().thenApply(all -> all.stream().map(this::heard).toList());
    }
}
