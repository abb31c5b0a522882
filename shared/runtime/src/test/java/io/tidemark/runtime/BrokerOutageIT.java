package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidemark.broker.EmbeddedBroker;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.Topic;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that comes late, or goes and comes back. */
class BrokerOutageIT extends KafkaFixture {

  @Test
  void aBrokerThatComesLateIsWaitedFor(@TempDir Path otherDirectory) throws Exception {
    int port = freePort();
    String id = newId();
    KafkaEvents early = connect(settings("127.0.0.1:" + port));
    List<String> seen = new CopyOnWriteArrayList<>();
    Future<Void> started =
        early.consumer(group, Topic.BACKUPS).on(BackupFailed.class, collect(id, seen)).start();
    List<String> read = new CopyOnWriteArrayList<>();
    Future<Void> reading =
        early.reader(Topic.BACKUPS).on(BackupFailed.class, collect(id, read)).start();

    assertThat(get(early.healthy())).isFalse();
    assertThatThrownBy(() -> get(early.publish(newId(), failed(id, "too early"))))
        .hasRootCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("BackupFailed of " + id + " could not be published to Kafka at 127");
    assertThat(started.isComplete()).isFalse();
    assertThat(reading.isComplete()).isFalse();

    try (EmbeddedBroker late = EmbeddedBroker.start(otherDirectory, port)) {
      assertThat(late.bootstrap()).isEqualTo("127.0.0.1:" + port);
      get(started);
      get(reading);
      get(early.publish(newId(), failed(id, "now")));
      await().atMost(PATIENCE).until(() -> seen.contains("now") && read.contains("now"));
      assertThat(get(early.healthy())).isTrue();
      get(early.close());
    }
  }

  @Test
  void aBrokerThatRestartsIsFoundAgain(@TempDir Path otherDirectory) throws Exception {
    String id = newId();
    List<String> seen = new CopyOnWriteArrayList<>();
    KafkaEvents patient;
    try (EmbeddedBroker first = EmbeddedBroker.start(otherDirectory, 0)) {
      // Patient enough for a broker's restart on a busy machine.
      patient = connect(settings(first.bootstrap()).withDeliveryTimeout(PATIENCE));
      get(patient.createTopics());
      get(patient.consumer(group, Topic.BACKUPS).on(BackupFailed.class, collect(id, seen)).start());
      get(patient.publish(newId(), failed(id, "before")));
      await().atMost(PATIENCE).until(() -> seen.contains("before"));
    }
    Future<Void> published = patient.publish(newId(), failed(id, "meanwhile"));

    try (EmbeddedBroker second = EmbeddedBroker.start(otherDirectory, 0)) {
      get(published);
      await().atMost(PATIENCE).until(() -> seen.contains("meanwhile"));
      get(patient.publish(newId(), failed(id, "after " + second.bootstrap())));
      await().atMost(PATIENCE).until(() -> seen.contains("after " + second.bootstrap()));
      get(patient.close());
    }
  }

  @Test
  void closingEndsWhatWaitsForABroker() throws Exception {
    KafkaEvents events = connect(settings("127.0.0.1:" + freePort()));
    Future<Void> started = events.consumer(group, Topic.BACKUPS).start();

    get(events.close());

    assertThatThrownBy(() -> get(started)).rootCause().isNotNull();
  }
}
