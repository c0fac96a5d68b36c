package io.croft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AddressesTest {
    @Test
    void namesAPodByWhatIsKnownOfIt() {
        assertEquals("team-a/web-0", Addresses.pod("team-a", "web-0"));
        assertEquals("web", Addresses.pod("", "web"));
        assertEquals("team-a", Addresses.pod("team-a", ""));
        assertEquals("", Addresses.pod("", ""));
    }
}
