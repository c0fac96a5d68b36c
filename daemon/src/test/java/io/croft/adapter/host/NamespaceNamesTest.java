package io.croft.adapter.host;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.core.netns.Netns;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Names of one inode, which may be of one namespace or of two, one after the other. */
class NamespaceNamesTest {
    private static final Netns A = new Netns("/run/netns/a", 4, 77);
    private static final Netns B = new Netns("/run/netns/b", 4, 77);

    private final NamespaceNames names = new NamespaceNames(2);
    private final Set<Netns> there = new HashSet<>();

    private void comes(Netns name) {
        there.add(name);
        names.saw(name, there::contains);
    }

    @Test
    void areOfOneNamespaceIfTheyWereThereTogether() {
        comes(A);
        comes(B);
        there.remove(A);
        assertFalse(names.isOvertaken(A));
        assertTrue(names.isElsewhere(A, there::contains));
        there.remove(B);
        assertFalse(names.isElsewhere(A, there::contains));
    }

    @Test
    void areOvertakenByWhatComesWhenTheyAreGone() {
        comes(A);
        there.remove(A);
        comes(B);
        assertTrue(names.isOvertaken(A));
        assertFalse(names.isOvertaken(B));
        assertFalse(names.isElsewhere(A, there::contains));
        there.remove(B);
        comes(A);
        assertFalse(names.isOvertaken(A), "it is of the newest now");
        assertTrue(names.isOvertaken(B));
    }

    @Test
    void areNotOvertakenByWhatCameBefore() {
        comes(A);
        there.remove(A);
        assertFalse(names.isOvertaken(B));
    }

    @Test
    void tellNothingOfAnotherInode() {
        comes(A);
        assertFalse(names.isOvertaken(new Netns("/run/netns/b", 4, 78)));
    }

    @Test
    void areForgottenPastTheirNumber() {
        for (int inode = 1; inode <= 3; inode++) {
            Netns former = new Netns("/run/netns/former", 4, inode);
            comes(former);
            there.remove(former);
            comes(new Netns("/run/netns/next", 4, inode));
        }
        assertFalse(names.isOvertaken(new Netns("/run/netns/former", 4, 1)));
        assertTrue(names.isOvertaken(new Netns("/run/netns/former", 4, 3)));
    }
}
