package io.tidemark.extractor;

import io.tidemark.events.BackupDisk;
import io.tidemark.repository.DiskTree;
import io.tidemark.repository.Geometry;
import io.tidemark.repository.Node;
import io.tidemark.repository.Ref;

/**
 * A disk as it was in the parent restore point; all zero if there is none. Any thread.
 *
 * @param root its tree
 * @param sizeBytes its size then
 */
record ParentTree(DiskTree trees, Ref root, long sizeBytes) {

  static ParentTree of(BackupDisk disk, DiskTree trees) {
    return disk.parent()
        .map(parent -> new ParentTree(trees, Ref.parse(parent.root()), parent.sizeBytes()))
        .orElseGet(() -> new ParentTree(trees, Ref.NIL, 0));
  }

  /** The leaf node of that index, also beyond the parent's end. Blocks on the disk. */
  Node leaf(long leafIndex) {
    return leafIndex < Geometry.leaves(sizeBytes)
        ? trees.leaf(root, sizeBytes, leafIndex)
        : Node.NIL;
  }
}
