package io.croft.adapter.cni;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A list of plugins of which one asks Croft for addresses, as an operator wrote it, to be put where
 * the runtime looks.
 */
public final class Conflist {
    /** What runtimes take for a list; by other endings they take one plugin, or nothing. */
    private static final String ENDING = ".conflist";

    /** As libcni has it (ValidateNetworkName), which reads another, and then starts no pod. */
    private static final Pattern NETWORK = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

    private final String name;
    private final byte[] content;

    private Conflist(String name, byte[] content) {
        this.name = name;
        this.content = content;
    }

    /** Reads and checks it. Refuses, with words for people, what no pod would start with. */
    public static Conflist read(Path file) {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(ENDING) || name.startsWith(".")) {
            throw new IllegalArgumentException(
                    "its name must end with " + ENDING + ", and not begin with a dot");
        }
        try {
            byte[] content = ConfJson.bytes(file);
            check(ConfJson.object(content));
            return new Conflist(name, content);
        } catch (UnreadableConfException unreadable) {
            throw new IllegalArgumentException(unreadable.why(), unreadable);
        }
    }

    private static void check(JsonObject list) {
        if (ConfJson.text(list, "name").isEmpty()) {
            throw new IllegalArgumentException("has no \"name\", which the network is known by");
        }
        ConfJson.text(list, "name")
                .filter(name -> !NETWORK.matcher(name).matches())
                .ifPresent(name -> {
                    throw new IllegalArgumentException(
                            "its \"name\", \"%s\", is none that runtimes take: write letters, digits, '_', '.' and '-', the first a letter or digit"
                                    .formatted(name));
                });
        if (!(list.get("plugins") instanceof JsonArray plugins) || plugins.isEmpty()) {
            throw new IllegalArgumentException("has no \"plugins\", the list of what is called");
        }
        int place = 0;
        boolean ours = false;
        for (JsonElement each : plugins) {
            if (!(each instanceof JsonObject plugin) || ConfJson.text(plugin, "type").isEmpty()) {
                throw new IllegalArgumentException(
                        "plugins[%d] has no \"type\", the name of a plugin".formatted(place));
            }
            ours |= ConfJson.hasIpamOfCroft(plugin);
            place++;
        }
        if (!ours) {
            throw new IllegalArgumentException(
                    "none of its plugins has \"ipam\": {\"type\": \"croft\"}");
        }
    }

    /** The name of the file, there as here. */
    public String name() {
        return name;
    }

    byte[] content() {
        return content.clone();
    }
}
