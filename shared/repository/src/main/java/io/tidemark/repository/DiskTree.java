package io.tidemark.repository;

import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;

/**
 * The trees of disks: finds leaves, and makes a new tree from a parent's by replacing leaves.
 * Thread-safe; blocks on the disk.
 */
public final class DiskTree {

  private final BlockReader reader;

  DiskTree(BlockReader reader) {
    this.reader = reader;
  }

  /**
   * The leaf node {@code leafIndex} (0 to {@code Geometry.leaves(sizeBytes) - 1}) of the tree
   * {@code root} of a disk of {@code sizeBytes}; {@link Node#NIL} where all is zero.
   *
   * @throws DamagedDataException when a node on the way is damaged
   */
  public Node leaf(Ref root, long sizeBytes, long leafIndex) {
    return reader.readNode(leafRef(root, sizeBytes, leafIndex));
  }

  /** The reference to that leaf node. */
  Ref leafRef(Ref root, long sizeBytes, long leafIndex) {
    if (leafIndex < 0 || leafIndex >= Geometry.leaves(sizeBytes)) {
      throw new IllegalArgumentException(
          "A disk of " + sizeBytes + " bytes has no leaf " + leafIndex);
    }
    Ref ref = root;
    for (int level = Geometry.height(sizeBytes); level > 1 && !ref.isNil(); level--) {
      long child = leafIndex / Geometry.leavesUnder(level - 1) % Geometry.FANOUT;
      ref = reader.readNode(ref).get((int) child);
    }
    return ref;
  }

  /**
   * Makes the tree of a disk of {@code sizeBytes} from the tree {@code parentRoot} of {@code
   * parentSizeBytes} ({@link Ref#NIL} and 0 for none) by replacing leaf nodes. A leaf that {@code
   * changedLeaves} does not name keeps the parent's. Only nodes on the way to a change are written,
   * to {@code pack}.
   *
   * <p>When the sizes differ: references beyond the new size are dropped, also inside the last
   * leaf; a short block that was or becomes the disk's last is stored anew, cut or filled up with
   * zeroes, unless {@code changedLeaves} already has another.
   *
   * @param changedLeaves leaf index to leaf node, {@link Ref#NIL} for a leaf of zeroes; the nodes
   *     may be in finished packs or in {@code pack} itself
   * @return the new root; {@link Ref#NIL} if everything is zero
   * @throws DamagedDataException when a node of the parent is damaged and {@code changedLeaves}
   *     does not name every leaf below it
   */
  public Ref replaceLeaves(
      Ref parentRoot,
      long parentSizeBytes,
      long sizeBytes,
      SortedMap<Long, Ref> changedLeaves,
      PackWriter pack) {
    long leaves = Geometry.leaves(sizeBytes);
    if (!changedLeaves.isEmpty()
        && (changedLeaves.firstKey() < 0 || changedLeaves.lastKey() >= leaves)) {
      throw new IllegalArgumentException(
          "A disk of " + sizeBytes + " bytes has no leaf " + changedLeaves.lastKey());
    }
    return new TreeUpdate(reader, pack, parentRoot, parentSizeBytes, sizeBytes)
        .apply(changedLeaves);
  }

  /** Every pack that the tree refers to, for nodes or for blocks. Reads every node of the tree. */
  public Set<PackId> packs(Ref root, long sizeBytes) {
    Set<PackId> packs = new HashSet<>();
    TreeWalk.Visitor collector =
        new TreeWalk.Visitor() {
          @Override
          public void node(Ref ref) {
            packs.add(ref.pack());
          }

          @Override
          public void block(Ref ref, long offset, int length) {
            packs.add(ref.pack());
          }
        };
    new TreeWalk(reader, sizeBytes).walk(root, collector);
    return packs;
  }
}
