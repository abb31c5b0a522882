package io.tidemark.cli;

/** The files of a restore in words. */
final class RestoredText {
  private RestoredText() {}

  static void print(Terminal terminal, Views.Restored restored) {
    for (Views.RestoredFile file : restored.files()) {
      terminal.println(
          file.target().orElse("domain XML")
              + ": "
              + file.path()
              + " ("
              + Units.bytes(file.sizeBytes())
              + ")");
    }
  }
}
