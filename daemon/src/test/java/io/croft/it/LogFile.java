package io.croft.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What an agent wrote to stderr, over all of its lives in one file. */
final class LogFile {
    private final Path path;
    private int lifeBegan;

    LogFile(Path path) {
        this.path = path;
    }

    /** A new life begins here; its output is to be appended to the file. */
    ProcessBuilder.Redirect begin() {
        lifeBegan = bytes().length;
        return ProcessBuilder.Redirect.appendTo(path.toFile());
    }

    /** All of it. */
    String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** Since the last beginning. */
    String life() {
        byte[] all = bytes();
        return new String(all, lifeBegan, all.length - lifeBegan, StandardCharsets.UTF_8);
    }

    private byte[] bytes() {
        try {
            return Files.exists(path) ? Files.readAllBytes(path) : new byte[0];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
