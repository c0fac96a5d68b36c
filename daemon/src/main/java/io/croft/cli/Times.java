package io.croft.cli;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Times as people write and read them. */
final class Times {
    private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    private Times() {}

    /** Reads {@code 130s}, {@code 2m10s}, {@code 1h}. */
    static final class Converter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration sum = Duration.ZERO;
            Matcher part = PART.matcher(text);
            int end = 0;
            while (part.find() && part.start() == end) {
                sum = sum.plus(Long.parseLong(part.group(1)), unit(part.group(2)));
                end = part.end();
            }
            if (text.isEmpty() || end != text.length()) {
                throw new TypeConversionException(
                        "\"" + text + "\" is not a time as 130s or 2m10s");
            }
            return sum;
        }

        private static ChronoUnit unit(String name) {
            return switch (name) {
                case "ms" -> ChronoUnit.MILLIS;
                case "s" -> ChronoUnit.SECONDS;
                case "m" -> ChronoUnit.MINUTES;
                case "h" -> ChronoUnit.HOURS;
                default -> ChronoUnit.DAYS;
            };
        }
    }

    static Duration of(com.google.protobuf.Duration wire) {
        return Duration.ofSeconds(wire.getSeconds(), wire.getNanos());
    }

    /** The two largest parts, as {@code 2m10s} or {@code 3d4h}. */
    static String text(Duration time) {
        long[] parts = {
            time.toDays(), time.toHoursPart(), time.toMinutesPart(), time.toSecondsPart()
        };
        String[] names = {"d", "h", "m", "s"};
        int first = 0;
        while (first < 3 && parts[first] == 0) {
            first++;
        }
        String rest = first < 3 && parts[first + 1] != 0 ? parts[first + 1] + names[first + 1] : "";
        return parts[first] + names[first] + rest;
    }

    /** UTC, to the second. */
    static String text(Timestamp wire) {
        return Instant.ofEpochSecond(wire.getSeconds()).toString();
    }
}
