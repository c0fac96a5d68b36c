package io.croft.adapter.etcd;

import io.croft.adapter.etcd.Etcd.Header;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * How far a store had come when a client last found it in order. As a line of text it outlives the
 * client: who comes after it holds the store against it too.
 *
 * @param store its UID, so that another one under the same name is not measured by it
 * @param isBinding pods live that were served from it: another one must not take its place
 */
record StorePosition(String store, long generation, RaftLog log, long revision, boolean isBinding) {
    private static final Pattern FORM =
            Pattern.compile(
                    "(croft-position-1 (\\S+) (\\d+) ([0-9a-f]+) (\\d+) (\\d+) (\\d+)) ([0-9a-f]+)\\s*");

    static StorePosition of(Meta meta, RaftLog log, Header header) {
        return new StorePosition(
                meta.record().getClusterUid(), meta.generation(), log, header.revision(), false);
    }

    StorePosition binding() {
        return new StorePosition(store, generation, log, revision, true);
    }

    /** What {@link #text} wrote; empty: it is damaged, and proves nothing. */
    static Optional<StorePosition> of(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches() || !checksum(parts.group(1)).equals(parts.group(8))) {
            return Optional.empty();
        }
        try {
            var log =
                    new RaftLog(
                            Long.parseUnsignedLong(parts.group(4), 16),
                            Long.parseLong(parts.group(5)),
                            Long.parseLong(parts.group(6)));
            return Optional.of(
                    new StorePosition(
                            parts.group(2),
                            Long.parseLong(parts.group(3)),
                            log,
                            Long.parseLong(parts.group(7)),
                            false));
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }

    String text() {
        String content =
                "croft-position-1 %s %d %x %d %d %d"
                        .formatted(
                                store,
                                generation,
                                log.cluster(),
                                log.term(),
                                log.index(),
                                revision);
        return content + " " + checksum(content) + "\n";
    }

    private static String checksum(String content) {
        var sum = new CRC32();
        sum.update(content.getBytes(StandardCharsets.UTF_8));
        return Long.toHexString(sum.getValue());
    }

    /**
     * In words why the other cannot be a later state of this; empty: it may be. In a later
     * generation it may: an unfreeze accepts another log.
     */
    Optional<String> contradiction(StorePosition later) {
        if (!later.store.equals(store) || later.generation > generation) {
            return Optional.empty();
        }
        if (later.generation < generation) {
            return Optional.of(
                    "the store's generation was %d and is %d"
                            .formatted(generation, later.generation));
        }
        return log.contradiction(later.log)
                .or(() ->
                        Optional.of(later)
                                .filter(_ -> later.revision < revision)
                                .map(_ ->
                                        "etcd was at revision %d and is at %d"
                                                .formatted(revision, later.revision)));
    }
}
