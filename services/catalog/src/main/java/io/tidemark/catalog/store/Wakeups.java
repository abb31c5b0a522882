package io.tidemark.catalog.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.time.Duration;

/**
 * Hears from PostgreSQL when a table has news. Notifications are only a hint that saves waiting for
 * the next poll: they may be lost.
 */
public final class Wakeups {
  private static final Duration RECONNECT_PAUSE = Duration.ofSeconds(1);

  private final PgSubscriber subscriber;

  public Wakeups(Vertx vertx, Database database) {
    this.subscriber =
        PgSubscriber.subscriber(vertx, database.address().options())
            .reconnectPolicy(attempt -> RECONNECT_PAUSE.toMillis());
  }

  /** Calls {@code action} for each notification that the outbox has news, and after a reconnect. */
  public Wakeups onOutbox(Runnable action) {
    return on(Outbox.CHANNEL, action);
  }

  /** The same for {@code channel}. */
  public Wakeups on(String channel, Runnable action) {
    subscriber
        .channel(channel)
        .subscribeHandler(subscribed -> action.run())
        .handler(payload -> action.run());
    return this;
  }

  /** Connects. */
  public Future<Void> start() {
    return subscriber.connect();
  }

  /** Disconnects. */
  public Future<Void> stop() {
    return subscriber.close();
  }
}
