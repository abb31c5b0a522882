package io.tidemark.nbd;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.function.Function;

/**
 * Something that a pool does with one of its connections.
 *
 * @param terms what the pool must know of it
 * @param work makes the requests
 * @param promise the answer
 */
record PoolTask<T>(Terms terms, Function<NbdConnection, Future<T>> work, Promise<T> promise) {

  /** What it means to what is on the server's disk. */
  enum Effect {
    /** Nothing that a flush is needed for. */
    NONE,
    /** It is safe once a flush has succeeded. */
    WRITES,
    /** It makes safe what was written. */
    FLUSHES
  }

  /**
   * What the pool must know of a task.
   *
   * @param bytes payload that it moves
   * @param until as soon as one of these completes, it isn't wanted any more
   */
  record Terms(long bytes, Effect effect, List<Future<?>> until) {
    Terms {
      until = List.copyOf(until);
    }

    boolean cancelled() {
      return until.stream().anyMatch(Future::isComplete);
    }
  }

  /** On that connection. */
  Future<T> startOn(NbdConnection connection) {
    try {
      return work.apply(connection);
    } catch (RuntimeException e) {
      // The caller's mistake, for example a buffer that can't grow.
      return Future.failedFuture(e);
    }
  }
}
