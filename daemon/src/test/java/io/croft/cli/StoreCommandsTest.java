package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.croft.agent.Options;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands that speak to etcd themselves say before they speak to it. */
final class StoreCommandsTest {
    private static Ended croft(String words) {
        return Ended.of("", Map.of(), List.of(words.split(" ", -1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "store init",
                "store status",
                "store grant",
                "store freeze",
                "store unfreeze",
                "store migrate",
                "audit",
                "pool apply"
            })
    void hasEveryOptionOfTheStore(String command) {
        String help = croft(command + " --help").out();
        Options.OF_STORE.forEach(option -> assertTrue(help.contains(option.flag()), help));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "store status",
                "store status --store embedded",
                "store status --store http://127.0.0.1:1",
                "store status --store 127.0.0.1:1 --cluster a",
                "store status --store http://127.0.0.1:1 --cluster A",
                "store status --store http://127.0.0.1:1 --cluster a --store-user u",
                "audit --config /no/such/file",
                "store freeze --store http://127.0.0.1:1 --cluster a",
                "store grant --store http://127.0.0.1:1 --cluster a",
                "store nothing",
                "store migrate --store http://127.0.0.1:1 --cluster a --abandon n1",
                "store",
                "pool apply -f /no/such --cluster a"
            })
    void takesAWrongCommandLineForNothingElse(String words) {
        Ended wrong = croft(words);
        assertEquals(2, wrong.code(), wrong.err());
        assertTrue(wrong.err().startsWith("croft: "), wrong.err());
        assertTrue(!wrong.err().contains("\tat "), wrong.err());
    }

    @ParameterizedTest
    @ValueSource(strings = {"root", "a b", "a/b", "a\"b"})
    void grantsNothingToAUserWhoIsCalled(String user) {
        Ended refused =
                Ended.of(
                        "",
                        Map.of(),
                        List.of(
                                "store",
                                "grant",
                                "--store=http://127.0.0.1:1",
                                "--cluster=a",
                                "--user=" + user));
        assertEquals(1, refused.code(), refused.err());
        assertTrue(refused.err().startsWith("croft: INVALID_FIELD: user "), refused.err());
    }

    @Test
    void refusesAPasswordFileThatIsMissing() {
        Ended refused =
                croft(
                        "store grant --user u --password-file /no/such --store http://127.0.0.1:1 --cluster a");
        assertEquals(1, refused.code(), refused.err());
        assertTrue(refused.err().contains("password-file \"/no/such\""), refused.err());
    }

    @Test
    void endsNoFreezeWithoutAWordForMachinesThatTheStoreCannotName() {
        Ended refused =
                croft("store unfreeze --store http://127.0.0.1:1 --cluster a --freeze f --off n1");
        assertEquals(1, refused.code(), refused.err());
        assertTrue(refused.err().contains("others-off"), refused.err());
        Ended asked =
                croft(
                        "store unfreeze --store http://127.0.0.1:1 --cluster a --freeze f --others-off");
        assertEquals(4, asked.code(), asked.err());
    }

    @Test
    void endsAnAuditThatFailedLikeNeitherAnswer() {
        Ended failed = croft("audit --store http://127.0.0.1:1 --cluster a");
        assertEquals(4, failed.code());
        assertTrue(failed.err().startsWith("croft: STORE_UNAVAILABLE: "), failed.err());
    }
}
