package io.tidemark.bench;

import java.io.IOException;
import java.util.List;

/** A command line that has to succeed; what it prints goes where our own output goes. */
record Command(List<String> words) {
  Command {
    words = List.copyOf(words);
  }

  /** Runs it to its end. */
  void run() {
    start().await();
  }

  Running start() {
    try {
      return new Running(this, new ProcessBuilder(words).inheritIO().start());
    } catch (IOException e) {
      throw new BenchFailure(this + " can't be run: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }

  /** One that was started. */
  record Running(Command command, Process process) {
    void await() {
      try {
        int status = process.waitFor();
        if (status != 0) {
          throw new BenchFailure(command + " ended with status " + status);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BenchFailure("interrupted", e);
      }
    }
  }
}
