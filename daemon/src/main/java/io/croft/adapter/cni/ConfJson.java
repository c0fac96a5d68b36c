package io.croft.adapter.cni;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The JSON of a network configuration, as strict as runtimes read it. */
final class ConfJson {
    private static final long LARGEST = 256 * 1024;
    private static final String TYPE = "type";
    private static final String CROFT = "croft";

    private ConfJson() {}

    /** What a file holds. Fails with words for people. */
    static byte[] bytes(Path file) throws UnreadableConfException {
        try {
            if (!Files.isRegularFile(file)) {
                throw new UnreadableConfException(
                        Files.exists(file) ? "is no plain file" : "there is no such file");
            }
            if (Files.size(file) > LARGEST) {
                throw new UnreadableConfException("is larger than %d bytes".formatted(LARGEST));
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException gone) {
            throw new UnreadableConfException("there is no such file");
        } catch (IOException unreadable) {
            throw new UnreadableConfException("cannot be read: " + HostDirectory.words(unreadable));
        }
    }

    /** The object that those bytes are. Fails with words for people. */
    static JsonObject object(byte[] bytes) throws UnreadableConfException {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            var reader = new JsonReader(new StringReader(text));
            reader.setStrictness(Strictness.STRICT);
            JsonElement root = JsonParser.parseReader(reader);
            if (!root.isJsonObject() || reader.peek() != JsonToken.END_DOCUMENT) {
                throw new UnreadableConfException("is not one JSON object");
            }
            return root.getAsJsonObject();
        } catch (CharacterCodingException notText) {
            throw new UnreadableConfException("is not UTF-8");
        } catch (JsonParseException | IOException broken) {
            throw new UnreadableConfException("is not JSON: " + firstLine(broken));
        }
    }

    /** Without the path there, which quotes keys of the file as they are. */
    private static String firstLine(Exception broken) {
        Throwable cause = broken.getCause() == null ? broken : broken.getCause();
        String line = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        int path = line.indexOf(" path $");
        return path < 0 ? line : line.substring(0, path);
    }

    /** Whether Croft is asked for addresses anywhere in it: plugins may carry those of others. */
    static boolean usesCroft(JsonElement node) {
        if (node.isJsonArray()) {
            return node.getAsJsonArray().asList().stream().anyMatch(ConfJson::usesCroft);
        }
        return node.isJsonObject()
                && (hasIpamOfCroft(node.getAsJsonObject())
                        || node.getAsJsonObject().asMap().values().stream()
                                .anyMatch(ConfJson::usesCroft));
    }

    /** Whether this very plugin asks Croft. */
    static boolean hasIpamOfCroft(JsonObject plugin) {
        return plugin.get("ipam") instanceof JsonObject ipam
                && text(ipam, TYPE).filter(CROFT::equals).isPresent();
    }

    /** The text of a key; empty: there is none. */
    static Optional<String> text(JsonObject object, String key) {
        return Optional.ofNullable(object.get(key))
                .filter(value -> value.isJsonPrimitive() && value.getAsJsonPrimitive().isString())
                .map(JsonElement::getAsString)
                .filter(text -> !text.isEmpty());
    }
}
