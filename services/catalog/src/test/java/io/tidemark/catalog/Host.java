package io.tidemark.catalog;

import io.tidemark.events.BackupAccepted;
import io.tidemark.events.BackupDisk;
import io.tidemark.events.BackupJobEnded;
import io.tidemark.events.BackupStarted;
import io.tidemark.events.Consistency;
import io.tidemark.events.DiskDescription;
import io.tidemark.events.DiskMode;
import io.tidemark.events.DiskPlan;
import io.tidemark.events.DomainDescription;
import io.tidemark.events.DomainSeen;
import io.tidemark.events.DomainState;
import io.tidemark.events.JobOutcome;
import io.tidemark.events.PackDescription;
import io.tidemark.events.ParentDisk;
import io.tidemark.events.Protection;
import io.tidemark.events.RestorePointSealed;
import io.tidemark.events.ShardExtracted;
import io.tidemark.events.ShardsPlanned;
import io.tidemark.repository.Geometry;
import io.tidemark.repository.Hash;
import io.tidemark.repository.Node;
import io.tidemark.repository.PackSummary;
import io.tidemark.repository.PackWriter;
import io.tidemark.repository.Ref;
import io.tidemark.repository.Repository;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Plays the host of a VM with one disk of 40 MiB and a bit, that is three leaves: its inventory,
 * checkpointer and extractor.
 */
final class Host {
  static final String NAME = "kvm1";
  static final int SIZE = 40 * 1024 * 1024 + 4096;
  static final Optional<String> CUT = Optional.of("b94d27b9934d3e08");

  private final Catalog catalog;
  private final String uuid;
  private final String vm;
  final byte[] content = new byte[SIZE];

  Host(Catalog catalog, String uuid, String vm) {
    this.catalog = catalog;
    this.uuid = uuid;
    this.vm = vm;
    new Random(7).nextBytes(content);
    Arrays.fill(content, 20 << 20, 30 << 20, (byte) 0);
  }

  /** The inventory sees the VM, and the catalog has heard of it. */
  Host seen() throws InterruptedException {
    DiskDescription disk =
        new DiskDescription(
            "vda",
            "/dev/vg0/" + vm,
            "raw",
            SIZE,
            Protection.PROTECTED,
            "a metadata image keeps its bitmaps",
            Optional.of("/var/lib/libvirt/tidemark/metadata/" + vm + ".qcow2"));
    catalog.publish(
        new DomainSeen(NAME, new DomainDescription(uuid, vm, DomainState.RUNNING, List.of(disk))));
    Await.until(
        "the VM",
        () -> Optional.of(catalog.get("/api/v1/vms/" + uuid)).filter(r -> r.statusCode() == 200));
    return this;
  }

  /** Asks for a backup and returns its id. */
  String request() {
    var response = catalog.post("/api/v1/backups", "{\"vm\":\"" + uuid + "\"}");
    if (response.statusCode() != 202) {
      throw new AssertionError(response.body());
    }
    return new io.vertx.core.json.JsonObject(response.body()).getString("id");
  }

  BackupAccepted accepted(String id) throws InterruptedException {
    return catalog.await(BackupAccepted.class, accepted -> accepted.backupId().equals(id));
  }

  /** The checkpointer's answer. */
  BackupStarted start(BackupAccepted accepted) {
    Optional<ParentDisk> parent = accepted.parent().flatMap(point -> point.disk("vda"));
    DiskMode mode = parent.isPresent() ? DiskMode.INCREMENTAL : DiskMode.FULL;
    BackupDisk disk =
        new BackupDisk(
            "vda",
            "/dev/vg0/" + vm,
            "raw",
            SIZE,
            "nbd+unix:///vda?socket=/run/" + vm,
            parent.map(any -> "qemu:dirty-bitmap:backup-vda"),
            mode,
            mode == DiskMode.FULL ? Optional.of("there is no earlier point") : Optional.empty(),
            true,
            parent);
    BackupStarted started =
        new BackupStarted(
            accepted.backupId(),
            NAME,
            uuid,
            vm,
            Optional.of("tidemark-" + accepted.backupId().substring(0, 8)),
            accepted.parent().map(point -> point.pointId()),
            Consistency.CRASH,
            Instant.now().truncatedTo(ChronoUnit.MICROS),
            "<domain><name>" + vm + "</name></domain>",
            List.of(disk));
    catalog.publish(started);
    return started;
  }

  /** The survey's answer: a shard for each leaf. */
  void plan(BackupStarted started) {
    BackupDisk disk = started.disks().get(0);
    catalog.publish(
        new ShardsPlanned(
            started.backupId(),
            List.of(new DiskPlan("vda", disk.mode(), disk.reason(), 3, SIZE)),
            CUT));
  }

  /** What an extractor does for one shard, not reported yet. */
  ShardExtracted extract(BackupStarted started, int index) {
    BackupDisk disk = started.disks().get(0);
    try (Repository repository = catalog.repository();
        PackWriter pack = repository.newPack()) {
      Node before =
          disk.parent()
              .map(parent ->
                  repository.tree().leaf(Ref.parse(parent.root()), parent.sizeBytes(), index))
              .orElse(Node.NIL);
      Node node = leaf(index, before, pack);
      Map<Long, String> leaves = new HashMap<>();
      if (!node.equals(before)) {
        leaves.put((long) index, pack.append(node).toText());
      }
      Optional<PackSummary> summary = pack.finish();
      return new ShardExtracted(
          started.backupId(),
          "vda",
          index,
          "worker-1",
          leaves,
          length(index),
          leaves.isEmpty() ? 0 : length(index),
          0,
          summary.map(PackSummary::storedBytes).orElse(0L),
          summary.map(made ->
              new PackDescription(made.id().toString(), made.rawBytes(), made.storedBytes())),
          5,
          CUT);
    }
  }

  /** The whole of a backup, up to the closed job. */
  String backUp() throws InterruptedException {
    String id = request();
    BackupStarted started = start(accepted(id));
    // The first shard is done before the survey has ended.
    catalog.publish(extract(started, 0));
    plan(started);
    catalog.publish(extract(started, 1));
    catalog.publish(extract(started, 2));
    catalog.await(RestorePointSealed.class, sealed -> sealed.backupId().equals(id));
    close(id, JobOutcome.COMPLETED, "");
    return id;
  }

  /** The libvirt job is closed. */
  void close(String id, JobOutcome outcome, String reason) {
    catalog.publish(new BackupJobEnded(id, NAME, uuid, outcome, List.of(), List.of(), reason));
  }

  /** The content of the disk in a restore point. */
  byte[] read(String pointId) {
    byte[] read = new byte[SIZE];
    try (Repository repository = catalog.repository()) {
      var disk = repository.manifest(pointId).disk("vda").orElseThrow();
      for (int leaf = 0; leaf < Geometry.leaves(SIZE); leaf++) {
        Node node = repository.tree().leaf(disk.root(), SIZE, leaf);
        for (int i = 0; i < Geometry.FANOUT && at(leaf, i) < SIZE; i++) {
          int at = at(leaf, i);
          int length = Math.min(Geometry.BLOCK_BYTES, SIZE - at);
          repository.reader().read(node.get(i), ByteBuffer.wrap(read, at, length));
        }
      }
    }
    return read;
  }

  private Node leaf(int index, Node before, PackWriter pack) {
    Ref[] refs = new Ref[Geometry.FANOUT];
    Arrays.fill(refs, Ref.NIL);
    for (int i = 0; i < refs.length && at(index, i) < SIZE; i++) {
      int at = at(index, i);
      ByteBuffer block =
          ByteBuffer.wrap(content, at, Math.min(Geometry.BLOCK_BYTES, SIZE - at)).slice();
      if (!block.equals(ByteBuffer.allocate(block.remaining()))) {
        Hash hash = Hash.of(block);
        refs[i] = hash.equals(before.get(i).hash()) ? before.get(i) : pack.append(hash, block);
      }
    }
    return Node.of(refs);
  }

  private static int at(int leaf, int block) {
    return Math.toIntExact(leaf * Geometry.LEAF_SPAN_BYTES + (long) block * Geometry.BLOCK_BYTES);
  }

  private static long length(int index) {
    return Math.min(Geometry.LEAF_SPAN_BYTES, SIZE - index * Geometry.LEAF_SPAN_BYTES);
  }
}
