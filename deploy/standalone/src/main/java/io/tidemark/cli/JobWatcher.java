package io.tidemark.cli;

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

  public JobWatcher(ApiClient api, Terminal terminal) {
    this.api = api;
    this.terminal = terminal;
  }

  /**
   * Waits until the job has ended well.
   *
   * @throws CliFailure with the job's own reason if it failed
   */
  public Views.Job await(Views.Job started) {
    Views.Job job = started;
    while (!job.ended()) {
      terminal.progress(line(job));
      job = api.get("jobs/" + job.id() + "?wait=" + WAIT_SECONDS, Views.Job.class);
    }
    terminal.endProgress();
    if (!job.succeeded()) {
      throw new CliFailure(job.reason().orElse("The " + job.type() + " failed."));
    }
    return job;
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
