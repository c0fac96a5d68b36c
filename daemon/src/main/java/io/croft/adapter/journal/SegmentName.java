package io.croft.adapter.journal;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Name of a file of a journal: the sequence of its first record, and whether it is a snapshot.
 * Files under other names are unfinished, and not read.
 */
record SegmentName(long first, boolean snapshot) implements Comparable<SegmentName> {
    private static final Pattern NAME = Pattern.compile("(\\d{19})\\.(segment|snapshot)");
    private static final Comparator<SegmentName> ORDER =
            Comparator.comparingLong(SegmentName::first).thenComparing(SegmentName::snapshot);

    static Optional<SegmentName> parse(String file) {
        Matcher matcher = NAME.matcher(file);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            long first = Long.parseLong(matcher.group(1));
            return Optional.of(new SegmentName(first, matcher.group(2).equals("snapshot")));
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }

    /** Whether a journal that begins with that snapshot has no use for this file. */
    boolean isReplacedBy(SegmentName newer) {
        return newer.snapshot && compareTo(newer) < 0;
    }

    @Override
    public int compareTo(SegmentName other) {
        return ORDER.compare(this, other);
    }

    /** The file's name; names sort as the files are read. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%019d.%s", first, snapshot ? "snapshot" : "segment");
    }
}
