package io.croft.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What a command left behind that ran on a terminal without colour. */
record Ended(int code, String out, String err) {
    static Ended of(String in, Map<String, String> environment, List<String> words) {
        var out = new StringWriter();
        var err = new StringWriter();
        var terminal =
                new Terminal(
                        new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                        new PrintWriter(out, true),
                        new PrintWriter(err, true),
                        false,
                        environment);
        int code = Croft.commandLine(terminal).execute(words.toArray(new String[0]));
        return new Ended(code, out.toString(), err.toString());
    }
}
