package io.tidemark.e2e;

import static io.tidemark.e2e.ProtectedVm.assertSameContent;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.cli.Views;
import io.tidemark.events.CloudEvents;
import io.tidemark.lab.BlankDomain;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each service as its own process, against a Kafka and a PostgreSQL that are not embedded in it.
 */
class SeparateProcessesIT {
  private static final long MIB = 1024 * 1024;
  @TempDir private static Path directory;
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = Cluster.start(directory);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  /** Each test has extractors of its own. */
  @AfterEach
  void stopExtractors() {
    cluster.stopExtractors();
  }

  @Test
  void anExtractorKilledInTheMiddleOfABackupIsReplacedByAnother() {
    BlankDomain domain = cluster.lab().blankDomain("killed", 96 * MIB);
    ProtectedVm<BlankDomain> vm = ProtectedVm.convert(cluster.cli(), domain);
    domain.write("vda", 0, 80 * MIB, 0x81);
    domain.flush("vda");
    // Interpreted only, it is slow enough to be caught in the act.
    ServiceProcess slow = cluster.extractor("-Xint");
    String id = cluster.cli().json("backup", domain.name(), "--no-wait").path("id").asText();
    ProtectedVm.await("the extractor is at work", () -> hasBegun(id));

    slow.kill();
    cluster.extractor();

    ProtectedVm.await(
        "the restore point is sealed",
        () -> cluster.cli().json("points", domain.name()).size() == 1);
    JsonNode point = cluster.cli().json("point", id);
    assertSameContent(domain.rawDisk("vda"), vm.restore(point, "vda", directory));
    assertThat(directory.resolve("repository/tmp")).isEmptyDirectory();
  }

  @Test
  void everyEventDeliveredTwiceChangesNothing() {
    cluster.extractor();
    BlankDomain domain = cluster.lab().blankDomain("twice", 64 * MIB);
    try (Duplicator duplicator = new Duplicator(cluster.kafka())) {
      ProtectedVm<BlankDomain> vm = ProtectedVm.convert(cluster.cli(), domain);
      domain.write("vda", 0, 16 * MIB, 0x91);
      domain.flush("vda");
      vm.backup();
      domain.write("vda", 4 * MIB, MIB, 0x92);
      domain.flush("vda");
      JsonNode incremental = vm.backup();
      Path restored = vm.restore(incremental, "vda", directory);

      assertThat(duplicator.copies()).isGreaterThan(10);
      assertThat(incremental.path("kind").asText()).isEqualTo("incremental");
      assertSameContent(domain.rawDisk("vda"), restored);
      assertThat(cluster.cli().json("points", domain.name())).hasSize(2);
      domain.write("vda", 5 * MIB, MIB, 0x93);
      domain.flush("vda");
      assertSameContent(domain.rawDisk("vda"), vm.restore(vm.backup(), "vda", directory));
    }
  }

  @Test
  void aBackupIsStartedByAPlainKafkaProducer() {
    cluster.extractor();
    BlankDomain domain = cluster.lab().blankDomain("plain", 16 * MIB);
    ProtectedVm<BlankDomain> vm = ProtectedVm.convert(cluster.cli(), domain);
    String id = "7f1c2a50-30b1-4f6e-9f43-5a7d0e1b2c3d";
    String message =
        """
        {"specversion":"1.0","id":"%s","source":"/cron","type":"io.tidemark.BackupRequested.v1",
         "data":{"domain":"%s"}}
        """
            .formatted(id, domain.name());

    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", cluster.kafka()),
            new StringSerializer(),
            new ByteArraySerializer())) {
      ProducerRecord<String, byte[]> request =
          new ProducerRecord<>("tidemark.backups", id, message.getBytes(StandardCharsets.UTF_8));
      request
          .headers()
          .add("content-type", CloudEvents.CONTENT_TYPE.getBytes(StandardCharsets.UTF_8));
      var unused = producer.send(request);
    }

    ProtectedVm.await(
        "the restore point is sealed",
        () -> cluster.cli().json("points", domain.name()).size() == 1);
    JsonNode point = cluster.cli().json("point", id);
    assertSameContent(domain.rawDisk("vda"), vm.restore(point, "vda", directory));
  }

  private boolean hasBegun(String id) {
    return cluster.api().get("jobs/" + id, Views.Job.class).progress().stream()
        .anyMatch(progress -> progress.doneBytes() > 0);
  }
}
