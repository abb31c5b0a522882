package io.tidemark.runtime;

import io.tidemark.events.CloudEvents;
import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.UnreadableEventException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What to do with which type of event. Filled before the consumer starts, then only read. */
final class Handlers {
  private static final Logger LOG = LoggerFactory.getLogger(Handlers.class);

  private final CloudEvents cloudEvents;
  private final Map<Class<? extends Event>, Function<EventEnvelope<Event>, Future<Void>>> byType =
      new HashMap<>();

  Handlers(CloudEvents cloudEvents) {
    this.cloudEvents = cloudEvents;
  }

  <E extends Event> void add(Class<E> type, Function<EventEnvelope<E>, Future<Void>> handler) {
    Function<EventEnvelope<Event>, Future<Void>> typed =
        envelope ->
            handler.apply(
                new EventEnvelope<>(
                    envelope.id(),
                    envelope.source(),
                    envelope.time(),
                    type.cast(envelope.event())));
    if (byType.putIfAbsent(type, typed) != null) {
      throw new IllegalArgumentException(type.getSimpleName() + " has a handler already");
    }
  }

  /**
   * Gives a message to its handler.
   *
   * @return the handler's; fails with {@link UnreadableEventException} if the message is no event
   */
  Future<Void> handle(ConsumerRecord<byte[], byte[]> message) {
    // A tombstone of a compacted topic says nothing to a handler.
    if (message.value() == null || isForOthers(message)) {
      return Future.succeededFuture();
    }
    try {
      EventEnvelope<Event> envelope = cloudEvents.decode(message.value());
      Function<EventEnvelope<Event>, Future<Void>> handler =
          byType.get(envelope.event().getClass());
      return handler == null ? Future.succeededFuture() : handler.apply(envelope);
    } catch (UnreadableEventException e) {
      return isOfLaterVersion(message) ? Future.succeededFuture() : Future.failedFuture(e);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  // Most of what a consumer gets is for others: the header tells without reading the message.
  private boolean isForOthers(ConsumerRecord<byte[], byte[]> message) {
    Header type = message.headers().lastHeader(CloudEvents.TYPE_HEADER);
    return type != null
        && type.value() != null
        && !byType.containsKey(
            cloudEvents.types().get(new String(type.value(), StandardCharsets.UTF_8)));
  }

  // New versions may add types: to old ones these are none of their business, but no mistake.
  private boolean isOfLaterVersion(ConsumerRecord<byte[], byte[]> message) {
    try {
      Object type = new JsonObject(Buffer.buffer(message.value())).getValue("type");
      boolean unknown = type instanceof String name && !cloudEvents.types().containsKey(name);
      if (unknown) {
        LOG.debug("passed over an event of the unknown type {} [topic: {}]", type, message.topic());
      }
      return unknown;
    } catch (DecodeException | ClassCastException e) {
      return false;
    }
  }
}
