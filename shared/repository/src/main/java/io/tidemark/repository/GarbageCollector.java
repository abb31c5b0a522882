package io.tidemark.repository;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Finds what no restore point needs, and takes it away. It knows nothing of backups that run: whose
 * packs are not to be touched, its caller knows. What is dead once stays so, because new trees are
 * built on those of points that exist and on new packs; so a deletion or rewrite that comes late,
 * or twice, or from a process that should have stopped, harms nothing. Blocks on the disk.
 */
public final class GarbageCollector {

  private final Repository repository;
  private final Storage storage;

  public GarbageCollector(Repository repository) {
    this.repository = repository;
    this.storage = repository.storage();
  }

  /** Every pack that is there, with its bytes. */
  public Map<PackId, Long> packs() {
    repository.requirePresent();
    Map<PackId, Long> found = new HashMap<>();
    try {
      for (Storage.Stored file : storage.list(Layout.PACKS)) {
        Layout.packId(file.name()).ifPresent(id -> found.put(id, file.bytes()));
      }
      return found;
    } catch (NoSuchFileException e) {
      throw new StorageException(
          storage.location(Layout.PACKS)
              + " changed while it was read: does somebody else delete there? Try again.",
          e);
    } catch (IOException e) {
      throw storage.failure(e, "read", Layout.PACKS);
    }
  }

  /**
   * Walks the trees of all restore points, what they share once.
   *
   * @throws RepositoryException when a manifest or a node can't be read: then it is not known what
   *     is needed, and nothing may be deleted
   */
  public LiveSlots mark() {
    LiveSlots live = new LiveSlots();
    LiveSlots walked = new LiveSlots();
    try (PackCache fresh = repository.freshPacks()) {
      BlockReader reader = repository.readerOf(fresh);
      for (String pointId : repository.pointIds()) {
        for (ManifestTree tree : ManifestTree.all(repository.manifest(pointId))) {
          if (tree.sizeBytes() > 0) {
            new Marker(reader, live, walked).mark(tree.root(), Geometry.height(tree.sizeBytes()));
          }
        }
      }
    }
    return live;
  }

  /** Bytes of the pack's frames that are needed, and that are not. */
  public PackUse use(PackId pack, LiveSlots live) {
    try (PackFile file = PackFile.open(storage, pack)) {
      long needed = 0;
      long dead = 0;
      for (PackFormat.Entry entry : file.index().all()) {
        long bytes =
            (long) PackFormat.FRAME_HEADER_BYTES + PackFormat.ENTRY_BYTES + entry.storedLength();
        if (live.contains(pack, entry.slot())) {
          needed += bytes;
        } else {
          dead += bytes;
        }
      }
      return new PackUse(needed, dead);
    }
  }

  /**
   * Deletes a pack, durably.
   *
   * @return the bytes that it had; 0 if it was gone already
   */
  public long delete(PackId pack) {
    repository.requirePresent();
    String file = Layout.pack(pack);
    try {
      long bytes = storage.delete(file);
      repository.dropPack(pack);
      return bytes;
    } catch (IOException e) {
      throw storage.failure(e, "delete", file);
    }
  }

  /**
   * Rewrites a pack under its own name without the slots that nothing needs; the others keep their
   * numbers. Readers see the old file or the new one, each whole.
   *
   * @return the new number of bytes
   * @throws DamagedDataException when something that is needed can't be read; the pack stays as it
   *     is
   */
  public long compact(PackId pack, LiveSlots live) {
    repository.requirePresent();
    long bytes = repository.rewrite(pack, slot -> live.contains(pack, slot));
    repository.dropPack(pack);
    return bytes;
  }

  /** One walk through a tree. */
  private record Marker(BlockReader reader, LiveSlots live, LiveSlots walked) {

    /** Level 0 is a block, and need not be read. */
    void mark(Ref ref, int level) {
      if (ref.isNil()) {
        return;
      }
      live.add(ref);
      if (level > 0 && walked.add(ref)) {
        Node node = reader.readNodeFromDisk(ref);
        for (Ref child : children(node)) {
          mark(child, level - 1);
        }
      }
    }

    private static List<Ref> children(Node node) {
      return Stream.iterate(0, i -> i < Geometry.FANOUT, i -> i + 1).map(node::get).toList();
    }
  }
}
