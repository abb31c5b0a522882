package io.tidemark.extractor;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does things again that failed for a reason that may pass. */
final class Retries {

  private static final Logger LOG = LoggerFactory.getLogger(Retries.class);
  private static final int ATTEMPTS = 3;

  private final Vertx vertx;
  private final Duration pause;

  /**
   * @param pause before the second attempt; twice as long before the third
   */
  Retries(Vertx vertx, Duration pause) {
    this.vertx = vertx;
    this.pause = pause;
  }

  /** The result of the first attempt that succeeds, or the failure of the last. */
  <T> Future<T> run(Supplier<Future<T>> attempt) {
    return run(attempt, 1);
  }

  private <T> Future<T> run(Supplier<Future<T>> attempt, int number) {
    return Future.succeededFuture()
        .compose(begin -> attempt.get())
        .recover(failure ->
            number < ATTEMPTS && Failures.mayPass(failure)
                ? again(attempt, number, failure)
                : Future.failedFuture(failure));
  }

  private <T> Future<T> again(Supplier<Future<T>> attempt, int number, Throwable failure) {
    long millis = Math.max(1, pause.toMillis() * number);
    LOG.warn("Trying again in {} ms: {}", millis, failure.getMessage());
    return vertx.timer(millis, TimeUnit.MILLISECONDS).compose(elapsed -> run(attempt, number + 1));
  }
}
