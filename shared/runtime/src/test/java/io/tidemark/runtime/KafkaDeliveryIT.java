package io.tidemark.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.broker.EmbeddedBroker;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupRequested;
import io.tidemark.events.Topic;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In which order, how often and after which failures events come. */
class KafkaDeliveryIT extends KafkaFixture {

  @Test
  void eventsOfAKeyAreHandledOneAfterTheOtherInTheirOrder() throws Exception {
    String id = newId();
    List<String> seen = new CopyOnWriteArrayList<>();
    AtomicInteger running = new AtomicInteger();
    AtomicInteger mostAtOnce = new AtomicInteger();
    List<String> order = IntStream.range(0, 30).mapToObj(Integer::toString).toList();
    for (String reason : order) {
      get(events.publish(newId(), failed(id, reason)));
    }

    get(
        events
            .consumer(group, Topic.BACKUPS)
            .on(
                BackupFailed.class,
                only(
                    id,
                    reason -> {
                      mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
                      return vertx
                          .timer(2)
                          .onSuccess(v -> {
                            seen.add(reason);
                            running.decrementAndGet();
                          })
                          .mapEmpty();
                    }))
            .start());

    await().atMost(PATIENCE).until(() -> seen.size() == order.size());
    assertThat(seen).isEqualTo(order);
    assertThat(mostAtOnce).hasValue(1);
  }

  @Test
  void aSlowHandlerHoldsUpItsOwnPartitionOnly() throws Exception {
    Promise<Void> never = Promise.promise();
    String slow = newId();
    List<String> others = new CopyOnWriteArrayList<>();
    get(
        events
            .consumer(group, Topic.BACKUPS)
            .on(
                BackupFailed.class,
                event -> {
                  if (event.backupId().equals(slow)) {
                    return never.future();
                  }
                  others.add(event.reason());
                  return Future.succeededFuture();
                })
            .start());
    String run = newId();

    get(events.publish(newId(), failed(slow, "slow")));
    for (int i = 0; i < 40; i++) {
      get(events.publish(newId(), failed(newId(), run)));
    }

    // Six partitions: about a sixth of the others waits behind the slow one.
    await().atMost(PATIENCE).until(() -> others.stream().filter(run::equals).count() >= 20);
    assertThat(never.future().isComplete()).isFalse();
    never.complete();
    await().atMost(PATIENCE).until(() -> others.stream().filter(run::equals).count() == 40);
  }

  @Test
  void whatAConsumerHadNotFinishedGoesToItsSuccessor() throws Exception {
    String id = newId();
    Promise<Void> begun = Promise.promise();
    KafkaEvents dying = connect(settings(broker.bootstrap()));
    EventConsumer first =
        dying
            .consumer(group, Topic.BACKUPS)
            .on(
                BackupFailed.class,
                only(
                    id,
                    reason -> {
                      if (reason.equals("finished")) {
                        return Future.succeededFuture();
                      }
                      begun.tryComplete();
                      return Future.failedFuture("dies before it is done");
                    }));
    get(first.start());
    get(events.publish(newId(), failed(id, "finished")));
    get(events.publish(newId(), failed(id, "unfinished")));
    get(begun.future());
    get(first.stop());
    List<String> seen = new CopyOnWriteArrayList<>();

    get(events.consumer(group, Topic.BACKUPS).on(BackupFailed.class, collect(id, seen)).start());

    await().atMost(PATIENCE).until(() -> seen.contains("unfinished"));
    assertThat(seen).containsExactly("unfinished");
  }

  @Test
  void aHandlerThatFailsIsTriedAgain() throws Exception {
    String id = newId();
    AtomicInteger tries = new AtomicInteger();
    List<String> after = new CopyOnWriteArrayList<>();
    get(
        events
            .consumer(group, Topic.BACKUPS)
            .on(
                BackupFailed.class,
                only(
                    id,
                    reason -> {
                      if (reason.equals("hard") && tries.incrementAndGet() < 3) {
                        return Future.failedFuture("the database is away");
                      }
                      after.add(reason);
                      return Future.succeededFuture();
                    }))
            .start());

    get(events.publish(newId(), failed(id, "hard")));
    get(events.publish(newId(), failed(id, "easy")));

    await().atMost(PATIENCE).until(() -> after.size() == 2);
    assertThat(after).containsExactly("hard", "easy");
    assertThat(tries).hasValue(3);
  }

  @Test
  void aHopelessEventGoesToTheDeadLettersAtOnceWithItsReason() throws Exception {
    String id = newId();
    AtomicInteger tries = new AtomicInteger();
    List<String> after = new CopyOnWriteArrayList<>();
    get(
        events
            .consumer(group, Topic.BACKUPS)
            .on(
                BackupFailed.class,
                only(
                    id,
                    reason -> {
                      if (reason.equals("hopeless")) {
                        tries.incrementAndGet();
                        return Future.failedFuture(new PermanentException("no such thing " + id));
                      }
                      after.add(reason);
                      return Future.succeededFuture();
                    }))
            .start());

    get(events.publish(newId(), failed(id, "hopeless")));
    get(events.publish(newId(), failed(id, "next")));

    ConsumerRecord<byte[], byte[]> letter = deadLetterWith("no such thing " + id);
    assertThat(new String(letter.value(), UTF_8)).contains(id);
    await().atMost(PATIENCE).until(() -> after.contains("next"));
    assertThat(tries).hasValue(1);
  }

  @Test
  void anEventThatFailsTooOftenGoesToTheDeadLetters() throws Exception {
    String id = newId();
    AtomicInteger tries = new AtomicInteger();
    get(
        events
            .consumer(group, Topic.BACKUPS)
            .on(
                BackupFailed.class,
                only(
                    id,
                    reason -> {
                      tries.incrementAndGet();
                      throw new IllegalStateException("again and again " + id);
                    }))
            .start());

    get(events.publish(newId(), failed(id, "any")));

    assertThat(deadLetterWith("again and again " + id).topic())
        .isEqualTo(Topic.DEAD_LETTERS.topicName());
    assertThat(tries).hasValue(4);
  }

  @Test
  void anUnreadableMessageIsSetAsideAsItCameAndAnUnknownTypePassedOver() throws Exception {
    String id = newId();
    List<String> seen = new CopyOnWriteArrayList<>();
    get(
        events
            .consumer(group, Topic.BACKUPS)
            .on(
                BackupRequested.class,
                event -> {
                  seen.add(event.domain());
                  return Future.succeededFuture();
                })
            .start());

    plainSend(Topic.BACKUPS, id, "no JSON: " + id);
    plainSend(
        Topic.BACKUPS,
        id,
        """
        {"specversion": "1.0", "id": "%s", "source": "/x", "type": "io.tidemark.Later.v9",
         "data": {}}
        """
            .formatted(id));
    plainSend(
        Topic.BACKUPS,
        id,
        """
        {"specversion": "1.0", "id": "%s", "source": "/x",
         "type": "io.tidemark.BackupRequested.v1", "data": {"domain": "%s"}}
        """
            .formatted(newId(), id));

    await().atMost(PATIENCE).until(() -> seen.contains(id));
    List<ConsumerRecord<byte[], byte[]>> letters =
        plainRead(
            Topic.DEAD_LETTERS,
            1,
            letter -> letter.key() != null && id.equals(new String(letter.key(), UTF_8)));
    assertThat(letters).hasSize(1);
    assertThat(new String(letters.getFirst().value(), UTF_8)).isEqualTo("no JSON: " + id);
    assertThat(header(letters.getFirst(), "tidemark-group")).isEqualTo(group);
  }

  @Test
  void aConsumerStartedBeforeItsBrokerGetsWhatComes(@TempDir Path own) throws Exception {
    int port = freePort();
    KafkaEvents early = connect(settings("127.0.0.1:" + port));
    List<String> seen = new CopyOnWriteArrayList<>();
    String id = newId();
    Future<Void> started =
        early.consumer(group, Topic.BACKUPS).on(BackupFailed.class, collect(id, seen)).start();
    assertThat(get(early.healthy())).isFalse();

    try (EmbeddedBroker late = EmbeddedBroker.start(own, port)) {
      get(started);
      assertThat(late.bootstrap()).endsWith(":" + port);
      assertThat(get(early.healthy())).isTrue();
      get(early.publish(newId(), failed(id, "at last")));

      await().atMost(PATIENCE).until(() -> seen.contains("at last"));
      get(early.close());
    }
  }

  @Test
  void publishingFailsByNameWhenNoBrokerAnswersInTime() throws Exception {
    KafkaEvents cutOff =
        connect(settings("127.0.0.1:" + freePort()).withDeliveryTimeout(Duration.ofSeconds(1)));

    Future<Void> published = cutOff.publish(newId(), failed("b-1", "any"));

    await().atMost(PATIENCE).until(published::isComplete);
    assertThat(published.cause())
        .isInstanceOf(NotPublishedException.class)
        .hasMessageContaining("BackupFailed of b-1");
  }

  private static ConsumerRecord<byte[], byte[]> deadLetterWith(String reason) {
    return plainRead(
            Topic.DEAD_LETTERS, 1, letter -> header(letter, "tidemark-reason").equals(reason))
        .getFirst();
  }
}
