package io.tidemark.cli;

import java.time.Duration;
import java.util.Locale;

/** Waits for a job and shows how far it is. */
public final class JobWatcher {
  /**
   * The server answers early when the job ends, so this only bounds how often the progress line
   * moves.
   */
  private static final String WAIT_SECONDS = "1";

  private final ApiClient api;
  private final Terminal terminal;
  private final Patience patience;

  public JobWatcher(ApiClient api, Terminal terminal) {
    this(api, terminal, new Patience(Duration.ofMinutes(1), Duration.ofSeconds(1)));
  }

  JobWatcher(ApiClient api, Terminal terminal, Patience patience) {
    this.api = api;
    this.terminal = terminal;
    this.patience = patience;
  }

  /**
   * How long an API that is away is asked again: the job goes on without it.
   *
   * @param pause between two attempts
   */
  record Patience(Duration longest, Duration pause) {}

  /**
   * Waits until the job has ended well.
   *
   * @throws CliFailure with the job's own reason if it failed; or if the API is away for long
   */
  public Views.Job await(Views.Job started) {
    Views.Job job = started;
    while (!job.ended()) {
      terminal.progress(line(job));
      job = look(job);
    }
    terminal.endProgress();
    if (!job.succeeded()) {
      throw new CliFailure(job.reason().orElse("The " + job.type() + " failed."));
    }
    return job;
  }

  private Views.Job look(Views.Job job) {
    long end = System.nanoTime() + patience.longest().toNanos();
    while (true) {
      try {
        return api.get("jobs/" + job.id() + "?wait=" + WAIT_SECONDS, Views.Job.class);
      } catch (NotNow e) {
        if (System.nanoTime() - end > 0) {
          terminal.endProgress();
          throw new CliFailure(
              e.getMessage() + " The " + job.type() + " " + job.id() + " may go on all the same.",
              e);
        }
        terminal.progress(line(job) + "; the API does not answer, asking again");
        pause();
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(patience.pause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliFailure("Interrupted.", e);
    }
  }

  private static String line(Views.Job job) {
    String what = job.type() + " of " + job.vm() + ": " + job.stage().orElse(job.state());
    return job.progress()
        .filter(p -> p.totalBytes() > 0)
        .map(p -> what + ", " + amount(p))
        .orElse(what);
  }

  private static String amount(Views.JobProgress p) {
    String done =
        String.format(
            Locale.ROOT,
            "%s of %s (%d %%), %s",
            Units.bytes(p.doneBytes()),
            Units.bytes(p.totalBytes()),
            100 * p.doneBytes() / p.totalBytes(),
            Units.rate(p.bytesPerSecond()));
    return p.secondsLeft()
        .map(left -> done + ", " + Units.millis(Math.round(left * 1000)) + " left")
        .orElse(done);
  }
}
