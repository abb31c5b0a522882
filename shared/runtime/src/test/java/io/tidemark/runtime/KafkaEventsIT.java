package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupKind;
import io.tidemark.events.BackupRequested;
import io.tidemark.events.CloudEvents;
import io.tidemark.events.DomainGone;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.RestoreRequested;
import io.tidemark.events.Topic;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is published, who sees it, and what a reader may rely on. */
class KafkaEventsIT extends KafkaFixture {

  @Test
  void whatIsPublishedArrives() throws Exception {
    BackupFailed fact = failed(newId(), "no space");
    Queue<EventEnvelope<BackupFailed>> seen = new ConcurrentLinkedQueue<>();
    get(
        events
            .consumer(group, Topic.BACKUPS)
            .onEnvelope(
                BackupFailed.class,
                envelope -> {
                  if (envelope.event().equals(fact)) {
                    seen.add(envelope);
                  }
                  return Future.succeededFuture();
                })
            .start());

    get(events.publish("fact-1", fact));

    await().atMost(PATIENCE).until(() -> !seen.isEmpty());
    assertThat(seen)
        .singleElement()
        .satisfies(envelope -> {
          assertThat(envelope.id()).isEqualTo("fact-1");
          assertThat(envelope.source()).isEqualTo("/tidemark/test");
          assertThat(envelope.time()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        });
  }

  @Test
  void aMessageIsAStructuredCloudEventUnderTheEventsKey() throws Exception {
    BackupFailed fact = failed(newId(), "no space");
    get(events.publish("fact-2", fact));

    ConsumerRecord<byte[], byte[]> message =
        plainRead(
                Topic.BACKUPS,
                1,
                each ->
                    each.key() != null
                        && fact.backupId().equals(new String(each.key(), StandardCharsets.UTF_8)))
            .getFirst();

    assertThat(header(message, "content-type")).isEqualTo(CloudEvents.CONTENT_TYPE);
    assertThat(new CloudEvents().decode(message.value()).event()).isEqualTo(fact);
  }

  @Test
  void topicsAreMadeWithTheStatedPartitionsAndRetention() throws Exception {
    get(events.createTopics());
    get(events.createTopics());

    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      Map<String, TopicDescription> made =
          admin
              .describeTopics(Arrays.stream(Topic.values()).map(Topic::topicName).toList())
              .allTopicNames()
              .get(30, TimeUnit.SECONDS);
      for (Topic topic : Topic.values()) {
        assertThat(made.get(topic.topicName()).partitions()).hasSize(topic.partitions());
      }
      assertThat(setting(admin, Topic.INVENTORY, "cleanup.policy")).isEqualTo("compact");
      assertThat(setting(admin, Topic.SHARDS, "cleanup.policy")).isEqualTo("delete");
      assertThat(setting(admin, Topic.SHARDS, "retention.ms"))
          .isEqualTo(Long.toString(Topic.SHARDS.retention().toMillis()));
    }
  }

  @Test
  void handlersRunOnTheContextThatStartedTheConsumer() throws Exception {
    String id = newId();
    Promise<Context> handledOn = Promise.promise();
    Promise<Void> started = Promise.promise();
    Context context = vertx.getOrCreateContext();
    EventConsumer consumer =
        events
            .consumer(group, Topic.BACKUPS)
            .on(
                BackupFailed.class,
                only(
                    id,
                    reason -> {
                      handledOn.complete(Vertx.currentContext());
                      return Future.succeededFuture();
                    }));
    context.runOnContext(v -> consumer.start().onComplete(started));
    get(started.future());

    get(events.publish(newId(), failed(id, "any")));

    assertThat(get(handledOn.future())).isSameAs(context);
  }

  @Test
  void requestsOfAPlainProducerAreRead() throws Exception {
    Queue<EventEnvelope<BackupRequested>> backups = new ConcurrentLinkedQueue<>();
    Queue<RestoreRequested> restores = new ConcurrentLinkedQueue<>();
    get(
        events
            .consumer(group, Topic.BACKUPS, Topic.RESTORES)
            .onEnvelope(
                BackupRequested.class,
                envelope -> {
                  backups.add(envelope);
                  return Future.succeededFuture();
                })
            .on(
                RestoreRequested.class,
                event -> {
                  restores.add(event);
                  return Future.succeededFuture();
                })
            .start());

    plainSend(
        Topic.BACKUPS,
        null,
        """
        {"specversion": "1.0", "id": "cron-17", "source": "/my/cron",
         "type": "io.tidemark.BackupRequested.v1", "data": {"domain": "web"}}
        """);
    plainSend(
        Topic.RESTORES,
        null,
        """
        {"specversion": "1.0", "id": "cron-18", "source": "/my/cron",
         "type": "io.tidemark.RestoreRequested.v1",
         "data": {"restoreId": "r1", "pointId": "p1", "directory": "/restored"}}
        """);

    await().atMost(PATIENCE).until(() -> !backups.isEmpty() && !restores.isEmpty());
    assertThat(backups)
        .singleElement()
        .satisfies(envelope -> {
          assertThat(envelope.id()).isEqualTo("cron-17");
          assertThat(envelope.event().domain()).isEqualTo("web");
          assertThat(envelope.event().kind()).isEqualTo(BackupKind.AUTO);
        });
    assertThat(restores).extracting(RestoreRequested::restoreId).containsExactly("r1");
  }

  @Test
  void aReaderHasHandledAllThatWasThereWhenItHasStarted() throws Exception {
    String run = newId();
    for (String uuid : IntStream.range(0, 120).mapToObj(i -> run + "-" + i).toList()) {
      get(events.publish(newId(), new DomainGone("lab", uuid, "web")));
    }
    List<String> seen = new CopyOnWriteArrayList<>();

    get(
        events
            .reader(Topic.INVENTORY)
            .on(
                DomainGone.class,
                event -> vertx.timer(1).onSuccess(v -> seen.add(event.domainUuid())).mapEmpty())
            .start());

    assertThat(seen).filteredOn(uuid -> uuid.startsWith(run)).hasSize(120);
    get(events.publish(newId(), new DomainGone("lab", run + "-later", "web")));
    await().atMost(PATIENCE).until(() -> seen.contains(run + "-later"));
  }

  @Test
  @Timeout(60)
  void aReaderStartsThoughMoreKeepsComing() throws Exception {
    String id = newId();
    List<String> seen = new CopyOnWriteArrayList<>();
    get(events.publish(newId(), failed(id, "before")));
    long flood = vertx.setPeriodic(1, tick -> events.publish(newId(), failed(id, "more")));

    get(events.reader(Topic.BACKUPS).on(BackupFailed.class, collectSlowly(id, seen)).start());

    assertThat(seen).startsWith("before");
    vertx.cancelTimer(flood);
  }

  @Test
  void aReaderOfAnEmptyTopicStartsAtOnce() throws Exception {
    EventConsumer reader = events.reader(Topic.PROGRESS);

    get(reader.start());

    get(reader.stop());
  }

  @Test
  void aReaderFromNowSeesOnlyWhatComes() throws Exception {
    String id = newId();
    get(events.publish(newId(), failed(id, "before")));
    List<String> seen = new CopyOnWriteArrayList<>();
    get(events.reader(Topic.BACKUPS).fromNow().on(BackupFailed.class, collect(id, seen)).start());

    get(events.publish(newId(), failed(id, "after")));

    await().atMost(PATIENCE).until(() -> seen.contains("after"));
    assertThat(seen).containsExactly("after");
  }

  private Function<BackupFailed, Future<Void>> collectSlowly(String id, List<String> seen) {
    return only(id, reason -> vertx.timer(3).onSuccess(v -> seen.add(reason)).mapEmpty());
  }

  private static String setting(Admin admin, Topic topic, String name) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.topicName());
    return admin
        .describeConfigs(List.of(resource))
        .all()
        .get(30, TimeUnit.SECONDS)
        .get(resource)
        .get(name)
        .value();
  }
}
