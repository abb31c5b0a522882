package io.tidemark.broker;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** How the one broker is configured: for a single node, small memory and a quick start. */
final class BrokerSettings {
  static final int NODE_ID = 1;
  static final String CONTROLLER_LISTENER = "CONTROLLER";

  private static final String HOST = "127.0.0.1";

  private BrokerSettings() {}

  static Map<String, String> of(Path logDirectory, BrokerPorts ports) {
    Map<String, String> settings = new HashMap<>();
    settings.put("log.dirs", logDirectory.toString());
    Stream.of(listeners(ports), singleNode(), quickStart(), small())
        .forEach(group -> group.forEach((name, value) -> settings.put(name, value.toString())));
    return settings;
  }

  private static Map<String, Object> listeners(BrokerPorts ports) {
    String client = "PLAINTEXT://" + HOST + ":" + ports.client();
    String controller = HOST + ":" + ports.controller();
    return Map.of(
        "process.roles",
        "broker,controller",
        "node.id",
        NODE_ID,
        "controller.quorum.voters",
        NODE_ID + "@" + controller,
        "listeners",
        client + "," + CONTROLLER_LISTENER + "://" + controller,
        "advertised.listeners",
        client,
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT," + CONTROLLER_LISTENER + ":PLAINTEXT",
        "controller.listener.names",
        CONTROLLER_LISTENER,
        "inter.broker.listener.name",
        "PLAINTEXT");
  }

  private static Map<String, Object> singleNode() {
    return Map.of(
        "default.replication.factor", 1,
        "min.insync.replicas", 1,
        "offsets.topic.replication.factor", 1,
        "offsets.topic.num.partitions", 1,
        "transaction.state.log.replication.factor", 1,
        "transaction.state.log.min.isr", 1,
        "transaction.state.log.num.partitions", 1,
        "share.coordinator.state.topic.replication.factor", 1,
        "share.coordinator.state.topic.min.isr", 1,
        "share.coordinator.state.topic.num.partitions", 1);
  }

  private static Map<String, Object> quickStart() {
    // Without the short time-outs a restart waits for the registration of the run before to expire.
    return Map.of(
        "broker.session.timeout.ms", 3000,
        "broker.heartbeat.interval.ms", 500,
        "controller.quorum.election.timeout.ms", 300,
        "controller.quorum.fetch.timeout.ms", 600,
        "group.initial.rebalance.delay.ms", 0);
  }

  private static Map<String, Object> small() {
    return Map.of(
        "auto.create.topics.enable",
        false,
        // A suite that was off for a season goes on where it stopped.
        "offsets.retention.minutes",
        366 * 24 * 60,
        "log.segment.bytes",
        64 * 1024 * 1024,
        "log.index.size.max.bytes",
        1024 * 1024,
        "log.cleaner.dedupe.buffer.size",
        4 * 1024 * 1024,
        "num.network.threads",
        1,
        "num.io.threads",
        2,
        "num.recovery.threads.per.data.dir",
        1);
  }
}
