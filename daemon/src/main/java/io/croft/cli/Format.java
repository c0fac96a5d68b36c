package io.croft.cli;

/** How a command's answer is written: for people, or for programs. */
enum Format {
    TABLE,
    JSON,
    YAML
}
