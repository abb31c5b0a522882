package io.tidemark.runtime;

import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.Topic;
import io.vertx.core.Future;

/**
 * A service's connection to the events of the suite. Safe to use from any thread; futures complete
 * on the caller's context.
 */
public interface Events {

  /**
   * Publishes a fact.
   *
   * @param id the same for the same fact, however often it is published: consumers see it as one
   * @return completes when every in-sync replica has it; fails when the broker can't be reached
   *     within the producer's delivery time-out
   */
  Future<Void> publish(String id, Event event);

  /**
   * Publishes an event as it stands, for the relay of an outbox. Same contract as {@link
   * #publish(String, Event)}.
   */
  Future<Void> publish(EventEnvelope<?> envelope);

  /**
   * A member of a consumer group: every event goes to one member of the group, at least once, in
   * order per key. Not started yet.
   *
   * @param group the consumer group's name
   */
  EventConsumer consumer(String group, Topic... topics);

  /**
   * A reader of its own that sees every event of the topics from the start of what is kept, then
   * follows. It has no group and commits nothing: for compacted topics, and for live views with
   * {@link EventConsumer#fromNow()}. Not started yet.
   */
  EventConsumer reader(Topic... topics);

  /**
   * Creates the topics that are missing, with the partitions and retention that {@link Topic}
   * states; retries until the broker answers.
   */
  Future<Void> createTopics();

  /** True if the broker answers now. */
  Future<Boolean> healthy();

  /** Stops every consumer and the producer. */
  Future<Void> close();
}
