package io.tidemark.extractor;

import io.tidemark.extractor.ExtractorMeters.Stage;
import io.tidemark.nbd.protocol.Zeroes;
import io.tidemark.repository.DamagedDataException;
import io.tidemark.repository.Geometry;
import io.tidemark.repository.Hash;
import io.tidemark.repository.Node;
import io.tidemark.repository.Ref;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One leaf node in the making: the parent's references, replaced block by block. Any number of
 * worker threads; blocks on the disk.
 */
final class LeafUpdate {

  private static final Logger LOG = LoggerFactory.getLogger(LeafUpdate.class);

  private final LeafReads reads;
  private final ShardTarget target;
  private final AtomicInteger missing;
  private Optional<Node> before = Optional.empty();
  private Ref[] refs = {};

  LeafUpdate(LeafReads reads, ShardTarget target) {
    this.reads = reads;
    this.target = target;
    this.missing = new AtomicInteger(reads.ranges().size());
  }

  /**
   * Takes the bytes of one of the leaf's ranges. What differs from the parent goes to the pack;
   * with the last range, the node too.
   *
   * @param content direct; whole blocks, but for the end of the disk
   */
  void put(ByteRange range, ByteBuffer content) {
    Stopwatch watch = new Stopwatch();
    replace(range, (parent, at, length) -> block(parent, content.slice(at, length), watch));
    target.tally().time(Stage.HASH, watch.hashNanos);
    target.tally().time(Stage.STORE, watch.storeNanos);
  }

  /** As {@link #put}, of bytes that are all zero. */
  void putZeroes(ByteRange range) {
    replace(range, (parent, at, length) -> zeroes(parent, length));
  }

  private void replace(ByteRange range, Replacement replacement) {
    Ref[] leaf = refs();
    int bytes = Math.toIntExact(range.lengthBytes());
    long block = range.offset() / Geometry.BLOCK_BYTES;
    for (int at = 0; at < bytes; at += Geometry.BLOCK_BYTES, block++) {
      int length = Math.min(Geometry.BLOCK_BYTES, bytes - at);
      int slot = Blocks.slotOf(block);
      leaf[slot] = replacement.of(leaf[slot], at, length);
    }
    target.tally().read(bytes);
    // The counter also carries what this thread put into the array over to the last one.
    if (missing.decrementAndGet() == 0) {
      seal(leaf);
    }
  }

  private Ref block(Ref parent, ByteBuffer content, Stopwatch watch) {
    long begin = System.nanoTime();
    int length = content.remaining();
    if (Zeroes.isZero(content)) {
      watch.hashNanos += System.nanoTime() - begin;
      return zeroes(parent, length);
    }
    Hash hash = Hash.of(content);
    long hashed = System.nanoTime();
    watch.hashNanos += hashed - begin;
    if (!parent.isNil() && parent.hash().equals(hash)) {
      target.tally().unchanged(length);
      return parent;
    }
    target.tally().changed(length);
    Ref stored = target.pack().append(hash, content);
    watch.storeNanos += System.nanoTime() - hashed;
    return stored;
  }

  private Ref zeroes(Ref parent, int length) {
    target.tally().zero(length);
    target.tally().changed(parent.isNil() ? 0 : length);
    return Ref.NIL;
  }

  /** What becomes of a block. */
  private interface Replacement {
    /** The new reference of a block whose bytes begin at {@code at} of the range. */
    Ref of(Ref parent, int at, int length);
  }

  /** Where the time of one call goes. */
  private static final class Stopwatch {
    private long hashNanos;
    private long storeNanos;
  }

  private void seal(Ref[] leaf) {
    Node after = Node.of(leaf);
    if (before.isEmpty() || !before.get().equals(after)) {
      target.leaves().put(reads.leafIndex(), target.pack().append(after).toText());
    }
  }

  private synchronized Ref[] refs() {
    if (refs.length == 0) {
      before = parentLeaf();
      refs = before.orElse(Node.NIL).toArray();
      long blocks = Geometry.blocks(target.sizeBytes());
      long beyond = blocks - reads.leafIndex() * Geometry.FANOUT;
      if (beyond < Geometry.FANOUT) {
        // The disk was larger once.
        Arrays.fill(refs, (int) beyond, Geometry.FANOUT, Ref.NIL);
      }
    }
    return refs;
  }

  /** Empty if it is damaged but not needed, because every block of the leaf is read. */
  private Optional<Node> parentLeaf() {
    try {
      return Optional.of(target.parent().leaf(reads.leafIndex()));
    } catch (DamagedDataException e) {
      if (!target.whole()) {
        throw e;
      }
      LOG.warn(
          "The parent's leaf {} cannot be read, so all of its blocks are stored again: {}",
          reads.leafIndex(),
          e.getMessage());
      return Optional.empty();
    }
  }
}
