package io.tidemark.e2e;

import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.Consistency;
import io.tidemark.events.ShardExtracted;
import io.tidemark.events.ShardsPlanned;
import io.tidemark.events.Topic;
import io.tidemark.repository.Repository;
import io.tidemark.runtime.EventConsumer;
import io.tidemark.runtime.KafkaEvents;
import io.tidemark.runtime.KafkaSettings;
import io.tidemark.standalone.BrokerProcess;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;

/**
 * Extractor processes around a Kafka, and what they say; the host's and the catalog's words are the
 * test's.
 */
final class Workers implements AutoCloseable {
  private static final String GROUP = "tidemark-extractor";

  private final Deque<Runnable> running = new ArrayDeque<>();
  private final Path directory;
  private final BrokerProcess broker;
  private final KafkaEvents events;
  private final Map<String, ShardsPlanned> plans = new ConcurrentHashMap<>();
  private final List<ShardExtracted> extracted = new CopyOnWriteArrayList<>();

  private Workers(Path directory) {
    this.directory = directory;
    // An extractor waits for the repository; the catalog would make it.
    Repository.create(directory.resolve("repository")).close();
    Vertx vertx = Vertx.vertx();
    this.broker = BrokerProcess.start(directory.resolve("kafka"));
    this.events = new KafkaEvents(vertx, KafkaSettings.of(broker.bootstrap()), "/tidemark/test");
    running.push(() -> get(vertx.close()));
    running.push(broker::close);
    running.push(() -> get(events.close()));
    get(events.createTopics());
    EventConsumer ear =
        events
            .reader(Topic.BACKUPS)
            .on(ShardsPlanned.class, this::heard)
            .on(ShardExtracted.class, this::heard);
    Promise<Void> listening = Promise.promise();
    vertx.getOrCreateContext().runOnContext(v -> ear.start().onComplete(listening));
    get(listening.future());
  }

  /** A broker, and no worker yet. */
  static Workers around(Path directory) {
    return new Workers(directory);
  }

  /** Starts one more and waits until the partitions are shared out among all {@code members}. */
  ServiceProcess start(int members, List<String> jvmOptions, String... options) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--kafka", broker.bootstrap(),
                "--data", directory.resolve("data").toString(),
                "--repository", directory.resolve("repository").toString()));
    all.addAll(List.of(options));
    ServiceProcess process =
        ServiceProcess.start(directory.resolve("extractor.log"), jvmOptions, "extractor", all);
    running.push(process::close);
    ProtectedVm.await(members + " extractors share the partitions", () -> sharedBy(members));
    return process;
  }

  /** Starts a backup of one disk and returns its id at once. */
  String backup(BackupDisk disk, String domain) {
    String id = UUID.randomUUID().toString();
    get(
        events.publish(
            UUID.randomUUID().toString(),
            new BackupStarted(
                id,
                "kvm1",
                domain,
                domain,
                Optional.empty(),
                Optional.empty(),
                Consistency.CRASH,
                Instant.now(),
                "<domain/>",
                List.of(disk))));
    return id;
  }

  /** Whether every shard that was planned has been extracted. */
  boolean isDone(String backup) {
    return plans.containsKey(backup)
        && extractedOf(backup).size()
            >= plans.get(backup).disks().stream().mapToInt(disk -> disk.shards()).sum();
  }

  /** What was extracted so far, each shard once. */
  List<ShardExtracted> extractedOf(String backup) {
    return extracted.stream()
        .filter(shard -> shard.backupId().equals(backup))
        .collect(Collectors.toMap(ShardExtracted::index, shard -> shard, (a, b) -> a))
        .values()
        .stream()
        .toList();
  }

  private Future<Void> heard(ShardsPlanned plan) {
    plans.put(plan.backupId(), plan);
    return Future.succeededFuture();
  }

  private Future<Void> heard(ShardExtracted shard) {
    extracted.add(shard);
    return Future.succeededFuture();
  }

  private boolean sharedBy(int members) throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
      var group = admin.describeConsumerGroups(List.of(GROUP)).describedGroups().get(GROUP).get();
      int share = Topic.SHARDS.partitions() / members;
      return group.members().size() == members
          && group.members().stream()
              .allMatch(member -> member.assignment().topicPartitions().size() >= share);
    } catch (ExecutionException e) {
      return false;
    }
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    running.forEach(Runnable::run);
  }
}
