package io.tidemark.cli;

import java.io.PrintStream;
import java.io.PrintWriter;

/** Where a command writes: results to stdout, progress to a terminal's stderr, and only there. */
public final class Terminal {
  private static final String ERASE_LINE = "\r\u001b[K";

  private final PrintWriter out;
  private final PrintStream err;
  private final boolean interactive;

  Terminal(PrintWriter out, PrintStream err, boolean interactive) {
    this.out = out;
    this.err = err;
    this.interactive = interactive;
  }

  /**
   * Whether stderr is a terminal only the shell that started us can tell; it does so in a property.
   */
  public static Terminal of(PrintWriter out) {
    return new Terminal(out, System.err, Boolean.getBoolean("tidemark.terminal"));
  }

  public void println(String line) {
    out.println(line);
    out.flush();
  }

  /** Replaces the progress line; nothing where nobody watches. */
  public void progress(String line) {
    if (interactive) {
      err.print(ERASE_LINE + line);
      err.flush();
    }
  }

  public void endProgress() {
    progress("");
  }
}
