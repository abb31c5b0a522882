package io.tidemark.catalog.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Says that jobs may have changed to those who wait for it. One context only. */
final class JobNews {
  private final Vertx vertx;
  private final Set<Promise<Boolean>> waiting = new HashSet<>();

  JobNews(Vertx vertx) {
    this.vertx = vertx;
  }

  /** There may be news. */
  void come() {
    List<Promise<Boolean>> told = List.copyOf(waiting);
    waiting.clear();
    told.forEach(one -> one.complete(true));
  }

  /** Waits for news, but no longer than that; completes with whether there may be some. */
  Future<Boolean> within(long millis) {
    Promise<Boolean> end = Promise.promise();
    waiting.add(end);
    long timer =
        vertx.setTimer(
            millis,
            id -> {
              if (waiting.remove(end)) {
                end.complete(false);
              }
            });
    return end.future().onSuccess(news -> vertx.cancelTimer(timer));
  }
}
