package io.tidemark.extractor;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Iterator;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Works on many items at once, as many as the credits allow. After the first failure no more are
 * begun; the run fails when those under way have ended. One context only.
 */
final class Pump<T> {

  private final Iterator<T> items;
  private final ToLongFunction<T> cost;
  private final Credits credits;
  private final Function<T, Future<Void>> work;
  private final Runnable abort;
  private final Promise<Void> end = Promise.promise();

  private Throwable failure;
  private long underWay;
  private boolean waiting;
  private boolean going;

  /**
   * @param abort makes the items under way end soon; called once, on the first failure
   */
  Pump(
      Iterator<T> items,
      ToLongFunction<T> cost,
      Credits credits,
      Function<T, Future<Void>> work,
      Runnable abort) {
    this.items = items;
    this.cost = cost;
    this.credits = credits;
    this.work = work;
    this.abort = abort;
  }

  /**
   * Begins; call it once.
   *
   * @param cancelled never succeeds; when it fails, the run fails for that reason
   * @return completes when every item is done; when it fails, nothing is under way any more
   */
  Future<Void> run(Future<Void> cancelled) {
    cancelled.onFailure(this::fail);
    go();
    return end.future();
  }

  private void go() {
    if (going) {
      return; // An item was done at once: the loop below goes on with the next.
    }
    going = true;
    while (failure == null && !waiting && items.hasNext()) {
      T item = items.next();
      Future<Void> granted = credits.take(cost.applyAsLong(item));
      if (granted.isComplete()) {
        begin(item);
      } else {
        waiting = true;
        granted.onComplete(done -> {
          waiting = false;
          begin(item);
          go();
        });
      }
    }
    going = false;
    endIfDone();
  }

  private void begin(T item) {
    if (failure != null) {
      credits.give(cost.applyAsLong(item));
      return;
    }
    underWay++;
    Future<Void> result;
    try {
      result = work.apply(item);
    } catch (RuntimeException e) {
      result = Future.failedFuture(e);
    }
    result.onComplete(done -> {
      underWay--;
      // First the failure: what is given back must not begin another item.
      if (done.failed()) {
        fail(done.cause());
      }
      credits.give(cost.applyAsLong(item));
      go();
    });
  }

  private void fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
      abort.run();
    } else if (failure instanceof IllegalStateException
        && !(cause instanceof CancellationException)) {
      // A pack that broke under another thread says only that it is broken, and a wait that was
      // given up only that; the cause says more.
      failure = cause;
    }
    endIfDone();
  }

  private void endIfDone() {
    if (underWay > 0 || waiting || going) {
      return;
    }
    if (failure != null) {
      end.tryFail(failure);
    } else if (!items.hasNext()) {
      end.tryComplete();
    }
  }
}
