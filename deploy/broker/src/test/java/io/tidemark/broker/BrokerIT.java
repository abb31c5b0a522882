package io.tidemark.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerIT {
  private static final long PATIENCE_SECONDS = 60;

  @TempDir Path directory;

  @Test
  void aTopicIsThereAfterARestartUnderTheSameAddress() throws Exception {
    String address;
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
      address = broker.bootstrap();
      createTopic(address, "kept");
    }

    try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0)) {
      assertThat(broker.bootstrap()).isEqualTo(address);
      assertThat(topics(address)).contains("kept");
    }
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("occupied"), "a file");

    assertThatThrownBy(() -> EmbeddedBroker.start(file, 0))
        .isInstanceOf(BrokerException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void theProcessServesUntilItsParentIsGone() throws Exception {
    Process broker = launch();
    try {
      createTopic(readyAddress(broker), "kept");

      broker.getOutputStream().close();

      assertThat(broker.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(broker.exitValue()).isZero();
    } finally {
      broker.destroyForcibly();
    }
  }

  @Test
  void aKilledProcessLosesNothingAndItsSuccessorStarts() throws Exception {
    Process killed = launch();
    createTopic(readyAddress(killed), "kept");
    killed.destroyForcibly().waitFor();

    Process broker = launch();
    try {
      assertThat(topics(readyAddress(broker))).contains("kept");
      broker.destroy();
      assertThat(broker.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      broker.destroyForcibly();
    }
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            BrokerMain.class.getName(),
            directory.toString(),
            "0")
        .redirectError(directory.resolve("stderr.log").toFile())
        .start();
  }

  private static String readyAddress(Process broker) throws IOException {
    String line = Optional.ofNullable(broker.inputReader().readLine()).orElse("it ended");
    assertThat(line).startsWith("ready 127.0.0.1:");
    return line.substring("ready ".length());
  }

  private static void createTopic(String address, String name) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
      admin
          .createTopics(List.of(new NewTopic(name, 1, (short) 1)))
          .all()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static Iterable<String> topics(String address) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
      return admin.listTopics().names().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
