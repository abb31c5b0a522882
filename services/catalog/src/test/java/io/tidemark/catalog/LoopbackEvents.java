package io.tidemark.catalog;

import io.tidemark.events.CloudEvents;
import io.tidemark.events.Event;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.Topic;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * Events within one process that are as unpleasant as Kafka may be: every event is delivered twice,
 * and what fails comes again. Everything travels encoded.
 */
final class LoopbackEvents implements Events {
  private final Vertx vertx;
  private final CloudEvents codec = new CloudEvents();
  private final List<EventEnvelope<Event>> log = new ArrayList<>();
  private final List<Consumer> consumers = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> committed = new HashMap<>();

  LoopbackEvents(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Everything that was published so far. */
  synchronized List<EventEnvelope<Event>> all() {
    return List.copyOf(log);
  }

  @Override
  public Future<Void> publish(String id, Event event) {
    return publish(new EventEnvelope<>(id, "/tidemark/test", Instant.now(), event));
  }

  @Override
  public Future<Void> publish(EventEnvelope<?> envelope) {
    EventEnvelope<Event> decoded = codec.decode(codec.encode(envelope));
    synchronized (this) {
      log.add(decoded);
      log.add(decoded);
    }
    consumers.forEach(Consumer::wake);
    return Future.succeededFuture();
  }

  @Override
  public EventConsumer consumer(String group, Topic... topics) {
    return new Consumer(group, Set.of(topics));
  }

  @Override
  public EventConsumer reader(Topic... topics) {
    return new Consumer("", Set.of(topics));
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

  private final class Consumer implements EventConsumer {
    private final String group;
    private final Set<Topic> topics;
    private final Map<Class<?>, Function<EventEnvelope<Event>, Future<Void>>> handlers =
        new HashMap<>();
    private final Promise<Void> caughtUp = Promise.promise();
    private final Promise<Void> hasStopped = Promise.promise();
    private Context context;
    private int next;
    private int end;
    private boolean running;
    private boolean stopped;

    Consumer(String group, Set<Topic> topics) {
      this.group = group;
      this.topics = topics;
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
    public Set<Integer> idlePartitions(Topic topic) {
      return Set.of();
    }

    @Override
    public EventConsumer fromNow() {
      next = all().size();
      return this;
    }

    @Override
    public Future<Void> start() {
      context = vertx.getOrCreateContext();
      end = all().size();
      synchronized (LoopbackEvents.this) {
        next = Math.max(next, committed.getOrDefault(group, 0));
      }
      consumers.add(this);
      wake();
      return group.isEmpty() ? caughtUp.future() : Future.succeededFuture();
    }

    @Override
    public Future<Void> stop() {
      consumers.remove(this);
      context.runOnContext(now -> {
        stopped = true;
        if (!running) {
          hasStopped.tryComplete();
        }
      });
      return hasStopped.future();
    }

    void wake() {
      context.runOnContext(woken -> step());
    }

    private void step() {
      if (next >= end) {
        caughtUp.tryComplete();
      }
      List<EventEnvelope<Event>> all = all();
      if (running || stopped || next >= all.size()) {
        return;
      }
      EventEnvelope<Event> envelope = all.get(next);
      Function<EventEnvelope<Event>, Future<Void>> handler =
          topics.contains(envelope.event().topic())
              ? handlers.get(envelope.event().getClass())
              : null;
      running = true;
      Future<Void> handled = handler == null ? Future.succeededFuture() : handler.apply(envelope);
      handled.onComplete(result -> {
        running = false;
        if (result.succeeded()) {
          next++;
          if (!group.isEmpty()) {
            synchronized (LoopbackEvents.this) {
              committed.put(group, next);
            }
          }
        } else if (!stopped) {
          result.cause().printStackTrace();
        }
        if (stopped) {
          hasStopped.tryComplete();
        }
        wake();
      });
    }
  }
}
