package io.tidemark.runtime;

import io.tidemark.events.CloudEvents;
import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.UnknownEventTypeException;
import io.tidemark.events.UnreadableEventException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.consumer.KafkaConsumer;
import io.vertx.kafka.client.consumer.KafkaConsumerRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link EventConsumer} in front of a Kafka consumer: decodes, dispatches by type, retries and sets
 * aside.
 */
final class KafkaEventConsumer implements EventConsumer {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaEventConsumer.class);

  /** Where messages go that nobody can make sense of. */
  @FunctionalInterface
  interface DeadLetters {
    Future<Void> put(String key, byte[] value, String reason);
  }

  private final Vertx vertx;
  private final KafkaSettings settings;
  private final PartitionSource source;
  private final CloudEvents codec;
  private final DeadLetters deadLetters;
  private final Map<Class<? extends Event>, Function<EventEnvelope<Event>, Future<Void>>> handlers =
      new HashMap<>();
  private Optional<Running> running = Optional.empty();

  private record Running(
      Context context, KafkaConsumer<String, byte[]> consumer, PartitionQueues queues) {}

  KafkaEventConsumer(
      Vertx vertx,
      KafkaSettings settings,
      PartitionSource source,
      CloudEvents codec,
      DeadLetters deadLetters) {
    this.vertx = vertx;
    this.settings = settings;
    this.source = source;
    this.codec = codec;
    this.deadLetters = deadLetters;
  }

  @Override
  public <E extends Event> EventConsumer on(Class<E> type, Function<E, Future<Void>> handler) {
    return onEnvelope(type, envelope -> handler.apply(envelope.event()));
  }

  @Override
  public <E extends Event> EventConsumer onEnvelope(
      Class<E> type, Function<EventEnvelope<E>, Future<Void>> handler) {
    handlers.put(
        type,
        envelope ->
            handler.apply(
                new EventEnvelope<>(
                    envelope.id(),
                    envelope.source(),
                    envelope.time(),
                    type.cast(envelope.event()))));
    return this;
  }

  @Override
  public EventConsumer fromNow() {
    source.fromNow();
    return this;
  }

  @Override
  public Future<Void> start() {
    Context context = vertx.getOrCreateContext();
    Promise<Void> started = Promise.promise();
    // The consumer calls its handlers on the context that it is made on.
    context.runOnContext(v -> start(context).onComplete(started));
    return started.future();
  }

  private Future<Void> start(Context context) {
    KafkaConsumer<String, byte[]> consumer = KafkaConsumer.create(vertx, source.config());
    PartitionQueues queues = new PartitionQueues(consumer, source.commits(), this::handle);
    running = Optional.of(new Running(context, consumer, queues));
    consumer
        .pollTimeout(KafkaSettings.POLL_TIMEOUT)
        .handler(queues::add)
        .exceptionHandler(e -> LOG.warn("Kafka: {}", e.getMessage()))
        .partitionsRevokedHandler(queues::revoke);
    return source.attach(consumer).compose(v -> source.caughtUp(consumer, queues));
  }

  @Override
  public Future<Void> stop() {
    Optional<Running> toStop = running;
    running = Optional.empty();
    return toStop.map(this::stop).orElseGet(Future::succeededFuture);
  }

  private Future<Void> stop(Running now) {
    Promise<Void> stopped = Promise.promise();
    now.context()
        .runOnContext(v ->
            now.queues().drain().transform(drained -> now.consumer().close()).onComplete(stopped));
    return stopped.future();
  }

  /**
   * Completes when the record is done with, whether well or set aside; fails only if it has to come
   * again.
   */
  private Future<Void> handle(KafkaConsumerRecord<String, byte[]> record) {
    EventEnvelope<Event> envelope;
    try {
      envelope = codec.decode(record.value());
    } catch (UnknownEventTypeException e) {
      // A newer version of the suite may say more than this one understands.
      LOG.debug("{}", e.getMessage());
      return Future.succeededFuture();
    } catch (UnreadableEventException e) {
      return setAside(record, e);
    }
    Optional<Function<EventEnvelope<Event>, Future<Void>>> handler =
        Optional.ofNullable(handlers.get(envelope.event().getClass()));
    return handler
        .map(found -> attempt(record, envelope, found, 1))
        .orElseGet(Future::succeededFuture);
  }

  private Future<Void> attempt(
      KafkaConsumerRecord<String, byte[]> record,
      EventEnvelope<Event> envelope,
      Function<EventEnvelope<Event>, Future<Void>> handler,
      int attempt) {
    return Future.<Void>future(promise -> handler.apply(envelope).onComplete(promise))
        .recover(e -> {
          if (e instanceof PermanentException || attempt >= settings.tries()) {
            return setAside(record, e);
          }
          Duration pause = pause(attempt);
          LOG.warn(
              "{} is tried again in {} ms: {} [key: {}, attempt: {}]",
              envelope.event().getClass().getSimpleName(),
              pause.toMillis(),
              e.getMessage(),
              record.key(),
              attempt,
              attempt == 1 ? e : null);
          return vertx
              .timer(pause.toMillis())
              .compose(later -> attempt(record, envelope, handler, attempt + 1));
        });
  }

  private Duration pause(int attempt) {
    Duration pause = settings.firstRetry().multipliedBy(1L << Math.min(attempt - 1, 20));
    return pause.compareTo(settings.longestRetry()) > 0 ? settings.longestRetry() : pause;
  }

  private Future<Void> setAside(KafkaConsumerRecord<String, byte[]> record, Throwable e) {
    LOG.error(
        "A message is set aside on the dead-letter topic: {} [topic: {}, partition: {}, offset: {}]",
        e.getMessage(),
        record.topic(),
        record.partition(),
        record.offset(),
        e);
    return putAside(record, String.valueOf(e.getMessage()));
  }

  /** Nothing behind it is handled before it is safe there. */
  private Future<Void> putAside(KafkaConsumerRecord<String, byte[]> record, String reason) {
    return deadLetters
        .put(record.key(), record.value(), reason)
        .recover(e ->
            vertx
                .timer(settings.longestRetry().toMillis())
                .compose(later -> putAside(record, reason)));
  }
}
