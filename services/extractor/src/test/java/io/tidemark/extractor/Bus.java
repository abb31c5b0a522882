package io.tidemark.extractor;

import io.tidemark.broker.EmbeddedBroker;
import io.tidemark.events.BackupShardPlanned;
import io.tidemark.events.Event;
import io.tidemark.events.RestoreShardsPlanned;
import io.tidemark.events.ShardExtracted;
import io.tidemark.events.ShardFailed;
import io.tidemark.events.ShardProgress;
import io.tidemark.events.ShardRestored;
import io.tidemark.events.ShardsPlanned;
import io.tidemark.events.ShardsWaiting;
import io.tidemark.events.ShardsWanted;
import io.tidemark.events.Topic;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.Events;
import io.tidemark.runtime.KafkaEvents;
import io.tidemark.runtime.KafkaSettings;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A broker, and all that extractors ever said on it. */
final class Bus implements AutoCloseable {
  private static final List<Class<? extends Event>> SAID =
      List.of(
          ShardsPlanned.class,
          RestoreShardsPlanned.class,
          ShardExtracted.class,
          ShardRestored.class,
          ShardFailed.class,
          ShardProgress.class,
          ShardsWaiting.class,
          ShardsWanted.class,
          BackupShardPlanned.class);

  private final Vertx vertx = Vertx.vertx();
  private final EmbeddedBroker broker;
  private final Events events;
  private final List<Event> heard = new CopyOnWriteArrayList<>();

  /**
   * @param directory where the broker keeps its files
   */
  Bus(Path directory) {
    broker = EmbeddedBroker.start(directory, 0);
    events = new KafkaEvents(vertx, KafkaSettings.of(broker.bootstrap()), "/tidemark/test");
    Bench.await(events.createTopics());
    EventConsumer ear =
        events.reader(
            Topic.BACKUPS, Topic.RESTORES, Topic.SHARDS, Topic.SHARD_FAILURES, Topic.PROGRESS);
    SAID.forEach(type -> listen(ear, type));
    onEventLoop(ear);
  }

  Events events() {
    return events;
  }

  /** Publishes something under an id of its own. */
  void publish(Event event) {
    Bench.await(events.publish(UUID.randomUUID().toString(), event));
  }

  /** What was heard of that kind, in order. */
  <E extends Event> List<E> seen(Class<E> type, Predicate<E> which) {
    return heard.stream().filter(type::isInstance).map(type::cast).filter(which).toList();
  }

  /** Waits for so many. */
  <E extends Event> List<E> awaitAll(Class<E> type, Predicate<E> which, int count) {
    Processes.await(() -> seen(type, which).size() >= count);
    return seen(type, which);
  }

  /** Waits for the one. */
  <E extends Event> E one(Class<E> type, Predicate<E> which) {
    return awaitAll(type, which, 1).getFirst();
  }

  String deploy(Deployable verticle) {
    return Bench.await(vertx.deployVerticle(verticle));
  }

  void undeploy(String deployment) {
    Bench.await(vertx.undeploy(deployment));
  }

  @Override
  public void close() {
    Bench.await(events.close());
    Bench.await(vertx.close());
    broker.close();
  }

  private <E extends Event> void listen(EventConsumer ear, Class<E> type) {
    ear.on(
        type,
        event -> {
          heard.add(event);
          return Future.succeededFuture();
        });
  }

  private void onEventLoop(EventConsumer consumer) {
    Promise<Void> started = Promise.promise();
    vertx.getOrCreateContext().runOnContext(v -> consumer.start().onComplete(started));
    Bench.await(started.future());
  }
}
