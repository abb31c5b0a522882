package io.tidemark.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupFailed;
import io.tidemark.events.BackupKind;
import io.tidemark.events.BackupRequested;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.Consistency;
import io.tidemark.events.DiskDescription;
import io.tidemark.events.DiskMode;
import io.tidemark.events.DiskPlan;
import io.tidemark.events.DomainDescription;
import io.tidemark.events.DomainSeen;
import io.tidemark.events.DomainState;
import io.tidemark.events.EventEnvelope;
import io.tidemark.events.JobKind;
import io.tidemark.events.JobOutcome;
import io.tidemark.events.ParentPoint;
import io.tidemark.events.Protection;
import io.tidemark.events.RestorePointSealed;
import io.tidemark.events.ShardExtracted;
import io.tidemark.events.ShardFailed;
import io.tidemark.events.ShardsPlanned;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Backups from request to restore point, with every event delivered twice. */
class BackupSagaIT {
  private static final String UUID = "4f6a1d0e-5a0b-4a65-9d0c-6c0d5a8c2b11";

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir Path directory;
  private Catalog catalog;
  private Host web;

  @BeforeEach
  void start() throws Exception {
    catalog = Catalog.on(POSTGRES.newDatabase(), directory.resolve("repository")).start();
    web = new Host(catalog, UUID, "web").seen();
  }

  @AfterEach
  void stop() throws Exception {
    catalog.close();
  }

  @Test
  void aChainOfBackupsIsSealedAndHoldsWhatTheDiskHeld() throws Exception {
    String first = web.backUp();
    byte[] before = web.content.clone();
    web.content[5 << 20]++;
    String second = web.backUp();

    assertThat(web.read(first)).isEqualTo(before);
    assertThat(web.read(second)).isEqualTo(web.content);
    JsonArray points = catalog.json("/api/v1/vms/web").getJsonArray("points");
    assertThat(points.stream().map(point -> ((JsonObject) point).getString("id")))
        .containsExactly(second, first);
    JsonObject newest = points.getJsonObject(0);
    assertThat(newest.getString("kind")).isEqualTo("incremental");
    assertThat(newest.getString("parent")).isEqualTo(first);
    assertThat(newest.getString("state")).isEqualTo("sealed");
    assertThat(points.getJsonObject(1).getString("kind")).isEqualTo("full");
    assertThat(points.getJsonObject(1).getString("parent")).isNull();
    JsonObject job = catalog.ended(second);
    assertThat(job.getString("state")).isEqualTo("succeeded");
    assertThat(job.getJsonObject("result")).isEqualTo(newest);
    assertThat(catalog.all(RestorePointSealed.class)).hasSize(2);
    assertThat(newest.getJsonArray("disks").getJsonObject(0).getLong("readBytes"))
        .isEqualTo(Host.SIZE);
  }

  @Test
  void aRequestFromKafkaWithoutAnIdTakesTheIdOfItsEvent() throws Exception {
    String id = "0d3f4fd2-43a2-41b6-8f32-31a1a4e1c0aa";
    catalog.publish(
        new EventEnvelope<>(
            id,
            "/elsewhere",
            Instant.now(),
            new BackupRequested("", "web", BackupKind.FULL, List.of("vda"))));

    BackupAccepted accepted = web.accepted(id);

    assertThat(accepted.full()).isTrue();
    assertThat(accepted.disks()).containsExactly("vda");
    assertThat(accepted.domainUuid()).isEqualTo(UUID);
    assertThat(catalog.all(BackupAccepted.class)).hasSize(1);
  }

  @Test
  void aRequestForAnUnknownVmFailsAndSaysSo() throws Exception {
    catalog.publish(new BackupRequested("not-a-uuid", "nosuch", BackupKind.AUTO, List.of()));

    BackupFailed failed = catalog.await(BackupFailed.class, any -> true);

    assertThat(failed.reason()).contains("There is no VM 'nosuch'");
    assertThat(catalog.ended(failed.backupId()).getString("reason")).isEqualTo(failed.reason());
  }

  @Test
  void aSecondBackupOfADomainWaitsForTheFirst() throws Exception {
    String first = web.request();
    web.accepted(first);
    String second = web.request();
    assertThat(catalog.job(second).orElseThrow().getString("state")).isEqualTo("queued");

    web.close(first, JobOutcome.ABORTED, "The guest agent of VM web hangs: restart it.");

    assertThat(web.accepted(second).parent()).isEmpty();
    assertThat(catalog.ended(first).getString("reason"))
        .isEqualTo("The guest agent of VM web hangs: restart it.");
  }

  /** Another worker surveyed first, with shards of another size, and was lost before its plan. */
  @Test
  void aShardThatWasCutOtherwiseDoesNotStandInForTheOneOfThePlanWithItsNumber() throws Exception {
    String id = web.request();
    BackupStarted started = web.start(web.accepted(id));
    catalog.publish(cutOtherwise(web.extract(started, 2)));
    web.plan(started);
    catalog.publish(web.extract(started, 1));
    catalog.publish(web.extract(started, 2));
    catalog.publish(web.extract(started, 0));

    catalog.await(RestorePointSealed.class, sealed -> sealed.backupId().equals(id));

    assertThat(web.read(id)).isEqualTo(web.content);
  }

  private static ShardExtracted cutOtherwise(ShardExtracted shard) {
    return new ShardExtracted(
        shard.backupId(),
        shard.target(),
        0,
        "worker-2",
        shard.leaves(),
        shard.readBytes(),
        shard.changedBytes(),
        shard.zeroBytes(),
        shard.storedBytes(),
        shard.pack(),
        shard.millis(),
        Optional.of("another"));
  }

  @Test
  void aBackupOfSomeDisksIsNoParentForTheOthers() throws Exception {
    seen("vda", "vdb");
    String all = backUp(List.of(), "vda", "vdb");
    String one = backUp(List.of("vda"), "vda");

    assertThat(parentOf(List.of())).contains(all);
    assertThat(parentOf(List.of("vdb"))).contains(all);
    assertThat(parentOf(List.of("vda"))).contains(one);
  }

  @Test
  void aDiskThatNoBackupHasDoesNotKeepTheOthersFromTheNewestPoint() throws Exception {
    seen("vda");
    backUp(List.of(), "vda");
    String newest = backUp(List.of(), "vda");
    seen("vda", "vdb");

    assertThat(parentOf(List.of())).contains(newest);
  }

  @Test
  void whereEveryBackupIsOfSomeDisksTheNewestIsTheParent() throws Exception {
    seen("vda", "vdb");
    backUp(List.of("vda"), "vda");
    String newest = backUp(List.of("vdb"), "vdb");

    assertThat(parentOf(List.of())).contains(newest);
  }

  /** The parent of a backup of these disks, which comes to nothing. */
  private Optional<String> parentOf(List<String> wanted) throws Exception {
    BackupAccepted accepted = web.accepted(request(wanted));
    web.close(accepted.backupId(), JobOutcome.ABORTED, "It was only a question.");
    catalog.ended(accepted.backupId());
    return accepted.parent().map(ParentPoint::pointId);
  }

  /** Makes a point of empty disks. */
  private String backUp(List<String> wanted, String... targets) throws Exception {
    BackupAccepted accepted = web.accepted(request(wanted));
    String id = accepted.backupId();
    catalog.publish(
        new BackupStarted(
            id,
            Host.NAME,
            UUID,
            "web",
            Optional.of("tidemark-" + id.substring(0, 8)),
            accepted.parent().map(ParentPoint::pointId),
            Consistency.CRASH,
            Instant.now().truncatedTo(ChronoUnit.MICROS),
            "<domain><name>web</name></domain>",
            Arrays.stream(targets).map(target -> disk(target, accepted)).toList()));
    catalog.publish(
        new ShardsPlanned(
            id,
            Arrays.stream(targets)
                .map(target -> new DiskPlan(target, DiskMode.FULL, Optional.of("asked for"), 0, 0))
                .toList(),
            Host.CUT));
    catalog.await(RestorePointSealed.class, sealed -> sealed.backupId().equals(id));
    web.close(id, JobOutcome.COMPLETED, "");
    return id;
  }

  private static BackupDisk disk(String target, BackupAccepted accepted) {
    return new BackupDisk(
        target,
        "/dev/vg0/" + target,
        "raw",
        Host.SIZE,
        "nbd+unix:///" + target + "?socket=/run/web",
        Optional.empty(),
        DiskMode.FULL,
        Optional.of("asked for"),
        true,
        accepted.parent().flatMap(point -> point.disk(target)));
  }

  private String request(List<String> disks) {
    var response =
        catalog.post(
            "/api/v1/backups",
            new JsonObject().put("vm", UUID).put("disks", new JsonArray(disks)).encode());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
    return new JsonObject(response.body()).getString("id");
  }

  /** The VM has these disks now. */
  private void seen(String... targets) throws InterruptedException {
    List<DiskDescription> disks =
        Arrays.stream(targets)
            .map(target ->
                new DiskDescription(
                    target,
                    "/dev/vg0/" + target,
                    "raw",
                    Host.SIZE,
                    Protection.PROTECTED,
                    "a metadata image keeps its bitmaps",
                    Optional.of("/var/lib/" + target + ".qcow2")))
            .toList();
    catalog.publish(
        new DomainSeen(Host.NAME, new DomainDescription(UUID, "web", DomainState.RUNNING, disks)));
    Await.until(
        "the disks",
        () ->
            Optional.of(catalog.json("/api/v1/vms/" + UUID).getJsonArray("disks"))
                .filter(shown -> shown.size() == targets.length));
  }

  @Test
  void aFailedShardFailsTheBackup() throws Exception {
    String id = web.request();
    BackupStarted started = web.start(web.accepted(id));
    web.plan(started);
    catalog.publish(web.extract(started, 0));

    catalog.publish(
        new ShardFailed(id, JobKind.BACKUP, "vda", 1, "worker-1", "/dev/vg0/web can't be read."));

    BackupFailed failed = catalog.await(BackupFailed.class, any -> true);
    assertThat(failed.hypervisor()).contains(Host.NAME);
    assertThat(failed.reason()).isEqualTo("/dev/vg0/web can't be read.");
    assertThat(catalog.json("/api/v1/points").getJsonArray("points")).isEmpty();
    assertThat(catalog.all(BackupFailed.class)).hasSize(1);
  }
}
