package io.tidemark.nbd;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/** Moves work and results between Vert.x contexts. */
final class Contexts {
  private Contexts() {}

  /** Runs it on that context: at once if this is it. */
  static void run(Context context, Runnable action) {
    if (context.equals(Vertx.currentContext())) {
      action.run();
    } else {
      context.runOnContext(v -> action.run());
    }
  }

  /** The same result on the context of the caller, if it has one. */
  static <T> Future<T> toCaller(Future<T> future) {
    Context caller = Vertx.currentContext();
    if (caller == null) {
      return future;
    }
    Promise<T> promise = SocketConnection.promise(caller);
    future.onComplete(promise);
    return promise.future();
  }
}
