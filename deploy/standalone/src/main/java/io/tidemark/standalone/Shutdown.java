package io.tidemark.standalone;

import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a process up until SIGTERM or Ctrl-C, then closes what it runs and ends with status 0. */
final class Shutdown {
  private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

  private Shutdown() {}

  /**
   * Does not return: the process ends in the hook.
   *
   * @param parts closed in this order
   */
  static void await(AutoCloseable... parts) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(parts), "shutdown"));
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(AutoCloseable... parts) {
    int status = 0;
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.error("Stopping {} failed", part.getClass().getSimpleName(), e);
        status = 1;
      }
    }
    LOG.info("Tidemark has stopped");
    // A JVM that is ended by a signal has the signal's status; a clean stop is no failure.
    Runtime.getRuntime().halt(status);
  }
}
