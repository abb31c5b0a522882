package io.tidemark.checkpointer;

import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.Topic;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what is published; nobody consumes it. */
final class HeardEvents implements Events {
  private final List<Event> heard = new CopyOnWriteArrayList<>();

  <E extends Event> List<E> all(Class<E> type) {
    return heard.stream().filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public Future<Void> publish(String id, Event event) {
    heard.add(event);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> publish(EventEnvelope<?> envelope) {
    throw new UnsupportedOperationException();
  }

  @Override
  public EventConsumer consumer(String group, Topic... topics) {
    throw new UnsupportedOperationException();
  }

  @Override
  public EventConsumer reader(Topic... topics) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> createTopics() {
    return Future.succeededFuture();
  }

  @Override
  public Future<Boolean> healthy() {
    return Future.succeededFuture(true);
  }

  @Override
  public Future<Void> close() {
    return Future.succeededFuture();
  }
}
