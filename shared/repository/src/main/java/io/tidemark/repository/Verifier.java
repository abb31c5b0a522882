package io.tidemark.repository;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Proves that restore points can be restored. Blocks on the disk. Memory: a bit for each slot that
 * the points need, and an object for each damaged one.
 */
public final class Verifier {

  private final Repository repository;
  private final BlockReader reader;
  private final boolean full;
  private final CheckedSlots slots = new CheckedSlots();
  private final DamageLog damages = new DamageLog();
  private long checkedBytes;

  private Verifier(Repository repository, BlockReader reader, boolean full) {
    this.repository = repository;
    this.reader = reader;
    this.full = full;
  }

  /**
   * Reads and re-hashes everything that {@code pointIds} need, what they share only once.
   *
   * @param full false reads and re-hashes the trees, but of blocks only looks up that their packs
   *     have them
   * @return the damage found; a missing or unreadable manifest is damage too
   * @throws NotARepositoryException when the repository is gone: then nothing is known of its
   *     points
   */
  public static VerifyReport verify(
      Repository repository, Collection<String> pointIds, boolean full, ProgressListener progress) {
    try (PackCache packs = repository.freshPacks()) {
      BlockReader reader = repository.readerOf(packs);
      return new Verifier(repository, reader, full).verify(List.copyOf(pointIds), progress);
    }
  }

  private VerifyReport verify(List<String> pointIds, ProgressListener progress) {
    repository.requirePresent();
    List<Manifest> manifests = readable(pointIds);
    Progress position = new Progress(progress, totalBytes(manifests));
    for (Manifest manifest : manifests) {
      for (ManifestTree tree : ManifestTree.all(manifest)) {
        if (tree.sizeBytes() > 0) {
          new TreeCheck(tree, position).check(tree.root(), Geometry.height(tree.sizeBytes()), 0);
        }
      }
      damages.endOf(manifest.id());
    }
    List<Damage> found = damages.damages();
    return new VerifyReport(found.isEmpty(), checkedBytes, found);
  }

  private List<Manifest> readable(List<String> pointIds) {
    List<Manifest> manifests = new ArrayList<>();
    for (String pointId : pointIds) {
      try {
        manifests.add(repository.manifest(pointId));
      } catch (NotARepositoryException e) {
        throw e;
      } catch (RepositoryException e) {
        damages.add("", 0, 0, Optional.empty(), e.getMessage());
        damages.endOf(pointId);
      }
    }
    return manifests;
  }

  private static long totalBytes(List<Manifest> manifests) {
    return manifests.stream()
        .flatMap(manifest -> ManifestTree.all(manifest).stream())
        .mapToLong(ManifestTree::sizeBytes)
        .sum();
  }

  /** The check of one tree. */
  private final class TreeCheck {

    private final ManifestTree tree;
    private final Progress progress;

    TreeCheck(ManifestTree tree, Progress progress) {
      this.tree = tree;
      this.progress = progress;
    }

    /**
     * Checks what {@code ref} covers from {@code offset}; level 0 is a block. Returns whether all
     * of it is sound.
     */
    boolean check(Ref ref, int level, long offset) {
      long length = TreeWalk.span(tree.sizeBytes(), level, offset);
      if (ref.isNil() || isKnownSound(ref, level == 0 ? length : Node.BYTES)) {
        progress.advance(length);
        return true;
      }
      boolean sound = level == 0 ? checkBlock(ref, offset, length) : checkNode(ref, level, offset);
      if (sound) {
        slots.markSound(ref);
      }
      return sound;
    }

    /**
     * The bit stands for a slot; that this reference means the same content is asked of the pack's
     * footer.
     */
    private boolean isKnownSound(Ref ref, long length) {
      return slots.isSound(ref) && lookUp(ref, length).isEmpty();
    }

    private boolean checkNode(Ref ref, int level, long start) {
      Node node;
      try {
        node = reader.readNodeFromDisk(ref);
        checkedBytes += Node.BYTES;
      } catch (RepositoryException e) {
        long length = TreeWalk.span(tree.sizeBytes(), level, start);
        report(ref, start, length, reason(e));
        progress.advance(length);
        return false;
      }
      boolean sound = true;
      long offset = start;
      for (int i = 0; i < Geometry.FANOUT && offset < tree.sizeBytes(); i++) {
        sound &= check(node.get(i), level - 1, offset);
        offset += TreeWalk.span(tree.sizeBytes(), level - 1, offset);
      }
      return sound;
    }

    private boolean checkBlock(Ref ref, long offset, long length) {
      String problem = slots.badBecause(ref);
      if (problem.isEmpty()) {
        problem = problem(ref, length);
      }
      if (!problem.isEmpty()) {
        slots.markBad(ref, problem);
        report(ref, offset, length, problem);
      }
      progress.advance(length);
      return problem.isEmpty();
    }

    private String problem(Ref ref, long length) {
      String problem = lookUp(ref, length);
      if (!full || !problem.isEmpty()) {
        return problem;
      }
      try {
        checkedBytes += reader.check(ref);
        return "";
      } catch (RepositoryException e) {
        return reason(e);
      }
    }

    /** What the footer of the pack has against {@code ref}. */
    private String lookUp(Ref ref, long length) {
      try {
        int found = reader.lengthOf(ref);
        return found == length
            ? ""
            : "slot " + ref.slot() + ": it has " + found + " bytes where " + length + " belong";
      } catch (RepositoryException e) {
        return reason(e);
      }
    }

    private void report(Ref ref, long offset, long length, String reason) {
      damages.add(tree.name(), offset, length, Optional.of(ref.pack()), reason);
    }
  }

  /**
   * What a reader has stumbled over; unless the whole repository is gone, which is no damage but an
   * alarm.
   */
  private String reason(RepositoryException e) {
    repository.requirePresent();
    return e instanceof DamagedDataException damaged ? damaged.problem() : e.getMessage();
  }
}
