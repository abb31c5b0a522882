package io.tidemark.runtime;

import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.Topic;
import io.tidemark.events.UnreadableEventException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.consumer.KafkaReadStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes messages out of the lanes and gives them to the handlers: one at a time a lane, all lanes
 * at once. What runs here runs on the context that {@link #start()} was called on.
 */
abstract class KafkaEventConsumer implements EventConsumer {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaEventConsumer.class);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Vertx vertx;
  private final KafkaSettings settings;
  private final TopicAdmin admin;
  private final List<Topic> topics;
  private final Handlers handlers;
  private final DeadLetters deadLetters;
  private final AtomicBoolean started = new AtomicBoolean();
  private final Promise<Void> stopping = Promise.promise();
  private final Promise<Void> drained = Promise.promise();

  // Set once by start(), on the context.
  private Context context;
  private LaneConsumer consumer;
  private KafkaReadStream<byte[], byte[]> stream;

  KafkaEventConsumer(KafkaParts parts, List<Topic> topics, DeadLetters deadLetters) {
    this.vertx = parts.vertx();
    this.settings = parts.settings();
    this.admin = parts.admin();
    this.topics = topics;
    this.handlers = new Handlers(parts.cloudEvents());
    this.deadLetters = deadLetters;
  }

  @Override
  public final <E extends Event> EventConsumer on(
      Class<E> type, Function<E, Future<Void>> handler) {
    return onEnvelope(type, envelope -> handler.apply(envelope.event()));
  }

  @Override
  public final <E extends Event> EventConsumer onEnvelope(
      Class<E> type, Function<EventEnvelope<E>, Future<Void>> handler) {
    handlers.add(type, handler);
    return this;
  }

  @Override
  public final Future<Void> start() {
    if (!started.compareAndSet(false, true)) {
      return Future.failedFuture(new IllegalStateException("the consumer was started before"));
    }
    Promise<Void> running = Promise.promise();
    context = vertx.getOrCreateContext();
    context.runOnContext(v ->
        admin.create(topics).compose(w -> isStopping() ? stopped() : begin()).onComplete(running));
    return running.future();
  }

  @Override
  public final Set<Integer> idlePartitions(Topic topic) {
    if (consumer == null) {
      return Set.of();
    }
    return lanes().stream()
        .filter(lane -> !lane.hasWork())
        .map(Lane::partition)
        .filter(partition -> partition.topic().equals(topic.topicName()))
        .map(TopicPartition::partition)
        .collect(Collectors.toSet());
  }

  @Override
  public final Future<Void> stop() {
    if (!started.get()) {
      return Future.succeededFuture();
    }
    Promise<Void> stopped = Promise.promise();
    context.runOnContext(v -> {
      stopping.tryComplete();
      checkDrained();
      drained.future().compose(w -> closeStream()).onComplete(stopped);
    });
    return stopped.future();
  }

  /** Opens the stream and brings it to its topics, which are there now. */
  abstract Future<Void> begin();

  /** Makes the stream over a consumer whose lanes this takes from; on the context. */
  final KafkaReadStream<byte[], byte[]> open(Map<String, Object> config, boolean commits) {
    consumer = new LaneConsumer(config, commits, () -> context.runOnContext(v -> takeFromLanes()));
    // The lanes have the messages already; a handler there must be, or the stream does not poll.
    stream =
        KafkaReadStream.<byte[], byte[]>create(vertx, consumer)
            .pollTimeout(POLL)
            .batchHandler(messages -> {});
    return stream;
  }

  final Collection<Lane> lanes() {
    return consumer.lanes();
  }

  final <T> Future<T> stopped() {
    return Future.failedFuture(new IllegalStateException("the consumer was stopped meanwhile"));
  }

  final boolean isStopping() {
    return stopping.future().isComplete();
  }

  private void takeFromLanes() {
    consumer.lanes().forEach(this::takeFrom);
  }

  private void takeFrom(Lane lane) {
    if (isStopping()) {
      return;
    }
    lane.take()
        .ifPresent(message ->
            attempt(lane, message, 1)
                .onComplete(
                    v -> context.runOnContext(w -> handled(lane, message)),
                    abandoned -> context.runOnContext(w -> abandoned(lane))));
  }

  private void handled(Lane lane, ConsumerRecord<byte[], byte[]> message) {
    lane.handled(message);
    takeFrom(lane);
    checkDrained();
  }

  private void abandoned(Lane lane) {
    lane.abandoned();
    checkDrained();
  }

  private void checkDrained() {
    if (isStopping() && (consumer == null || consumer.lanes().stream().noneMatch(Lane::busy))) {
      drained.tryComplete();
    }
  }

  /**
   * Completes when the message is handled or set aside; fails when it is no longer ours to handle.
   */
  private Future<Void> attempt(Lane lane, ConsumerRecord<byte[], byte[]> message, int number) {
    return handlers
        .handle(message)
        .recover(cause -> {
          if (isHopeless(cause) || number >= settings.tries()) {
            return setAside(lane, message, cause, 1);
          }
          logFailure(message, cause, number);
          return pause(lane, number).compose(v -> attempt(lane, message, number + 1));
        });
  }

  private Future<Void> setAside(
      Lane lane, ConsumerRecord<byte[], byte[]> message, Throwable reason, int number) {
    return deadLetters
        .take(message, reason)
        .recover(
            cause -> pause(lane, number).compose(v -> setAside(lane, message, reason, number + 1)));
  }

  private Future<Void> pause(Lane lane, int failedTries) {
    Promise<Void> over = Promise.promise();
    context.runOnContext(v -> {
      long timer = vertx.setTimer(settings.pauseAfter(failedTries), id -> over.tryComplete());
      stopping.future().onComplete(w -> over.tryComplete());
      over.future().onComplete(w -> vertx.cancelTimer(timer));
    });
    return over.future()
        .compose(v ->
            lane.closed() || isStopping()
                ? Future.failedFuture("the partition is no longer this consumer's")
                : Future.succeededFuture());
  }

  private void logFailure(
      ConsumerRecord<byte[], byte[]> message, Throwable cause, int failedTries) {
    if (failedTries == 1) {
      LOG.warn(
          "an event could not be handled and is tried again [topic: {}, partition: {}, offset: {}]",
          message.topic(),
          message.partition(),
          message.offset(),
          cause);
    } else {
      LOG.debug("try {} failed, too: {}", failedTries, cause.getMessage());
    }
  }

  private static boolean isHopeless(Throwable cause) {
    return cause instanceof PermanentException || cause instanceof UnreadableEventException;
  }

  private Future<Void> closeStream() {
    return stream == null ? Future.succeededFuture() : stream.close();
  }
}
