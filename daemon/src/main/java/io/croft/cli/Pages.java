package io.croft.cli;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** The entries of a stream of pages, read as they are needed. */
final class Pages<P, E> implements Iterator<E> {
    private final Iterator<P> pages;
    private final Function<P, List<E>> entries;
    private Iterator<E> page = Collections.emptyIterator();

    private Pages(Iterator<P> pages, Function<P, List<E>> entries) {
        this.pages = pages;
        this.entries = entries;
    }

    static <P, E> Iterator<E> of(Iterator<P> pages, Function<P, List<E>> entries) {
        return new Pages<>(pages, entries);
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && pages.hasNext()) {
            page = entries.apply(pages.next()).iterator();
        }
        return page.hasNext();
    }

    @Override
    public E next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.next();
    }
}
