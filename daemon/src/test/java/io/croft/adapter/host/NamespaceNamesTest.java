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
        assertFalse(names.hasSuccessor(A));
        assertTrue(names.isElsewhere(A, there::contains));
        there.remove(B);
        assertFalse(names.isElsewhere(A, there::contains));
    }

    @Test
    void areOfTwoIfTheOneCameWhenTheOtherWasGone() {
        comes(A);
        there.remove(A);
        comes(B);
        assertTrue(names.hasSuccessor(A));
        assertFalse(names.hasSuccessor(B));
        assertFalse(names.isElsewhere(A, there::contains));
    }

    @Test
    void tellNothingOfAnotherInode() {
        comes(A);
        assertFalse(names.hasSuccessor(new Netns("/run/netns/b", 4, 78)));
    }

    @Test
    void areForgottenPastTheirNumber() {
        comes(A);
        there.remove(A);
        comes(B);
        comes(new Netns("/run/netns/c", 4, 78));
        comes(new Netns("/run/netns/d", 4, 79));
        assertFalse(names.hasSuccessor(A));
    }
}
