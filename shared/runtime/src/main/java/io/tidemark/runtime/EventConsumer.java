package io.tidemark.runtime;

import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.Topic;
import io.vertx.core.Future;
import java.util.Set;
import java.util.function.Function;

/**
 * Handlers by event type, in front of a Kafka consumer. A verticle reads as a table of them.
 *
 * <p>Handlers run on the context that {@link #start()} was called on. A partition's next event
 * waits until the handler's Future completes, while other partitions go on; its offset is committed
 * then, and only then. A handler that fails is tried again with growing pauses; one that fails with
 * {@link PermanentException}, or too often, has its message put on the dead-letter topic. Types
 * without a handler are passed over.
 */
public interface EventConsumer {

  /**
   * What to do with events of a type. The handler must be idempotent: it may see the same event
   * again.
   */
  <E extends Event> EventConsumer on(Class<E> type, Function<E, Future<Void>> handler);

  /** As {@link #on}, for handlers that need the envelope's id or time. */
  <E extends Event> EventConsumer onEnvelope(
      Class<E> type, Function<EventEnvelope<E>, Future<Void>> handler);

  /**
   * Start at the end of the topics rather than at the start of what is kept; only for a reader
   * without a group.
   */
  EventConsumer fromNow();

  /**
   * Starts to consume; while the broker can't be reached it keeps trying, and says so.
   *
   * @return for a member of a group: completes when it has subscribed; for a reader from the start:
   *     when it has handled all that was there at the call
   */
  Future<Void> start();

  /**
   * Numbers of the topic's partitions that it reads now and in which nothing waits or is handled.
   * On the context that {@link #start()} was called on.
   */
  Set<Integer> idlePartitions(Topic topic);

  /** Stops after the handlers that run now; their offsets are committed. */
  Future<Void> stop();
}
