package io.tidemark.bench;

import io.tidemark.repository.Geometry;
import io.tidemark.repository.Hash;
import io.tidemark.repository.Manifest;
import io.tidemark.repository.ManifestDisk;
import io.tidemark.repository.ManifestVm;
import io.tidemark.repository.Node;
import io.tidemark.repository.PackId;
import io.tidemark.repository.PackSummary;
import io.tidemark.repository.PackWriter;
import io.tidemark.repository.Ref;
import io.tidemark.repository.Repository;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Makes restore points of a disk as extractors and the catalog would, without what is around them.
 */
record Ingest(Repository repository, ExecutorService threads, long sizeBytes) {
  private static final int LEAVES_OF_A_SHARD = 4;
  private static final ByteBuffer ZEROES = ByteBuffer.allocate(Geometry.BLOCK_BYTES);

  /** What a thread has stored. */
  private record Shard(SortedMap<Long, Ref> leaves, Optional<PackSummary> pack) {}

  /** Stores all of a raw file, and publishes the point. */
  Manifest full(String id, FileChannel raw) {
    List<Callable<Shard>> work = new ArrayList<>();
    for (long leaf = 0; leaf < Geometry.leaves(sizeBytes); leaf += LEAVES_OF_A_SHARD) {
      long first = leaf;
      work.add(() -> shard(raw, first));
    }
    TreeMap<Long, Ref> leaves = new TreeMap<>();
    List<PackId> packs = new ArrayList<>();
    for (Shard shard : all(work)) {
      leaves.putAll(shard.leaves());
      shard.pack().ifPresent(pack -> packs.add(pack.id()));
    }
    try (PackWriter pack = repository.newPack()) {
      Ref root = repository.tree().replaceLeaves(Ref.NIL, 0, sizeBytes, leaves, pack);
      pack.finish().ifPresent(summary -> packs.add(summary.id()));
      return publish(id, Optional.empty(), root, packs);
    }
  }

  /** Stores these blocks in the place of the parent's, and publishes the point. */
  Manifest incremental(String id, Manifest parent, SortedMap<Long, ByteBuffer> blocks) {
    Ref before = parent.disks().getFirst().root();
    try (PackWriter pack = repository.newPack()) {
      List<Callable<Map.Entry<Long, Ref>>> work = new ArrayList<>();
      for (long leaf = 0; leaf < Geometry.leaves(sizeBytes); leaf++) {
        long index = leaf;
        SortedMap<Long, ByteBuffer> changed =
            blocks.subMap(leaf * Geometry.FANOUT, (leaf + 1) * Geometry.FANOUT);
        if (!changed.isEmpty()) {
          work.add(() -> Map.entry(index, leaf(before, index, changed, pack)));
        }
      }
      TreeMap<Long, Ref> leaves = new TreeMap<>();
      all(work).forEach(entry -> leaves.put(entry.getKey(), entry.getValue()));
      Ref root = repository.tree().replaceLeaves(before, sizeBytes, sizeBytes, leaves, pack);
      List<PackId> packs = pack.finish().map(summary -> List.of(summary.id())).orElse(List.of());
      return publish(id, Optional.of(parent.id()), root, packs);
    }
  }

  private Shard shard(FileChannel raw, long firstLeaf) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(Geometry.BLOCK_BYTES);
    TreeMap<Long, Ref> leaves = new TreeMap<>();
    long end = Math.min(Geometry.leaves(sizeBytes), firstLeaf + LEAVES_OF_A_SHARD);
    try (PackWriter pack = repository.newPack()) {
      for (long leaf = firstLeaf; leaf < end; leaf++) {
        Ref[] refs = new Ref[Geometry.FANOUT];
        Arrays.fill(refs, Ref.NIL);
        for (int i = 0; i < refs.length; i++) {
          long at = leaf * Geometry.LEAF_SPAN_BYTES + (long) i * Geometry.BLOCK_BYTES;
          if (at < sizeBytes) {
            read(raw, block.clear(), at);
            refs[i] = store(block.flip(), pack);
          }
        }
        leaves.put(leaf, pack.append(Node.of(refs)));
      }
      return new Shard(leaves, pack.finish());
    }
  }

  private static void read(FileChannel raw, ByteBuffer block, long offset) throws IOException {
    while (block.hasRemaining()) {
      if (raw.read(block, offset + block.position()) < 0) {
        throw new BenchFailure("the disk is shorter than it should be");
      }
    }
  }

  private Ref leaf(Ref root, long index, SortedMap<Long, ByteBuffer> blocks, PackWriter pack) {
    Ref[] refs = repository.tree().leaf(root, sizeBytes, index).toArray();
    for (Map.Entry<Long, ByteBuffer> block : blocks.entrySet()) {
      refs[(int) (block.getKey() % Geometry.FANOUT)] = store(block.getValue(), pack);
    }
    return pack.append(Node.of(refs));
  }

  private static Ref store(ByteBuffer block, PackWriter pack) {
    return block.equals(ZEROES.duplicate()) ? Ref.NIL : pack.append(Hash.of(block), block);
  }

  private Manifest publish(String id, Optional<String> parent, Ref root, List<PackId> packs) {
    String mode = parent.isPresent() ? "incremental" : "full";
    ManifestDisk disk =
        new ManifestDisk(
            "vda",
            sizeBytes,
            Geometry.BLOCK_BYTES,
            root,
            mode,
            Optional.empty(),
            sizeBytes,
            sizeBytes,
            0,
            0,
            "/dev/vg0/bench",
            "raw");
    Manifest manifest =
        new Manifest(
            Manifest.FORMAT_VERSION,
            id,
            new ManifestVm("5f6d1c0e-6a53-4a2c-9f0e-3f6a6a1d7c11", "bench", "qemu:///system"),
            parent,
            parent.isPresent() ? Manifest.Kind.INCREMENTAL : Manifest.Kind.FULL,
            "crash",
            Optional.empty(),
            Instant.EPOCH,
            Instant.EPOCH,
            "<domain/>",
            List.of(),
            List.of(disk),
            packs);
    repository.publish(manifest);
    return manifest;
  }

  private <T> List<T> all(List<Callable<T>> work) {
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> done : threads.invokeAll(work)) {
        results.add(done.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new BenchFailure("a disk can't be stored: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailure("interrupted", e);
    }
  }
}
