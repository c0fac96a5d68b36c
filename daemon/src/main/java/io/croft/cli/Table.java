package io.croft.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** A list for people: a heading, aligned columns, two spaces between them, no borders. */
final class Table<T> {
    private static final String BOLD = "\033[1m";
    private static final String PLAIN = "\033[0m";

    private record Column<T>(String heading, Function<T, String> cell) {}

    private final List<Column<T>> columns = new ArrayList<>();
    private Optional<Comparator<T>> order = Optional.empty();

    /** In another order than they come. */
    Table<T> sorted(Comparator<T> by) {
        order = Optional.of(by);
        return this;
    }

    Table<T> column(String heading, Function<T, String> cell) {
        columns.add(new Column<>(heading, cell));
        return this;
    }

    /** The lines; none for an empty list. */
    List<String> lines(List<T> rows, boolean colour) {
        var cells = new ArrayList<List<String>>();
        cells.add(columns.stream().map(Column::heading).toList());
        Stream<T> all = order.map(rows.stream()::sorted).orElseGet(rows::stream);
        all.forEach(row -> cells.add(columns.stream().map(c -> cell(c, row)).toList()));
        int[] widths = new int[columns.size()];
        for (List<String> line : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        var lines = new ArrayList<String>();
        cells.forEach(line -> lines.add(line(line, widths)));
        if (colour) {
            lines.set(0, BOLD + lines.getFirst() + PLAIN);
        }
        return rows.isEmpty() ? List.of() : lines;
    }

    /** An empty cell would let the columns behind it look like others. */
    private static <T> String cell(Column<T> column, T row) {
        // Names and labels come from others: nothing in them may move the cursor or end the line.
        String text = column.cell().apply(row).replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
        return text.isEmpty() ? "-" : text;
    }

    private static String line(List<String> cells, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(cells.get(i)).repeat(' ', widths[i] - cells.get(i).length() + 2);
        }
        return line.toString().stripTrailing();
    }
}
