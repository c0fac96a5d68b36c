package io.croft.it;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.croft.testing.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command line, as a person and a program use it on one agent. */
record CroftCommand(Path runDir) {
    /** Words are separated by blanks. */
    Program.Outcome run(String words) {
        List<String> command = new ArrayList<>();
        command.add(Program.dist().resolve("bin/croft").toString());
        command.addAll(List.of(words.split(" ", -1)));
        return Program.run(command, Map.of("CROFT_RUN_DIR", runDir.toString()), "");
    }

    /** What a command that must succeed prints as JSON. */
    JsonElement json(String words) {
        return JsonParser.parseString(run(words + " -o json").expectSuccess());
    }
}
