package io.tidemark.repository;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Walks the trees of restore points, what they share once: reads every node, and asks the packs
 * whether they have the blocks. Blocks that are known to be bad are put down to disk and offset.
 */
final class StructureCheck {

  private final Repository repository;
  private final BlockReader reader;
  private final CheckedSlots slots = new CheckedSlots();
  private final DamageLog damages = new DamageLog();
  private final NeededBlocks needed = new NeededBlocks();
  private long checkedBytes;

  /**
   * @param bad blocks that can't be read, with the reason
   */
  StructureCheck(Repository repository, BlockReader reader, Map<Ref, String> bad) {
    this.repository = repository;
    this.reader = reader;
    bad.forEach(slots::markBad);
  }

  /** Checks one point after the other; a manifest that can't be read is damage too. */
  void check(List<String> pointIds, Progress progress) {
    for (String pointId : pointIds) {
      try {
        Manifest manifest = repository.manifest(pointId);
        for (ManifestTree tree : ManifestTree.all(manifest)) {
          if (tree.sizeBytes() > 0) {
            new TreeCheck(tree, progress).check(tree.root(), Geometry.height(tree.sizeBytes()), 0);
          }
        }
      } catch (NotARepositoryException e) {
        throw e;
      } catch (RepositoryException e) {
        damages.add("", 0, 0, Optional.empty(), e.getMessage());
      }
      damages.endOf(pointId);
    }
  }

  /** What was found. */
  List<Damage> damages() {
    return damages.damages();
  }

  /** The blocks that the points need and that seem to be there. */
  NeededBlocks needed() {
    return needed;
  }

  /** Blocks that can't be there as their packs have it, with the reason. */
  Map<Ref, String> badBlocks() {
    return slots.bad();
  }

  /** Plain bytes of nodes that were read and hashed again. */
  long checkedBytes() {
    return checkedBytes;
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
        problem = lookUp(ref, length);
      }
      if (problem.isEmpty()) {
        needed.add(ref, length);
      } else {
        slots.markBad(ref, problem);
        report(ref, offset, length, problem);
      }
      progress.advance(length);
      return problem.isEmpty();
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

  private String reason(RepositoryException e) {
    return Verifier.reason(repository, e);
  }
}
