package io.tidemark.converter;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;

/** Which names of files this process can use: the locale that it was started in decides that. */
final class PathNames {
  private PathNames() {}

  /** True if files may be named in every language. */
  static boolean areUnlimited() {
    return charset().equals(StandardCharsets.UTF_8.name());
  }

  /** What a user has to know if they are not. */
  static String advice() {
    return "Tidemark was started in a locale whose character set is "
        + charset()
        + ", which can't name every file: start it in a UTF-8 locale (LC_ALL=C.UTF-8)";
  }

  /** What is wrong with a path, and what to do. */
  static String why(InvalidPathException e) {
    return "'"
        + e.getInput()
        + "' can't be used as the name of a file ("
        + e.getReason()
        + ")"
        + (areUnlimited() ? "" : ": " + advice());
  }

  private static String charset() {
    String name = System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name());
    return Charset.isSupported(name) ? Charset.forName(name).name() : name;
  }
}
