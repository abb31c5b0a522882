package io.tidemark.hypervisor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Changes to a text, each given by offsets into the original; they may not overlap. */
final class TextEdits {
  private record Edit(int start, int end, String replacement) {}

  private final List<Edit> edits = new ArrayList<>();

  void insert(int at, String inserted) {
    edits.add(new Edit(at, at, inserted));
  }

  void replace(int start, int end, String replacement) {
    edits.add(new Edit(start, end, replacement));
  }

  /** Removes an element, and with it its line if it has one of its own. */
  void remove(String text, XmlSpan element) {
    var lineStart = text.lastIndexOf('\n', element.start());
    var alone = lineStart >= 0 && text.substring(lineStart, element.start()).isBlank();
    replace(alone ? lineStart : element.start(), element.end(), "");
  }

  String applyTo(String text) {
    var result = new StringBuilder(text);
    edits.stream()
        .sorted(Comparator.comparingInt(Edit::start).reversed())
        .forEach(edit -> result.replace(edit.start, edit.end, edit.replacement));
    return result.toString();
  }
}
