package io.tidemark.extractor;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A bounded amount of something (bytes, requests, slots) that is taken and given back. Who comes
 * first is served first. One context only.
 */
final class Credits {

  private final long total;
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private long free;

  Credits(long total) {
    this.total = total;
    this.free = total;
  }

  /**
   * Completes when {@code amount} is taken; what can never be had is cut to all there is, and must
   * be given back with the same {@code amount}.
   */
  Future<Void> take(long amount) {
    long wanted = Math.min(amount, total);
    if (waiters.isEmpty() && free >= wanted) {
      free -= wanted;
      return Future.succeededFuture();
    }
    Promise<Void> granted = Promise.promise();
    waiters.add(new Waiter(wanted, granted));
    return granted.future();
  }

  void give(long amount) {
    free += Math.min(amount, total);
    while (!waiters.isEmpty() && waiters.element().amount <= free) {
      Waiter next = waiters.remove();
      free -= next.amount;
      next.granted.complete();
    }
  }

  /** How much could be taken at once. */
  long free() {
    return free;
  }

  private record Waiter(long amount, Promise<Void> granted) {}
}
