package io.croft.node.port;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.croft.core.block.ClaimIntent;
import io.croft.core.rejection.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What every {@link InstallStore} promises. */
public abstract class InstallStoreContract extends StoreContract {
    @Test
    void knowsNoInstallThatNeverRegistered() {
        assertEquals(Optional.empty(), await(installs().read(id(1))));
        assertEquals(List.of(), await(installs().ofNode("node-1")));
    }

    @Test
    void keepsWhatWasRegistered() {
        Install first = install(1, 1);
        assertEquals(first, await(installs().register(first, 0)));
        assertEquals(Optional.of(first), await(installs().read(first.id())));
        Install second = install(1, 2);
        assertEquals(second, await(installs().register(second, 1)));
        assertEquals(Optional.of(second), await(installs().read(first.id())));
    }

    @Test
    void showsTheLoserOfARegistrationTheWinner() {
        Install winner = install(1, 2);
        await(installs().register(install(1, 1), 0));
        await(installs().register(winner, 1));
        assertEquals(winner, await(installs().register(install(1, 2), 1)));
        assertEquals(winner, await(installs().register(install(1, 1), 0)));
        assertEquals(Optional.of(winner), await(installs().read(winner.id())));
    }

    @Test
    void answersARegistrationThatIsSentAgainTheSame() {
        Install next = install(1, 1);
        await(installs().register(next, 0));
        assertEquals(next, await(installs().register(next, 0)));
        assertEquals(Optional.of(next), await(installs().read(next.id())));
    }

    @Test
    void refusesToGoOnFromARecordThatIsNotThere() {
        assertRefused(
                Reason.INSTALL_SUPERSEDED, () -> await(installs().register(install(1, 4), 3)));
        assertEquals(Optional.empty(), await(installs().read(id(1))));
    }

    @Test
    void letsOneOfManyRegister() throws Exception {
        List<Install> seen = race(i -> installs().register(install(1, 1), 0));
        assertEquals(1, Set.copyOf(seen).size());
        assertEquals(Optional.of(seen.getFirst()), await(installs().read(id(1))));
    }

    @Test
    void findsAllInstallsOfANode() {
        Install first = install(1, 1);
        Install other = install(2, 1);
        var renamed =
                new Install(
                        id(3), first.node(), "hardware-3", "machine-3", id(3), 1, nonce(), "1.0");
        List.of(first, other).forEach(each -> await(installs().register(each, 0)));
        await(installs().endLife(new Registrant(first.id(), first.node(), 1, 1)));
        await(installs().register(renamed, 0));
        assertEquals(Set.of(first, renamed), Set.copyOf(await(installs().ofNode(first.node()))));
    }

    @Test
    void forgetsAFormerInstallThatOwnsNothing() {
        Install former = install(1, 1);
        await(installs().register(former, 0));
        var by = new Registrant(former.id(), former.node(), 1, 1);
        ClaimIntent theirs = first(block(1));
        await(blocks().claim(theirs, by));
        await(installs().endLife(by));
        assertEquals(false, await(installs().forget(former)));
        await(blocks().giveBack(theirs.block(), theirs.next(), by));
        assertEquals(false, await(installs().forget(install(1, 1))), "another nonce");
        assertEquals(true, await(installs().forget(former)));
        assertEquals(Optional.empty(), await(installs().read(former.id())));
        assertEquals(List.of(), await(installs().ofNode(former.node())));
        assertEquals(false, await(installs().forget(former)));
        Install again = install(1, 1);
        assertEquals(again, await(installs().register(again, 0)));
    }
}
