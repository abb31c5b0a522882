package io.tidemark.extractor;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/** Measures how late the event loop is. One context only. */
final class LoopWatch {

  private static final long PERIOD_MILLIS = 100;

  private final Vertx vertx;
  private final ExtractorMeters meters;
  private long timer;
  private long due;

  LoopWatch(Vertx vertx, ExtractorMeters meters) {
    this.vertx = vertx;
    this.meters = meters;
  }

  void start() {
    next();
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  private void next() {
    due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
    timer =
        vertx.setTimer(
            PERIOD_MILLIS,
            id -> {
              meters.loopLag(System.nanoTime() - due);
              next();
            });
  }
}
