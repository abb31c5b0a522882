package io.tidemark.demo;

import io.tidemark.cli.Units;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Supplier;

/** Tells the story: numbered steps with their duration, and facts below them. */
final class Narrator {
  private final PrintWriter out;
  private int step;

  Narrator(PrintWriter out) {
    this.out = out;
  }

  /** Tells what happens next, does it, and says how long it took. */
  <T> T step(String what, Supplier<T> work) {
    step++;
    out.printf(Locale.ROOT, "%n[%d] %s%n", step, what);
    out.flush();
    long begin = System.nanoTime();
    T result = work.get();
    fact("done in " + Units.millis((System.nanoTime() - begin) / 1_000_000));
    return result;
  }

  void step(String what, Runnable work) {
    step(
        what,
        () -> {
          work.run();
          return what;
        });
  }

  void fact(String fact) {
    out.println("    " + fact);
    out.flush();
  }

  void line(String text) {
    out.println(text);
    out.flush();
  }
}
