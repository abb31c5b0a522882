package io.tidemark.nbd;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * Does in parts what is too much for one request, a few parts at a time, so that no more wait than
 * that however many there are. By a loop, since a chain of composed Futures as long as the disk is
 * would not be flat. The first part that fails is the end, once those that were begun have ended
 * too: until then they may still use the caller's buffer. Lives on the connection's event loop.
 */
final class Parts<T> {

  /** One part. */
  interface Step<T> {
    /**
     * Asks for it.
     *
     * @param from its place in the whole
     */
    Future<T> begin(long from, long lengthBytes);
  }

  private final long totalBytes;
  private final long mostBytes;
  private final int atOnce;
  private final Step<T> step;
  private final BinaryOperator<T> sum;
  private final Promise<T> done = Promise.promise();
  private T result;
  private Optional<Throwable> failure = Optional.empty();
  private long begun;
  private int pending;

  /**
   * @param mostBytes the most that one part has
   * @param atOnce how many parts may be under way
   * @param nothing the result of no part at all
   * @param sum the result of two parts together
   */
  Parts(
      long totalBytes, long mostBytes, int atOnce, Step<T> step, T nothing, BinaryOperator<T> sum) {
    this.totalBytes = totalBytes;
    this.mostBytes = mostBytes;
    this.atOnce = atOnce;
    this.step = step;
    this.result = nothing;
    this.sum = sum;
  }

  Future<T> run() {
    proceed();
    return done.future();
  }

  private void proceed() {
    while (failure.isEmpty() && begun < totalBytes && pending < atOnce) {
      long from = begun;
      long length = Math.min(totalBytes - from, mostBytes);
      begun += length;
      pending++;
      step.begin(from, length).onComplete(this::ended);
    }
    if (pending == 0) {
      failure.ifPresentOrElse(done::tryFail, () -> done.tryComplete(result));
    }
  }

  private void ended(AsyncResult<T> part) {
    pending--;
    if (part.succeeded()) {
      result = sum.apply(result, part.result());
    } else {
      failure = failure.or(() -> Optional.of(part.cause()));
    }
    proceed();
  }
}
