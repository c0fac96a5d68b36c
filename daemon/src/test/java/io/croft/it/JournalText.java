package io.croft.it;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an agent's journal says of attachments, in its order. */
final class JournalText {
    private static final Pattern DEED =
            Pattern.compile("(?m)^\\d+ .* (allocated|released) (\\S+) ");

    private JournalText() {}

    /** Keys of the attachments that were allocated or released. */
    static List<String> of(RealAgent agent, String deed) {
        List<String> keys = new ArrayList<>();
        for (String each : all(agent)) {
            if (each.startsWith(deed + " ")) {
                keys.add(each.substring(deed.length() + 1));
            }
        }
        return keys;
    }

    /** Each as {@code allocated KEY} or {@code released KEY}. */
    static List<String> all(RealAgent agent) {
        String text = agent.croft("journal dump --state-dir " + agent.state()).expectSuccess();
        List<String> deeds = new ArrayList<>();
        Matcher deed = DEED.matcher(text);
        while (deed.find()) {
            deeds.add(deed.group(1) + " " + deed.group(2));
        }
        return deeds;
    }
}
