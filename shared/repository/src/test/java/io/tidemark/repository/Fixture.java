package io.tidemark.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Backs disks up as an extractor would, small and in memory. */
final class Fixture {

  private Fixture() {}

  /**
   * A point of one disk, {@code vda}, that holds {@code content}; only what differs from {@code
   * parent} is stored.
   */
  static Manifest backUp(
      Repository repository, String id, byte[] content, Optional<Manifest> parent) {
    ManifestDisk before = parent.flatMap(point -> point.disk("vda")).orElse(disk(Ref.NIL, 0));
    try (PackWriter pack = repository.newPack()) {
      SortedMap<Long, Ref> leaves = changedLeaves(repository, content, before, pack);
      Ref root =
          repository
              .tree()
              .replaceLeaves(before.root(), before.sizeBytes(), content.length, leaves, pack);
      List<PackId> packs = pack.finish().map(summary -> List.of(summary.id())).orElse(List.of());
      return point(id, disk(root, content.length), packs, parent.map(Manifest::id));
    }
  }

  /** Like {@link #backUp}, and published. */
  static Manifest publish(
      Repository repository, String id, byte[] content, Optional<Manifest> parent) {
    Manifest manifest = backUp(repository, id, content, parent);
    repository.publish(manifest);
    return manifest;
  }

  static ManifestDisk disk(Ref root, long sizeBytes) {
    return new ManifestDisk(
        "vda",
        sizeBytes,
        Geometry.BLOCK_BYTES,
        root,
        "full",
        Optional.empty(),
        sizeBytes,
        sizeBytes,
        0,
        sizeBytes,
        "/dev/vg0/guest",
        "raw");
  }

  static Manifest point(String id, ManifestDisk disk, List<PackId> packs, Optional<String> parent) {
    return new Manifest(
        Manifest.FORMAT_VERSION,
        id,
        new ManifestVm("5f6d1c0e-6a53-4a2c-9f0e-3f6a6a1d7c11", "guest", "qemu:///system"),
        parent,
        parent.isPresent() ? Manifest.Kind.INCREMENTAL : Manifest.Kind.FULL,
        "crash-consistent",
        Optional.of("tidemark-" + id),
        Instant.parse("2026-01-02T03:04:05Z"),
        Instant.parse("2026-01-02T03:05:00Z"),
        "<domain type='kvm'><name>guest</name></domain>",
        List.of(ManifestFile.inline("nvram", ByteBuffer.wrap(new byte[] {1, 2, 3}))),
        List.of(disk),
        packs);
  }

  /** The content of a whole disk, read back block by block. */
  static byte[] read(Repository repository, ManifestDisk disk) {
    byte[] content = new byte[Math.toIntExact(disk.sizeBytes())];
    for (long leaf = 0; leaf < Geometry.leaves(disk.sizeBytes()); leaf++) {
      Node node = repository.tree().leaf(disk.root(), disk.sizeBytes(), leaf);
      for (int i = 0; i < Geometry.FANOUT; i++) {
        long block = leaf * Geometry.FANOUT + i;
        if (block < Geometry.blocks(disk.sizeBytes())) {
          int length = Geometry.blockLength(disk.sizeBytes(), block);
          int at = Math.toIntExact(block * Geometry.BLOCK_BYTES);
          repository.reader().readExactly(node.get(i), ByteBuffer.wrap(content, at, length));
        }
      }
    }
    return content;
  }

  static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static SortedMap<Long, Ref> changedLeaves(
      Repository repository, byte[] content, ManifestDisk before, PackWriter pack) {
    SortedMap<Long, Ref> changed = new TreeMap<>();
    for (long leaf = 0; leaf < Geometry.leaves(content.length); leaf++) {
      Node old =
          leaf < Geometry.leaves(before.sizeBytes())
              ? repository.tree().leaf(before.root(), before.sizeBytes(), leaf)
              : Node.NIL;
      Node node = leaf(content, leaf, old, pack);
      if (!node.equals(old)) {
        changed.put(leaf, pack.append(node));
      }
    }
    return changed;
  }

  private static Node leaf(byte[] content, long leaf, Node old, PackWriter pack) {
    Ref[] refs = new Ref[Geometry.FANOUT];
    Arrays.fill(refs, Ref.NIL);
    for (int i = 0; i < Geometry.FANOUT; i++) {
      long block = leaf * Geometry.FANOUT + i;
      if (block < Geometry.blocks(content.length)) {
        int at = Math.toIntExact(block * Geometry.BLOCK_BYTES);
        int length = Geometry.blockLength(content.length, block);
        refs[i] = block(ByteBuffer.wrap(content, at, length), old.get(i), pack);
      }
    }
    return Node.of(refs);
  }

  private static Ref block(ByteBuffer content, Ref old, PackWriter pack) {
    if (content.equals(ByteBuffer.allocate(content.remaining()))) {
      return Ref.NIL;
    }
    Hash hash = Hash.of(content);
    return hash.equals(old.hash()) ? old : pack.append(hash, content);
  }
}
