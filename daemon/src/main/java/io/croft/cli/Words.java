package io.croft.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Words for people, and what somebody probably meant who wrote one that nobody knows. */
final class Words {
    /** More mistakes in one word make another word. */
    private static final int MOST_MISTAKES = 3;

    private Words() {}

    /** So many of them: 1 block, 2 blocks, 2 addresses. */
    static String count(long many, String thing) {
        return many == 1 ? "1 " + thing : many + " " + thing + (thing.endsWith("s") ? "es" : "s");
    }

    static Optional<String> nearest(String word, Collection<String> known) {
        return known.stream()
                .filter(each -> distance(word, each) <= MOST_MISTAKES)
                .min(Comparator.comparingInt(each -> distance(word, each)));
    }

    /** Letters to add, drop or change, in whatever case. */
    private static int distance(String a, String b) {
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same =
                        Character.toLowerCase(a.charAt(i - 1))
                                == Character.toLowerCase(b.charAt(j - 1));
                int changed = last[j - 1] + (same ? 0 : 1);
                row[j] = Math.min(changed, 1 + Math.min(last[j], row[j - 1]));
            }
            last = row;
        }
        return last[b.length()];
    }
}
