package io.tidemark.hypervisor;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks again and again, with timers, until something is so. */
record Waiting(Vertx vertx, Duration interval) {

  /**
   * @param condition asked at once and then after each interval; its failure ends the waiting
   * @param late what to fail with when the patience is over
   */
  Future<Void> until(
      Supplier<Future<Boolean>> condition, Duration patience, Supplier<HypervisorException> late) {
    var deadline = System.nanoTime() + patience.toNanos();
    return ask(condition, deadline, late);
  }

  private Future<Void> ask(
      Supplier<Future<Boolean>> condition, long deadline, Supplier<HypervisorException> late) {
    return condition
        .get()
        .compose(met -> {
          if (met) {
            return Future.succeededFuture();
          }
          if (System.nanoTime() - deadline >= 0) {
            return Future.failedFuture(late.get());
          }
          return vertx
              .timer(interval.toMillis(), TimeUnit.MILLISECONDS)
              .compose(elapsed -> ask(condition, deadline, late));
        });
  }
}
