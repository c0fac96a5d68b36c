package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Change;
import io.croft.adapter.etcd.Etcd.Entry;
import io.croft.adapter.etcd.Etcd.Form;
import io.croft.adapter.etcd.Etcd.Reading;
import io.croft.adapter.etcd.Etcd.Step.Range;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** All keys of a span, page by page; each page is what is so when it is read. */
final class KeyPages {
    private static final int PAGE = 64;
    private static final int MOST_PAGES = 10_000;

    private final Continuity session;
    private final Form form;
    private final Consumer<Entry> each;
    private Keys.KeyRange left;

    private KeyPages(Continuity session, Keys.KeyRange all, Form form, Consumer<Entry> each) {
        this.session = session;
        this.left = all;
        this.form = form;
        this.each = each;
    }

    /** Completes when each key was shown. */
    static CompletionStage<Boolean> over(
            Continuity session, Keys.KeyRange all, Form form, Consumer<Entry> each) {
        var walk = new KeyPages(session, all, form, each);
        return Retries.until(MOST_PAGES, "the reading of " + all.from(), walk::page);
    }

    private CompletionStage<Optional<Boolean>> page() {
        return session.commit(Change.read(new Range(left.from(), left.to(), PAGE, form)))
                .thenApply(answer -> {
                    Reading page = answer.readings().getFirst();
                    page.entries().forEach(each);
                    if (page.count() <= page.entries().size()) {
                        return Optional.of(true);
                    }
                    left = left.after(page.entries().getLast().key());
                    return Optional.empty();
                });
    }
}
