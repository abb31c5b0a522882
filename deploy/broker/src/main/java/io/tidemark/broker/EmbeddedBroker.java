package io.tidemark.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker in this process, on 127.0.0.1 alone. What it was told stays in its directory and
 * is there again after a restart, after a killed process too.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private final KafkaRaftServer server;
  private final BrokerPorts ports;

  private EmbeddedBroker(KafkaRaftServer server, BrokerPorts ports) {
    this.server = server;
    this.ports = ports;
  }

  /**
   * Starts a broker and waits until it answers; blocks for some seconds.
   *
   * @param directory its own directory, made if missing
   * @param port where clients connect, or 0 for the port of the last run, or any free one
   * @throws BrokerException if it does not start, for example because another broker has the
   *     directory or the port
   */
  public static EmbeddedBroker start(Path directory, int port) {
    Path logs = directory.toAbsolutePath().resolve("log");
    Path portsFile = directory.resolve("ports.properties");
    try {
      Files.createDirectories(logs);
      format(logs);
      BrokerPorts ports = BrokerPorts.choose(portsFile, port);
      KafkaRaftServer server =
          new KafkaRaftServer(new KafkaConfig(BrokerSettings.of(logs, ports), false), Time.SYSTEM);
      startup(server);
      ports.remember(portsFile);
      return new EmbeddedBroker(server, ports);
    } catch (Exception e) {
      throw new BrokerException(
          "the Kafka broker in " + directory + " does not start: " + e.getMessage(), e);
    }
  }

  /** Where clients connect: {@code 127.0.0.1:PORT}. */
  public String bootstrap() {
    return "127.0.0.1:" + ports.client();
  }

  /** Waits until the broker has ended by itself or by {@link #close()}. */
  public void awaitEnd() {
    server.awaitShutdown();
  }

  /** Stops the broker cleanly and waits until it has; blocks for about a second. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  private static void startup(KafkaRaftServer server) {
    try {
      server.startup();
    } catch (RuntimeException e) {
      server.shutdown();
      throw e;
    }
  }

  private static void format(Path logs) throws Exception {
    if (Files.exists(logs.resolve("meta.properties"))) {
      return;
    }
    try (PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
      new Formatter()
          .setPrintStream(nowhere)
          .setNodeId(BrokerSettings.NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
          .setMetadataLogDirectory(logs.toString())
          .addDirectory(logs.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setIgnoreFormatted(true)
          .run();
    } catch (IOException e) {
      throw new BrokerException("cannot format " + logs + ": " + e.getMessage(), e);
    }
  }
}
