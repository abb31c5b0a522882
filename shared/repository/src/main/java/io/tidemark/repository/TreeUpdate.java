package io.tidemark.repository;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One making of a tree from its parent's. Level 1 is a leaf node; what is above the parent's own
 * height is taken as virtual.
 */
final class TreeUpdate {

  private static final Logger LOG = LoggerFactory.getLogger(TreeUpdate.class);

  private final BlockReader reader;
  private final PackWriter pack;
  private final Ref parentRoot;
  private final long parentSize;
  private final long size;
  private final int parentHeight;
  private final TreeMap<Long, Ref> leaves = new TreeMap<>();

  TreeUpdate(BlockReader reader, PackWriter pack, Ref parentRoot, long parentSize, long size) {
    this.reader = reader;
    this.pack = pack;
    this.parentRoot = parentRoot;
    this.parentSize = parentSize;
    this.size = size;
    this.parentHeight = Geometry.height(parentSize);
  }

  Ref apply(SortedMap<Long, Ref> changedLeaves) {
    leaves.putAll(changedLeaves);
    if (size == 0) {
      return Ref.NIL;
    }
    if (size != parentSize && !parentRoot.isNil()) {
      mendEdge();
    }
    int height = Geometry.height(size);
    return rebuild(height, 0, parentAt(height));
  }

  /**
   * The reference at the left edge of the parent's tree at {@code level}, or its root where {@code
   * level} is above it.
   */
  private Ref parentAt(int level) {
    Ref ref = parentRoot;
    for (int at = parentHeight; at > level; at--) {
      ref = reader.readNode(ref).get(0);
    }
    return ref;
  }

  private Ref rebuild(int level, long index, Ref parent) {
    if (level == 1) {
      return leaves.getOrDefault(index, parent);
    }
    boolean virtual = level > parentHeight;
    if (!isTouched(level, index) && (!virtual || parent.isNil())) {
      return parent;
    }
    Ref[] children = new Ref[Geometry.FANOUT];
    Arrays.fill(children, Ref.NIL);
    Optional<Node> old = virtual ? Optional.empty() : parentNode(parent, level, index);
    long first = index * Geometry.FANOUT;
    for (int i = 0; i < Geometry.FANOUT && isOnDisk(level - 1, first + i); i++) {
      Ref below = virtual && i == 0 ? parent : old.orElse(Node.NIL).get(i);
      children[i] = rebuild(level - 1, first + i, below);
    }
    Node node = Node.of(children);
    return old.filter(node::equals).isPresent() ? parent : pack.append(node);
  }

  /** Empty if it is damaged but not needed, because every leaf below it is given anew. */
  private Optional<Node> parentNode(Ref parent, int level, long index) {
    try {
      return Optional.of(reader.readNode(parent));
    } catch (DamagedDataException e) {
      if (!isReplaced(level, index)) {
        throw e;
      }
      LOG.warn("The parent's node {} cannot be read, and is made anew: {}", parent, e.getMessage());
      return Optional.empty();
    }
  }

  private boolean isReplaced(int level, long index) {
    long span = Geometry.leavesUnder(level);
    long from = index * span;
    long to = Math.min(from + span, Geometry.leaves(size));
    return leaves.subMap(from, to).size() == to - from;
  }

  private boolean isTouched(int level, long index) {
    long span = Geometry.leavesUnder(level);
    Long next = leaves.ceilingKey(index * span);
    return next != null && next / span == index;
  }

  private boolean isOnDisk(int level, long index) {
    return index <= (Geometry.leaves(size) - 1) / Geometry.leavesUnder(level);
  }

  /** Puts right what a new size changes at the end of the smaller of the two disks. */
  private void mendEdge() {
    long edge = Math.min(size, parentSize);
    long lastBlock = Geometry.blocks(edge) - 1;
    if (lastBlock < 0) {
      return;
    }
    long leaf = lastBlock / Geometry.FANOUT;
    Ref current = leaves.containsKey(leaf) ? leaves.get(leaf) : parentLeaf(leaf);
    Ref[] refs = node(current).toArray();
    int last = (int) (lastBlock % Geometry.FANOUT);
    if (size < parentSize) {
      Arrays.fill(refs, last + 1, refs.length, Ref.NIL);
    }
    if (edge % Geometry.BLOCK_BYTES != 0) {
      refs[last] = mendBlock(refs[last], lastBlock);
    }
    Node mended = Node.of(refs);
    // Named even when it stays as it is: the nodes above it have references to drop.
    leaves.put(leaf, mended.equals(node(current)) ? current : pack.append(mended));
  }

  /**
   * Stores the parent's block anew in the length that the new size asks for; another block is left
   * alone.
   */
  private Ref mendBlock(Ref ref, long index) {
    Ref old = node(parentLeaf(index / Geometry.FANOUT)).get((int) (index % Geometry.FANOUT));
    if (ref.isNil() || !ref.equals(old)) {
      return ref;
    }
    ByteBuffer content = ByteBuffer.allocate(Geometry.BLOCK_BYTES);
    reader.read(ref, content);
    content.clear().limit(Geometry.blockLength(size, index));
    ByteBuffer zeroes = ByteBuffer.allocate(content.remaining());
    return content.equals(zeroes) ? Ref.NIL : pack.append(Hash.of(content), content);
  }

  private Ref parentLeaf(long leaf) {
    return new DiskTree(reader).leafRef(parentRoot, parentSize, leaf);
  }

  /** Leaves come from finished packs, or from the one that the caller is writing. */
  private Node node(Ref ref) {
    return ref.pack().equals(pack.id()) && !ref.isNil() ? pack.readBack(ref) : reader.readNode(ref);
  }
}
