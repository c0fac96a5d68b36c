package io.croft.adapter.host;

import io.croft.core.rejection.Reason;
import io.croft.core.rejection.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Which machine this is, and which of its boots.
 *
 * @param machineId of the operating system; empty where it has none
 * @param hardwareId outlives a new operating system, unless it is weak
 * @param weakHardwareId the hardware id is only the machine id, which a copied disk has too
 */
public record BootFacts(UUID bootId, String machineId, String hardwareId, boolean weakHardwareId) {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final List<Path> HARDWARE_IDS =
            List.of(
                    Path.of("/sys/class/dmi/id/product_uuid"),
                    Path.of("/sys/firmware/devicetree/base/serial-number"));
    private static final int LONGEST = 128;
    private static final Pattern UNUSABLE = Pattern.compile("[0-]*|[f-]*|uninitialized");

    /** What boards carry whose maker forgot to give each its own. */
    private static final Set<String> SHARED =
            Set.of(
                    "03000200-0400-0500-0006-000700080009",
                    "12345678-1234-5678-90ab-cddeefaabbcc",
                    "to be filled by o.e.m.",
                    "not specified");

    /**
     * Reads them.
     *
     * @param hardwareId what the operator says; empty: looked for in DMI, the device tree and the
     *     machine id
     */
    public static BootFacts read(Path bootIdFile, Path machineIdFile, Optional<String> hardwareId) {
        return read(bootIdFile, machineIdFile, hardwareId, HARDWARE_IDS);
    }

    static BootFacts read(
            Path bootIdFile,
            Path machineIdFile,
            Optional<String> hardwareId,
            List<Path> hardwareIds) {
        UUID bootId = bootId(bootIdFile);
        String machineId = id(machineIdFile).orElse("");
        Optional<String> strong =
                hardwareId.or(() ->
                        hardwareIds.stream()
                                .map(BootFacts::id)
                                .flatMap(Optional::stream)
                                .findFirst());
        if (strong.isEmpty() && machineId.isEmpty()) {
            throw Reason.CANNOT_START
                    .because(
                            "hardware-id \"\": this machine has no DMI or device tree id, and no"
                                    + " machine id in "
                                    + machineIdFile)
                    .remedy("give the machine an id of its own with --hardware-id ID")
                    .asException();
        }
        return new BootFacts(bootId, machineId, strong.orElse(machineId), strong.isEmpty());
    }

    /** The machine's own name for itself, in lower case. */
    public static String hostName() {
        try {
            return Files.readString(HOST_NAME).strip().toLowerCase(Locale.ROOT);
        } catch (IOException e) {
            return "";
        }
    }

    /** The boot that the file names. */
    public static UUID bootId(Path file) {
        String text;
        try {
            text = Files.readString(file).strip();
        } catch (IOException e) {
            throw refuse(file, e.toString());
        }
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw refuse(file, "it holds no UUID");
        }
    }

    private static RejectedException refuse(Path file, String why) {
        return Reason.CANNOT_START
                .because("boot-id-file \"%s\" cannot be read: %s".formatted(file, why))
                .remedy(
                        "mount /proc, or name a file that holds the boot's UUID with --boot-id-file")
                .asException();
    }

    /** What the file holds; empty where it is missing, may not be read or names nothing. */
    private static Optional<String> id(Path file) {
        String text;
        try {
            // A device tree's string ends with a zero byte.
            text = Files.readString(file).replace("\0", "").strip();
        } catch (IOException e) {
            return Optional.empty();
        }
        // Kernels differ in the case in which they print a DMI UUID.
        String id = text.toLowerCase(Locale.ROOT);
        boolean usable =
                id.length() <= LONGEST
                        && id.chars().allMatch(c -> c >= ' ' && c < 127)
                        && !UNUSABLE.matcher(id).matches()
                        && !SHARED.contains(id);
        return usable ? Optional.of(id) : Optional.empty();
    }
}
