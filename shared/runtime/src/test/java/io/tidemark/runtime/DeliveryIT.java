package io.tidemark.runtime;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.events.BackupFailed;
import io.tidemark.events.Topic;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In order, at least once, whatever fails, stops, joins or dies. */
class DeliveryIT extends KafkaFixture {

  @Test
  void eventsOfAKeyAreHandledInOrderAndOneAtATime() throws Exception {
    String id = newId();
    List<String> seen = new CopyOnWriteArrayList<>();
    Queue<String> overlaps = new ConcurrentLinkedQueue<>();
    Set<String> running = ConcurrentHashMap.newKeySet();
    start(
        events,
        only(
            id,
            reason -> {
              if (!running.add(id)) {
                overlaps.add(reason);
              }
              seen.add(reason);
              return vertx.timer(1).onSuccess(v -> running.remove(id)).mapEmpty();
            }));

    List<String> published = IntStream.range(0, 400).mapToObj(i -> "reason " + i).toList();
    get(
        Future.all(
            published.stream()
                .map(reason -> events.publish(newId(), failed(id, reason)))
                .toList()));

    await().atMost(PATIENCE).until(() -> seen.size() == published.size());
    assertThat(seen).isEqualTo(published);
    assertThat(overlaps).isEmpty();
  }

  @Test
  void aSlowPartitionHoldsUpOnlyItself() throws Exception {
    Promise<Void> release = Promise.promise();
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    String slow = newId();
    start(
        events,
        event -> {
          seen.add(event.backupId());
          return event.backupId().equals(slow) ? release.future() : Future.succeededFuture();
        });
    get(events.publish(newId(), failed(slow, "slow")));
    await().atMost(PATIENCE).until(() -> seen.contains(slow));

    // With six partitions it would take a rare run of luck for all of these to be on the slow one.
    List<String> others = IntStream.range(0, 30).mapToObj(i -> newId()).toList();
    for (String other : others) {
      get(events.publish(newId(), failed(other, "quick")));
    }

    await().atMost(PATIENCE).until(() -> others.stream().anyMatch(seen::contains));
    release.complete();
    await().atMost(PATIENCE).until(() -> seen.containsAll(others));
  }

  @Test
  void aFailedHandlerIsTriedAgainBeforeTheNextEvent() throws Exception {
    String id = newId();
    List<String> seen = new CopyOnWriteArrayList<>();
    start(
        events,
        only(
            id,
            reason -> {
              seen.add(reason);
              return seen.size() < 3 ? Future.failedFuture("not yet") : Future.succeededFuture();
            }));

    get(events.publish(newId(), failed(id, "first")));
    get(events.publish(newId(), failed(id, "second")));

    await().atMost(PATIENCE).until(() -> seen.contains("second"));
    assertThat(seen).containsExactly("first", "first", "first", "second");
  }

  @Test
  void whatCannotBeHandledGoesToTheDeadLettersAsItCame() throws Exception {
    String id = newId();
    List<String> seen = new CopyOnWriteArrayList<>();
    start(
        events,
        only(
            id,
            reason -> {
              seen.add(reason);
              return switch (reason) {
                case "hopeless" -> Future.failedFuture(new PermanentException("no such disk"));
                case "stubborn" -> throw new IllegalStateException("always fails");
                default -> Future.succeededFuture();
              };
            }));

    get(events.publish(newId(), failed(id, "hopeless")));
    get(events.publish(newId(), failed(id, "stubborn")));
    plainSend(Topic.BACKUPS, id, "this is no JSON");
    get(events.publish(newId(), failed(id, "fine")));

    await().atMost(PATIENCE).until(() -> seen.contains("fine"));
    assertThat(seen)
        .containsExactly("hopeless", "stubborn", "stubborn", "stubborn", "stubborn", "fine");
    List<ConsumerRecord<byte[], byte[]>> letters = letters(3, id);
    assertThat(letters)
        .extracting(letter -> header(letter, "tidemark-reason"))
        .satisfiesExactly(
            reason -> assertThat(reason).isEqualTo("no such disk"),
            reason -> assertThat(reason).isEqualTo("always fails"),
            reason -> assertThat(reason).contains("not JSON"));
    assertThat(letters.getLast().value())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("this is no JSON");
  }

  @Test
  void eventsOfALaterVersionArePassedOverAndNoDeadLetters() throws Exception {
    String id = newId();
    start(events, only(id, reason -> Future.failedFuture(new PermanentException(reason))));

    plainSend(
        Topic.BACKUPS,
        id,
        """
        {"specversion": "1.0", "id": "1", "source": "/later",
         "type": "io.tidemark.BackupPostponed.v1", "data": {}}
        """);
    get(events.publish(newId(), failed(id, "the next one")));

    assertThat(letters(1, id))
        .extracting(letter -> header(letter, "tidemark-reason"))
        .containsExactly("the next one");
  }

  @Test
  void stoppingWaitsForTheHandlerThatRunsAndCommitsIt() throws Exception {
    String id = newId();
    Promise<Void> running = Promise.promise();
    Promise<Void> release = Promise.promise();
    EventConsumer consumer =
        start(
            events,
            only(
                id,
                reason -> {
                  running.tryComplete();
                  return release.future();
                }));
    get(events.publish(newId(), failed(id, "one")));
    get(running.future());

    Future<Void> stopped = consumer.stop();
    get(events.publish(newId(), failed(id, "two")));
    assertThat(stopped.isComplete()).isFalse();
    release.complete();
    get(stopped);

    List<String> seen = new CopyOnWriteArrayList<>();
    start(events, collect(id, seen));
    await().atMost(PATIENCE).until(() -> seen.contains("two"));
    assertThat(seen).containsExactly("two");
  }

  @Test
  @Timeout(60)
  void aMemberThatJoinsSharesTheWorkAndRepeatsNothingHandled() throws Exception {
    String run = newId();
    Set<String> handled = ConcurrentHashMap.newKeySet();
    Queue<String> twice = new ConcurrentLinkedQueue<>();
    Function<BackupFailed, Future<Void>> count =
        event -> {
          if (event.backupId().startsWith(run) && !handled.add(event.backupId())) {
            twice.add(event.backupId());
          }
          return Future.succeededFuture();
        };
    start(events, count);
    publish(run, 0, 40);
    await().atMost(PATIENCE).until(() -> handled.size() == 40);

    Set<String> seenBySecond = ConcurrentHashMap.newKeySet();
    start(
        connect(settings(broker.bootstrap())),
        event -> {
          seenBySecond.add(event.backupId());
          return count.apply(event);
        });
    int published = 40;
    while (seenBySecond.isEmpty()) {
      publish(run, published, published + 10);
      published += 10;
    }

    int all = published;
    await().atMost(PATIENCE).until(() -> handled.size() == all);
    assertThat(twice).isEmpty();
  }

  @Test
  void whatAKilledMemberHadNotHandledGoesToTheOthers() throws Exception {
    String id = newId();
    Process member = KilledMember.start(broker.bootstrap(), group, id);
    try (BufferedReader output = member.inputReader(StandardCharsets.UTF_8)) {
      get(events.publish(newId(), failed(id, "handled")));
      assertThat(KilledMember.said(output)).isEqualTo("handled");
      TopicPartition partition = partitionOf(id);
      await().atMost(PATIENCE).until(() -> committed().get(partition).offset() == end(partition));
      get(events.publish(newId(), failed(id, "hangs")));
      assertThat(KilledMember.said(output)).isEqualTo("hangs");
    } finally {
      member.destroyForcibly().waitFor();
    }

    List<String> seen = new CopyOnWriteArrayList<>();
    start(events, collect(id, seen));

    await().atMost(PATIENCE).until(() -> seen.contains("hangs"));
    assertThat(seen).containsExactly("hangs");
  }

  @Test
  void aHandlerThatStillRunsForALostPartitionDoesNotCommit() throws Exception {
    String run = newId();
    Promise<Void> release = Promise.promise();
    Set<String> begun = ConcurrentHashMap.newKeySet();
    start(
        events,
        event -> {
          begun.add(event.backupId());
          return event.backupId().startsWith(run) ? release.future() : Future.succeededFuture();
        });
    publish(run, 0, 30);
    await()
        .atMost(PATIENCE)
        .until(() -> begun.stream().filter(id -> id.startsWith(run)).count() > 1);

    // The second takes half of the partitions, and with them the events that the first still holds.
    Promise<Void> hang = Promise.promise();
    Set<String> takenOver = ConcurrentHashMap.newKeySet();
    start(
        connect(settings(broker.bootstrap())),
        event -> {
          takenOver.add(event.backupId());
          return hang.future();
        });
    await().atMost(PATIENCE).until(() -> takenOver.stream().anyMatch(id -> id.startsWith(run)));
    Set<TopicPartition> lost =
        takenOver.stream()
            .filter(id -> id.startsWith(run))
            .map(DeliveryIT::partitionOf)
            .collect(toSet());
    Map<TopicPartition, OffsetAndMetadata> before = committed();
    release.complete();

    await().atMost(PATIENCE).until(() -> !committed().equals(before));
    assertThat(begun).containsAll(takenOver.stream().filter(id -> id.startsWith(run)).toList());
    assertThat(committed()).containsAllEntriesOf(only(before, lost));
    hang.complete();
  }

  private EventConsumer start(KafkaEvents from, Function<BackupFailed, Future<Void>> handler)
      throws Exception {
    EventConsumer consumer = from.consumer(group, Topic.BACKUPS).on(BackupFailed.class, handler);
    get(consumer.start());
    return consumer;
  }

  private void publish(String run, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      get(events.publish(newId(), failed(run + "-" + i, "any")));
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> letters(int count, String key) {
    return plainRead(
        Topic.DEAD_LETTERS,
        count,
        letter ->
            header(letter, "tidemark-group").equals(group)
                && letter.key() != null
                && new String(letter.key(), StandardCharsets.UTF_8).equals(key));
  }

  private Map<TopicPartition, OffsetAndMetadata> committed() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      return admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get(30, TimeUnit.SECONDS);
    }
  }

  private static long end(TopicPartition partition) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      return admin
          .listOffsets(Map.of(partition, OffsetSpec.latest()))
          .partitionResult(partition)
          .get(30, TimeUnit.SECONDS)
          .offset();
    }
  }

  // As Kafka's own producers choose it.
  private static TopicPartition partitionOf(String key) {
    int hash = Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8)));
    return new TopicPartition(Topic.BACKUPS.topicName(), hash % Topic.BACKUPS.partitions());
  }

  private static Map<TopicPartition, OffsetAndMetadata> only(
      Map<TopicPartition, OffsetAndMetadata> offsets, Set<TopicPartition> partitions) {
    return offsets.entrySet().stream()
        .filter(offset -> partitions.contains(offset.getKey()))
        .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
