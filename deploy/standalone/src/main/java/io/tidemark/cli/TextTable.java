package io.tidemark.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table for the terminal: columns as wide as their widest cell, no lines. */
public final class TextTable {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(String... header) {
    row(header);
  }

  public TextTable row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  public void print(Terminal terminal) {
    int columns = rows.getFirst().size();
    List<Integer> widths =
        IntStream.range(0, columns)
            .mapToObj(
                c -> rows.stream().mapToInt(r -> printable(r.get(c)).length()).max().orElse(0))
            .toList();
    for (List<String> row : rows) {
      terminal.println(
          IntStream.range(0, columns)
              .mapToObj(c -> pad(printable(row.get(c)), widths.get(c)))
              .collect(Collectors.joining(GAP))
              .stripTrailing());
    }
  }

  /** Names come from domain XML: nothing in them may steer the terminal. */
  private static String printable(String cell) {
    return cell.replaceAll("\\p{Cntrl}", "?");
  }

  private static String pad(String cell, int width) {
    return cell + " ".repeat(width - cell.length());
  }
}
